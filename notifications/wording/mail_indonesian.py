"""The sentences of e-mail in Indonesian, polite and plain."""

from __future__ import annotations

SUBJECTS = {
    "confirmation": "Janji Anda: {day}, {hour} - {service}",
    "move": "Janji Anda pindah ke {day}, {hour} - {service}",
    "cancellation": "Janji dibatalkan: {day}, {hour} - {service}",
    "reminder_eve": "Besok: janji Anda {hour} - {service}",
}

OPENINGS = {
    "confirmation": "Janji Anda sudah tercatat. Tiketnya terlampir.",
    "move": "Janji Anda sudah pindah. Tiket yang baru terlampir; kode Anda tetap sama.",
    "cancellation": "Janji Anda dibatalkan. Tempatnya sekarang bisa dipakai orang lain.",
    "reminder_eve": "Besok Anda punya janji di kantor kami. Kalau Anda tidak bisa datang, batalkan atau pindahkan "
                    "janji ini supaya tempatnya bisa dipakai orang lain.",
}

FACTS = {
    "service": "Layanan: {service}",
    "day": "Waktu: {day}, {hour}",
    "office": "Tempat: {office}, {address}",
    "who": "Untuk: {who}",
    "code": "Kode: {code}",
}

BRING = "Yang perlu dibawa:\n{listed}"
DOOR = "Di pintu, mulai {door}, tunjukkan kode QR pada tiket atau sebutkan kode Anda."
TICKET = ("Melihat tiket, mengubah atau membatalkan janji:\n{url}\n"
          "Alamat ini hanya untuk Anda: siapa pun yang membukanya bisa membatalkan janji.")
VOID = ("Tiketnya tidak berlaku lagi. Buka lampiran untuk menghapus janji ini dari kalender Anda.\n"
        "Memesan lagi: {site}")
QUESTIONS = "Ada pertanyaan? Telepon {phone}. Semua layanan gratis."
CLOSING = ("Email ini dikirim otomatis; jawabannya tidak dibaca. Kalau bukan Anda yang memesan, hapus saja email ini. "
           "Alamat Anda kami hapus {days} hari setelah hari kunjungan.")
