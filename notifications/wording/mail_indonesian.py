"""The sentences of e-mail in Indonesian, polite and plain."""

from __future__ import annotations

SUBJECTS = {
    "confirmation": "Janji Anda: {day}, {hour} - {service}",
    "move": "Janji Anda pindah ke {day}, {hour} - {service}",
    "cancellation": "Janji dibatalkan: {day}, {hour} - {service}",
    "reminder_eve": "Besok: janji Anda {hour} - {service}",
    "closure_move": "Kantor tutup, janji Anda pindah ke {day}, {hour} - {service}",
    "reopened": "Kantor buka lagi, janji Anda tetap: {day}, {hour} - {service}",
    "unplaced": "Kantor tutup pada waktu janji Anda: {day}, {hour} - {service}",
}

OPENINGS = {
    "confirmation": "Janji Anda sudah tercatat. Tiketnya terlampir.",
    "move": "Janji Anda sudah pindah. Tiket yang baru terlampir; kode Anda tetap sama.",
    "cancellation": "Janji Anda dibatalkan. Tempatnya sekarang bisa dipakai orang lain.",
    "reminder_eve": "Besok Anda punya janji di kantor kami. Kalau Anda tidak bisa datang, batalkan atau pindahkan "
                    "janji ini supaya tempatnya bisa dipakai orang lain.",
    "closure_move": "Maaf, {office} {closed}. Janji Anda kami pindahkan ke tempat kosong yang terdekat. Kalau waktu "
                    "itu tidak cocok, pilih waktu lain lewat alamat di bawah. Tiket yang baru terlampir; kode Anda "
                    "tetap sama.",
    "reopened": "{office} buka lagi pada waktu itu. Janji Anda tetap seperti semula. Tiketnya terlampir.",
    "unplaced": "Maaf, {office} {closed}. Belum ada tempat lain untuk Anda. Kami terus mencari dan akan menelepon "
                "Anda.",
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
CHOOSE = ("Pada waktu itu tidak ada petugas, jadi jangan datang dulu. Anda juga bisa memilih waktu sendiri:\n{url}\n"
          "Alamat ini hanya untuk Anda: siapa pun yang membukanya bisa membatalkan janji.")
QUESTIONS = "Ada pertanyaan? Telepon {phone}. Semua layanan gratis."
CLOSING = ("Email ini dikirim otomatis; jawabannya tidak dibaca. Kalau bukan Anda yang memesan, hapus saja email ini. "
           "Alamat Anda kami hapus {days} hari setelah hari kunjungan.")

# -- the waiting list ----------------------------------------------------------------------------------------

_PAGE = ("Halaman Anda:\n{url}\n"
         "Alamat ini hanya untuk Anda: siapa pun yang membukanya bisa menjawab untuk Anda.")
LINE_SUBJECTS = {
    "waiting": "Anda di daftar tunggu - {service}",
    "offer": "Ada tempat: {day}, {hour} - jawab sebelum {until}",
    "offer_lapsed": "Tawaran sudah lewat: {day}, {hour} - {service}",
    "waiting_kept": "Tawaran batal, giliran Anda tetap: {day}, {hour} - {service}",
    "waiting_passed": "Belum ada tempat sampai {last} - {service}",
}
LINE_TEXTS = {
    "waiting": (
        "Anda di daftar tunggu {office} untuk {service} ({who}) sampai {last}.",
        "Begitu ada tempat, kami kirim SMS. Tempat itu disimpan untuk Anda selama waktu yang tertulis di SMS.",
        _PAGE,
    ),
    "offer": (
        "Ada tempat untuk {service} ({who}) di {office}: {day}, {hour}.",
        "Tempat ini disimpan untuk Anda sampai {until}. Sesudah itu kami tawarkan kepada orang berikutnya.",
        "Terima atau tolak di sini:\n{url}\n"
        "Alamat ini hanya untuk Anda: siapa pun yang membukanya bisa menjawab untuk Anda.",
    ),
    "offer_lapsed": (
        "Tawaran tempat untuk {service} ({who}) di {office}, {day}, {hour}, sudah lewat. Tempatnya kami tawarkan "
        "kepada orang berikutnya.",
        "Kalau masih perlu, masuk lagi ke daftar tunggu:\n{url}",
    ),
    "waiting_kept": (
        "Maaf, kantor tidak bisa melayani pada waktu itu: tawaran tempat untuk {service} ({who}) di {office}, {day}, "
        "{hour}, kami tarik kembali.",
        "Giliran Anda di daftar tunggu tetap. Anda tidak perlu berbuat apa-apa: begitu ada tempat lain, kami kirim "
        "SMS.",
        _PAGE,
    ),
    "waiting_passed": (
        "Maaf, sampai {last} belum ada tempat untuk {service} ({who}) di {office}.",
        "Untuk memesan atau menunggu lagi: {site}",
    ),
}
LINE_CLOSING = ("Email ini dikirim otomatis; jawabannya tidak dibaca. Kalau bukan Anda yang mendaftar, hapus saja "
                "email ini.")
