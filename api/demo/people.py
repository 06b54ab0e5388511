"""Invented residents: the NIK region 647199 does not exist, and nobody has these numbers."""

from __future__ import annotations

import random
from datetime import date, timedelta

from scheduler.foundation.privacy import Person

REGION = "647199"
_YOUNGEST, _YEARS = date(2008, 12, 31), 60
_GIVEN = ("Aditya", "Agustina", "Andi", "Ayu", "Bagus", "Citra", "Dian", "Dimas", "Eka", "Fajar", "Fitri", "Galih",
          "Hana", "Indra", "Intan", "Kartika", "Lukman", "Maya", "Nanda", "Novi", "Oki", "Putri", "Rahmat", "Ratna",
          "Rizky", "Sari", "Slamet", "Sri", "Tono", "Umar", "Vina", "Wahyu", "Yanti", "Yusuf", "Zahra")
_FAMILY = ("Anggraini", "Firmansyah", "Gunawan", "Halim", "Hartono", "Hidayat", "Iskandar", "Kurniawan", "Lestari",
           "Mulyadi", "Nugroho", "Pangestu", "Permata", "Pratama", "Purnomo", "Ramadhan", "Setiawan", "Siregar",
           "Suryani", "Susanto", "Utami", "Wijaya", "Yulianti")


def invent(chance: random.Random) -> Person:
    """Somebody who does not exist: NIK of region 647199, a number of +62 812 0000, a common name."""
    born = _YOUNGEST - timedelta(days=chance.randrange(365 * _YEARS))
    day = born.day + 40 * chance.randrange(2)
    return Person(
        nik=f"{REGION}{day:02}{born:%m%y}{chance.randrange(1, 10_000):04}",
        name=f"{chance.choice(_GIVEN)} {chance.choice(_FAMILY)}",
        phone=f"+628120000{chance.randrange(10_000):04}",
    )
