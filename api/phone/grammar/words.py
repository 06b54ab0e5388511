"""The words the grammar knows, but for services and dates: keywords in both languages and what stands around them.

A misspelling has its line here when `near` would not reach it: short words, and those that do harm. Nothing near to
STOP, YA or a digit is ever taken for it.
"""

from __future__ import annotations

from typing import Literal

Keyword = Literal["DAFTAR", "CEK", "UBAH", "BATAL", "INFO", "BANTUAN"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


INDONESIAN: dict[Keyword, frozenset[str]] = {
    "DAFTAR": _words("daftar daptar dftr dftar daftr daptr dptr dafar daftarkan daftarin didaftarkan mendaftar "
                     "mendaftarkan pendaftaran registrasi antri antre ngantri antrian antrean"),
    "CEK": _words("cek ceck cekk ngecek mengecek lihat"),
    "UBAH": _words("ubah rubah ubh ubha ngubah merubah mengubah diubah dirubah geser tunda undur"),
    "BATAL": _words("batal batl btal btl batalkan batalin dibatalkan membatalkan pembatalan"),
    "INFO": _words("informasi syarat syaratnya persyaratan"),
    "BANTUAN": _words("bantuan bntuan bantu tolong caranya gimana"),
}
ENGLISH: dict[Keyword, frozenset[str]] = {
    "DAFTAR": _words("book booking register registration appointment"),
    "CEK": _words("check chek chk"),
    "UBAH": _words("change chnge chage chnage reschedule move"),
    "BATAL": _words("cancel cancle cancell cansel canceled cancelled"),
    "INFO": _words("requirements"),
    "BANTUAN": _words("help hlp how"),
}
EITHER: dict[Keyword, frozenset[str]] = {
    "DAFTAR": _words("reg regis"), "CEK": _words("status"), "INFO": _words("info inf"), "BANTUAN": _words("menu cara"),
}
# What one slip may lead to (see near.py). BATAL is not among them: it takes something away. Nor are words with a common
# word beside them: `rumah` is no `rubah`, `chance` no `change`.
GUESSABLE: dict[str, Keyword] = {
    "daftar": "DAFTAR", "registrasi": "DAFTAR", "register": "DAFTAR", "booking": "DAFTAR", "check": "CEK",
    "reschedule": "UBAH", "bantuan": "BANTUAN", "informasi": "INFO",
    "persyaratan": "INFO",
}
TO_MOVE = _words("jadwal jadual hari tanggal tgl waktu jam jadwalnya")  # `ganti jadwal`, `pindah hari`: UBAH
MOVING = _words("ganti pindah pindahkan")
OF_A_BOOKING = _words("jadwal antrian antrean status booking appointment kode code pendaftaran")  # `cek antrian`

STOP = _words("stop berhenti")
START_INDONESIAN = _words("mulai")
START_ENGLISH = _words("start")
AGAIN = _words("lagi again")

YES_INDONESIAN = _words("ya iya yaa iyaa iyah y siap hadir datang baik insyaallah insyaalloh")
YES_ENGLISH = _words("yes yep yup sure")
YES_EITHER = _words("ok oke okay okey")
WITH_YES = _words("saya sy aku kami akan pasti bisa insya allah in sha i we will come be there jadi nanti besok")
NOT = _words("tidak tdk tak gak ga gk g nggak ngga enggak engga ndak bukan jangan jgn belum blm no not never dont cannot")

NUMBERS = {
    "1": 1, "satu": 1, "pertama": 1, "kesatu": 1, "one": 1, "first": 1,
    "2": 2, "dua": 2, "kedua": 2, "two": 2, "second": 2,
    "3": 3, "tiga": 3, "ketiga": 3, "three": 3, "third": 3,
}
WITH_NUMBER = _words("no nomor nomer nmr pilih pilihan milih memilih ke yang yg saya sy ambil mau aja saja number option "
                     "choose choice i take the deh")

GREETINGS = _words("halo hallo hai hi hello helo assalamualaikum asalamualaikum assalamu'alaikum askum ass aslm wr wb "
                   "salam permisi p punten pagi siang sore malam selamat good morning afternoon evening maaf dear yth")
THANKS = _words("terima kasih terimakasih trimakasih trima makasih makasi mksh trims tks thx tq thank thanks you nuwun matur "
                "alhamdulillah sama banyak syukron suwun hatur nuhun")
TO_WHOM = _words("pak bapak bu ibu mas mbak mba kak kakak bang min admin gan bos bro sis sir madam mom om tante")
SMALL = _words("ya yah dong donk deh please pls plis mohon tolong tlg mhn minta harap bisa dulu saja aja kak lah nih")
POLITE = GREETINGS | THANKS | TO_WHOM | SMALL

# Words that stand before and between what a registration says; never part of a name that follows.
AROUND = _words("saya sy aku kami mau ingin pengen pingin hendak akan minta mohon mohonkan tolong tlg untuk utk buat bantu "
                "dibantu bantuannya bantuan di bisa bisakah apakah dapat boleh kalau kalo hari tgl tanggal jadwal nomor "
                "no pada ke secepatnya segera kapan saja pagi siang sore malam adalah nya want would like to atas lengkap "
                "please for dan dengan dgn halo hallo hai hi hello good morning "
                "assalamualaikum asalamualaikum assalamu'alaikum ass aslm wr wb permisi yth dear min maaf layanan urus "
                "mengurus ngurus ambil sebagai ketik balas kirim ini itu atau")
RELATIVES = _words("ibu bapak bpk ayah anak istri suami nenek kakek adik kakak mama papa mertua mother father wife husband son "
                   "daughter bini emak")
OWN = _words("saya sy aku kami nya my")
ENDS_A_NAME = _words("jl jln jalan alamat almt rt rw kel kelurahan kec kecamatan gang gg hp nohp telp tlp telepon wa umur usia "
                     "ttl lahir dari sblm sebelum karena krn kapan supaya")
NAME_LABELS = _words("nama nma nm name a.n a.n. an an. atasnama")
SERVICE_LABELS = _words("layanan keperluan pelayanan jenis service urusan")
NIK_LABELS = _words("nik nik: noktp nonik")
