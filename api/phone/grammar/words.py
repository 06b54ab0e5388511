"""The words the grammar knows, but for services and dates: keywords in both languages and what stands around them.

A misspelling has its line here when `near` would not reach it: short words, and those that do harm. Nothing near to
STOP, YA or a digit is ever taken for it.
"""

from __future__ import annotations

from typing import Literal

Keyword = Literal["DAFTAR", "TUNGGU", "CEK", "UBAH", "BATAL", "INFO", "BANTUAN", "NILAI"]


def listed(text: str) -> frozenset[str]:
    """The words of a line."""
    return frozenset(text.split())


# Onto the waiting list: `tunggu`, `daftar tunggu`, `masuk antrian tunggu`; and off it: `keluar dari daftar tunggu`.
WAITING_INDONESIAN = listed("tunggu tungu tnggu tunggui menunggu nunggu")
WAITING_ENGLISH = listed("wait waiting waitlist waitinglist")
WAITING = WAITING_INDONESIAN | WAITING_ENGLISH
OF_A_LINE = listed("daftar daptar dftar dftr antri antre antrian antrean list")
JOINING = listed("masuk masukkan ikut gabung join put me add dari from")
LEAVING = listed("keluar leave quit")

INDONESIAN: dict[Keyword, frozenset[str]] = {
    "DAFTAR": listed("daftar daptar dftr dftar daftr daptr dptr dafar daftarkan daftarin didaftarkan mendaftar "
                     "mendaftarkan pendaftaran registrasi antri antre ngantri antrian antrean"),
    "TUNGGU": WAITING_INDONESIAN,
    "CEK": listed("cek ceck cekk ngecek mengecek lihat"),
    "UBAH": listed("ubah rubah ubh ubha ngubah merubah mengubah diubah dirubah geser tunda undur"),
    "BATAL": listed("batal batl btal btl batalkan batalin dibatalkan membatalkan pembatalan"),
    "INFO": listed("informasi syarat syaratnya persyaratan"),
    "BANTUAN": listed("bantuan bntuan bantu tolong caranya gimana"),
    "NILAI": listed("nilai nilay nili menilai penilaian"),
}
ENGLISH: dict[Keyword, frozenset[str]] = {
    "DAFTAR": listed("book booking register registration appointment"),
    "TUNGGU": WAITING_ENGLISH,
    "CEK": listed("check chek chk"),
    "UBAH": listed("change chnge chage chnage reschedule move"),
    "BATAL": listed("cancel cancle cancell cansel canceled cancelled"),
    "INFO": listed("requirements"),
    "BANTUAN": listed("help hlp how"),
    "NILAI": listed("rate rating"),
}
EITHER: dict[Keyword, frozenset[str]] = {
    "DAFTAR": listed("reg regis"), "CEK": listed("status"), "INFO": listed("info inf"), "BANTUAN": listed("menu cara"),
    "NILAI": listed("skm"),
}
# What one slip may lead to (see near.py). BATAL is not among them: it takes something away. Nor are words with a common
# word beside them: `rumah` is no `rubah`, `chance` no `change`.
GUESSABLE: dict[str, Keyword] = {
    "daftar": "DAFTAR", "registrasi": "DAFTAR", "register": "DAFTAR", "booking": "DAFTAR", "check": "CEK",
    "reschedule": "UBAH", "bantuan": "BANTUAN", "informasi": "INFO",
    "persyaratan": "INFO",
}
TO_MOVE = listed("jadwal jadual hari tanggal tgl waktu jam jadwalnya")  # `ganti jadwal`, `pindah hari`: UBAH
MOVING = listed("ganti pindah pindahkan")
OF_A_BOOKING = listed("jadwal antrian antrean status booking appointment kode code pendaftaran")  # `cek antrian`

STOP = listed("stop berhenti")
START_INDONESIAN = listed("mulai")
START_ENGLISH = listed("start")
AGAIN = listed("lagi again")

YES_INDONESIAN = listed("ya iya yaa iyaa iyah y siap hadir datang baik insyaallah insyaalloh")
YES_ENGLISH = listed("yes yep yup sure")
YES_EITHER = listed("ok oke okay okey")
WITH_YES = listed("saya sy aku kami akan pasti bisa insya allah in sha i we will come be there see you tomorrow jadi "
                  "nanti besok")
NOT = listed("tidak tdk tak gak ga gk g nggak ngga enggak engga ndak bukan jangan jgn belum blm no not never dont "
             "cannot")

# No, I do not want it; without `jangan` and `belum`, which say more.
NO = listed("tidak tdk tak gak ga gk g nggak ngga enggak engga ndak no n nope nggk")
WITH_NO = listed("jadi mau usah perlu bisa saya sy aku i want it ambil dulu")

NUMBERS = {
    "1": 1, "satu": 1, "pertama": 1, "kesatu": 1, "one": 1, "first": 1,
    "2": 2, "dua": 2, "kedua": 2, "two": 2, "second": 2,
    "3": 3, "tiga": 3, "ketiga": 3, "three": 3, "third": 3,
}
WITH_NUMBER = listed("no nomor nomer nmr pilih pilihan milih memilih ke yang yg saya sy ambil mau aja saja number "
                     "option choose choice i take the deh urut")

GREETINGS = listed("halo hallo hai hi hello helo assalamualaikum asalamualaikum assalamu'alaikum askum ass aslm wr "
                   "wb salam permisi p punten pagi siang sore malam selamat good morning afternoon evening maaf dear "
                   "yth")
THANKS = listed("terima kasih terimakasih trimakasih trima makasih makasi mksh trims tks thx tq thank thanks you "
                "nuwun matur alhamdulillah sama banyak syukron suwun hatur nuhun")
TO_WHOM = listed("pak bapak bu ibu mas mbak mba kak kakak bang min admin gan bos bro sis sir madam mom om tante")
SMALL = listed("ya yah dong donk deh please pls plis mohon tolong tlg mhn minta harap bisa dulu saja aja kak lah nih")
POLITE = GREETINGS | THANKS | TO_WHOM | SMALL

# Words that stand before and between what a registration says; never part of a name that follows.
AROUND = listed("saya sy aku kami mau ingin pengen pingin hendak akan minta mohon mohonkan tolong tlg untuk utk buat "
                "bantu dibantu bantuannya bantuan di bisa bisakah apakah dapat boleh kalau kalo hari tgl tanggal "
                "jadwal nomor no pada ke secepatnya segera kapan saja pagi siang sore malam adalah nya want would "
                "like to atas lengkap please for dan dengan dgn halo hallo hai hi hello good morning assalamualaikum "
                "asalamualaikum assalamu'alaikum ass aslm wr wb permisi yth dear min maaf layanan urus mengurus "
                "ngurus ambil sebagai ketik balas kirim ini itu atau apa ikut")
# As AROUND, in an English message only: May and An are names.
IN_ENGLISH = listed("i i'd a an the is my on at may of with it her his can could you need")
RELATIVES = listed("ibu bapak bpk ayah anak istri suami nenek kakek adik kakak mama papa mertua mother father wife "
                   "husband son daughter bini emak")
OWN = listed("saya sy aku kami nya my")
# An address or a remark behind a name. Not wa, which Wa Ode begins with, nor lahir, which is a service.
ENDS_A_NAME = listed("jl jln jalan alamat almt rt rw kel kelurahan kec kecamatan gang gg hp nohp telp tlp telepon umur "
                     "usia ttl dari sblm sebelum karena krn kapan supaya")
BEFORE_A_NAME = listed("pak bapak bpk bu ibu mbak mba sdr sdri")  # Mas and Kak begin names as well
NAMES_TOO = listed("mau tolong pagi siang sore malam segera")     # with a capital, right behind the NIK
NAME_LABELS = listed("nama nma nm name a.n a.n. an an. atasnama")
SERVICE_LABELS = listed("layanan keperluan pelayanan jenis service urusan")
NIK_LABELS = listed("nik nik: noktp nonik")
