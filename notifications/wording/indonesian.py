"""The sentences in Indonesian, polite and plain. Each must fit one part with the longest values (tests count)."""

from __future__ import annotations

WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
TIME = "%H.%M"

SENTENCES = {
    "confirmation": "{office}: {service}{who}, {day} {time} {zone}. Kode {code}.",
    "move": "{office}: {service}{who} pindah ke {day} {time} {zone}. Kode tetap {code}.",
    "cancellation": "{office}: {service}{who}, {day} {time} {zone} (kode {code}) dibatalkan.",
    "reminder_eve": "Besok: {service}{who}, {day} {time} {zone}, {office}. Kode {code}.",
    "reminder_late": "Sebentar lagi: {service}{who}, {day} {time} {zone}, {office}. Kode {code}.",
}

FOR_WHOM = " a.n. {who}"

# How to answer or change it, the longest first; the last fits in any case. At offices that read SMS the number stands
# there: many senders are one-way.
_CHANGE = (
    " Ubah/batal: SMS UBAH atau BATAL dan kode ke {sms}, atau telepon {phone}",
    " SMS UBAH/BATAL + kode ke {sms}",
    " Ubah/batal: SMS ke {sms}",
)
_ANSWER = (
    " Balas YA jika datang, BATAL jika tidak, ke {sms}",
    " Balas YA/BATAL ke {sms}",
)
BY_SMS = {
    "confirmation": _CHANGE, "move": _CHANGE, "reminder_eve": _ANSWER, "reminder_late": _ANSWER,
    "cancellation": (" Daftar lagi: SMS BANTUAN ke {sms}, atau telepon {phone}", " Pesan lagi/tanya: {phone}"),
}
BY_PHONE = dict.fromkeys(SENTENCES, (" Ubah/batal: {phone}",)) | {"cancellation": (" Pesan lagi/tanya: {phone}",)}

BRING = "Bawa: {things}."
MORE = "dll."
