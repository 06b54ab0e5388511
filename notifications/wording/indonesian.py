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

# What is not about a booking as somebody made it: closures and the waiting list. See `notices`.
NOTICES = {
    "closure_move": "Maaf, {office} {closed}{because}. {service}{who} pindah: {moment}.",
    "unplaced": "Maaf, {office} {closed}{because}. Belum ada tempat lain, {service}{who}. Kami akan menelepon.",
    "reopened": "{office} buka lagi. {service}{who}: tetap {moment} {zone}, kode {code}.",
    "waiting": "{office}: {service}{who} masuk daftar tunggu sampai {last}. Bila ada tempat, kami SMS.",
    "offer": "{office}: ada tempat, {service}{who}, {moment} {zone}.",
    "offer_lapsed": "{office}: tawaran {service}{who} {moment} sudah lewat.",
    "waiting_kept": "Maaf, {office} {closed}{because}: tawaran {service}{who} {hour} batal. Giliran tunggu tetap, "
                    "tidak perlu apa-apa.",
    "soon": "{office}: nomor antrean {number}, giliran Anda kira-kira {hour}-{until} {zone}. Mohon bersiap di ruang "
            "antrean.",
    "waiting_passed": "Maaf, {office}: sampai {last} belum ada tempat untuk {service}{who}.",
}
NOTICES_BY_SMS = {
    "closure_move": (
        " Kode tetap. Waktu lain: SMS UBAH {code} ke {sms}, atau telepon {phone}",
        " Kode tetap. Waktu lain: SMS UBAH {code} ke {sms}",
        " Ganti: UBAH {code} ke {sms}",
    ),
    "unplaced": (" Atau: SMS UBAH {code} ke {sms}", " Atau SMS UBAH ke {sms}"),
    "reopened": (" Ubah/batal: SMS UBAH/BATAL + kode ke {sms}", " Ubah/batal: SMS ke {sms}"),
    "waiting": (" Keluar: SMS BATAL TUNGGU ke {sms}", " Tanya: {phone}"),
    "offer": (
        " Balas YA ke {sms} sebelum {until}, TIDAK jika tidak mau",
        " Balas YA ke {sms} sebelum {until}",
    ),
    "offer_lapsed": (
        " Balas YA ke {sms} jika masih ingin menunggu, paling lambat besok",
        " Masih mau? Balas YA ke {sms}",
    ),
    "waiting_kept": (" Keluar: SMS BATAL TUNGGU ke {sms}", " Tanya: {phone}"),
    "soon": (" Cek: SMS CEK ke {sms}",),
    "waiting_passed": (" Daftar lagi: SMS BANTUAN ke {sms}, atau telepon {phone}", " Daftar lagi: {phone}"),
}
NOTICES_BY_PHONE = {
    "closure_move": (" Kode {code}. Waktu lain: telepon {phone}", " Kode {code}. Ganti: {phone}"),
    "unplaced": (" Kode {code}, telepon {phone}", " Kode {code}, tel {phone}"),
    "reopened": (" Ubah/batal: {phone}",),
    "waiting": (" Tanya: {phone}",),
    "offer": (
        " Ambil sebelum {until} di halaman daftar tunggu Anda, atau telepon {phone}",
        " Mau? Telepon {phone} sebelum {until}",
    ),
    "offer_lapsed": (" Masih mau menunggu? Daftar lagi, atau telepon {phone}", " Masih mau? Telepon {phone}"),
    "waiting_kept": (" Tanya: {phone}",),
    "soon": (" Tanya: {phone}",),
    "waiting_passed": (" Daftar lagi: {phone}",),
}
CLOSED = {
    "day": "tutup {day}",
    "between": "tutup {day} {opens}-{closes}",
    "from": "tutup {day} mulai {opens}",
    "until": "tutup {day} sampai {closes}",
    "counter": "kurang loket {day}",
}
BECAUSE = " ({reason})"

# After the visit, the fullest first; the last of each fits with the longest address a ticket's QR code has room for.
OPINION_BY_SMS = (
    "{office}: terima kasih sudah datang. Bagaimana pelayanan kami? Jawab di {address} atau SMS NILAI ke {sms}",
    "{office}: bagaimana pelayanan kami? {address} atau SMS NILAI ke {sms}",
    "{office}: pelayanan kami? {address} atau SMS NILAI ke {sms}",
)
OPINION = (
    "{office}: terima kasih sudah datang. Bagaimana pelayanan kami? Jawab 9 pertanyaan di {address}",
    "{office}: bagaimana pelayanan kami? Jawab di {address}",
)

BRING = "Bawa: {things}."
MORE = "dll."
