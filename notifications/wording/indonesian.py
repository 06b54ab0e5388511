"""The sentences in Indonesian, polite and plain. Each must fit one part with the longest values (tests count)."""

from __future__ import annotations

WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
TIME = "%H.%M"

SENTENCES = {
    "confirmation": "{office}: {service}, {day} pukul {time} {zone}. Kode Anda {code}.{bring} Ubah/batal: {phone}",
    "move": "{office}: {service} pindah ke {day} pukul {time} {zone}. Kode tetap {code}.{bring} Ubah/batal: {phone}",
    "cancellation": (
        "{office}: {service} {day} pukul {time} {zone} (kode {code}) dibatalkan. Pesan lagi/tanya: {phone}"
    ),
    "reminder_eve": (
        "Besok: {service}, {day} pukul {time} {zone} di {office}. Kode Anda {code}.{bring} Ubah/batal: {phone}"
    ),
    "reminder_late": (
        "Sebentar lagi: {service}, {day} pukul {time} {zone} di {office}. Kode Anda {code}.{bring} Batal: {phone}"
    ),
}

BRING = "Bawa: {things}."
MORE = "dll."
