"""Invented people: NIK region 647199 does not exist, nobody has these numbers."""

from __future__ import annotations

from scheduler.foundation.privacy import Person

REGION = "647199"
_GIVEN = ("Siti", "Budi", "Dewi", "Agus", "Rina", "Joko", "Wati", "Rudi", "Lestari", "Hadi", "Yuni", "Bambang")
_FAMILY = ("Aminah", "Santoso", "Kusuma", "Wibowo", "Handayani", "Prasetyo", "Nurhayati", "Saputra", "Rahayu",
           "Gunawan", "Maharani")


def nik(n: int) -> str:
    """The NIK of the n-th person: a real date between 1960 and 1999, women with day + 40, unlike any other's."""
    date, serial = divmod(n, 9_999)
    date += n % 7  # neighbours are not all born on one day
    woman = n % 2 == 0
    day, month, year = 1 + date % 28, 1 + date // 28 % 12, 60 + date // 336 % 40
    return f"{REGION}{day + 40 * woman:02}{month:02}{year:02}{serial + 1:04}"


def phone(n: int) -> str:
    """The mobile number of the n-th person in E.164."""
    return f"+62812{n:08}"


def name(n: int) -> str:
    """A name of two words; names repeat, as they do."""
    return f"{_GIVEN[n % len(_GIVEN)]} {_FAMILY[n % len(_FAMILY)]}"


def email(n: int) -> str:
    """The e-mail address of the n-th person; the domain is reserved, nobody has it."""
    return f"{_GIVEN[n % len(_GIVEN)].lower()}.{n}@example.com"


def person(n: int = 1, *, with_email: bool = False) -> Person:
    """The n-th invented person (from 0): unlike any other in NIK and phone."""
    return Person(nik=nik(n), name=name(n), phone=phone(n), email=email(n) if with_email else None)
