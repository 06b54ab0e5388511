"""The sentences of the monthly report, in Indonesian: the figures that matter to who signs it (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from scheduler.offices import Office
from ticketing.figures import FAIR, QUICK, UNANSWERED, Figures
from ticketing.ikm import LEAST_ANSWERS, Opinions
from ticketing.spread import Spread

LOCALE = "id_ID"
TITLE = "Laporan bulanan pelayanan tatap muka"
HOW = ("Dihitung dari catatan antrean, tanpa data pribadi. Menit yang sudah mulai dihitung penuh. Tengah: separuh "
       "lebih cepat, separuh lebih lama.")
CHANNELS = {"web": "web", "api": "aplikasi lain", "sms": "SMS", "ussd": "USSD"}
REASONS = {"no_device": "tidak punya ponsel pintar atau internet", "rejected": "permohonan lewat internet ditolak",
           "upload": "berkas tidak bisa dikirim", "help": "perlu dibantu petugas", "other": "sebab lain"}
ELEMENTS = {"persyaratan": "Persyaratan", "prosedur": "Prosedur", "waktu": "Waktu", "biaya": "Biaya",
            "produk": "Hasil layanan", "kompetensi": "Kemampuan petugas", "perilaku": "Sikap petugas",
            "sarana": "Sarana", "pengaduan": "Pengaduan"}
GRADES = {"A": "sangat baik", "B": "baik", "C": "kurang baik", "D": "tidak baik"}


@dataclass(frozen=True, slots=True)
class Told:
    """What telling people took: messages that went out, in so many SMS, and their cost by currency."""

    messages: int
    parts: int
    costs: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Month:
    """What the report is about. `made` is the office's date on which it is made; the figures may end then."""

    office: Office
    figures: Figures
    opinions: Opinions
    told: Told
    made: date

    @property
    def name(self) -> str:
        """`November 2026`."""
        return format_date(self.figures.first, "MMMM yyyy", locale=LOCALE)

    @property
    def span(self) -> str:
        """`1–30 November 2026`."""
        return f"{self.figures.first.day}–{day(self.figures.last)}"


def day(value: date) -> str:
    """`24 November 2026`."""
    return format_date(value, "d MMMM yyyy", locale=LOCALE)


def number(value: float | Decimal) -> str:
    """`1.234`, `3,5`."""
    return format_decimal(value, format="#,##0.##", locale=LOCALE)


def share(part: int, whole: int) -> str:
    """`12 %`."""
    return f"{number(round(100 * part / whole))} %" if whole else "-"


def sentences(month: Month) -> list[tuple[str, str]]:
    """A heading and what is said under it, for each thing."""
    return [("Pengunjung", _visitors(month)), ("Waktu tunggu", _wait(month.figures.wait())),
            ("Waktu pelayanan", _service(month.figures.service_time())), ("Tidak datang", _no_shows(month.figures)),
            ("Cara mendaftar", _channels(month.figures)),
            ("Yang perlu dibenahi secara daring", _reasons(month.figures)),
            ("Kepuasan masyarakat (SKM)", _opinions(month.opinions)), ("Pesan", _messages(month.told))]


def _visitors(month: Month) -> str:
    figures, rules = month.figures, month.office.rules
    days = len(figures.open_days)
    mean = f" ({number(round(figures.visitors / days))} sehari)" if days else ""
    away = (f" {number(figures.turned_away)} orang tanpa janji tidak tertampung." if figures.turned_away else
            " Tidak ada yang ditolak karena penuh.")
    first = sum(figures.priorities.values())
    return (f"{number(figures.visitors)} orang datang pada {number(days)} hari pelayanan{mean}. Pada "
            f"{number(figures.in_band)} hari jumlahnya sesuai sasaran (kini {rules.low}-{rules.high} orang sehari)."
            f"{away} {number(first)} kunjungan didahulukan (lansia, disabilitas, hamil, membawa bayi).")


def _wait(waits: Spread) -> str:
    if not waits.count:
        return "Belum ada yang dipanggil."
    return (f"Separuh menunggu paling lama {number(waits.median or 0)} menit, sembilan dari sepuluh paling lama "
            f"{number(waits.p90 or 0)} menit. {share(waits.within(QUICK), waits.count)} dipanggil dalam {QUICK} menit, "
            f"{share(waits.within(FAIR), waits.count)} dalam {FAIR} menit.")


def _service(times: Spread) -> str:
    if not times.count:
        return "Belum ada pelayanan yang tercatat mulai dan selesainya."
    return (f"{number(times.count)} pelayanan: separuh selesai dalam {number(times.median or 0)} menit, sembilan dari "
            f"sepuluh dalam {number(times.p90 or 0)} menit; rata-rata {number(round(times.mean or 0, 1))} menit.")


def _no_shows(figures: Figures) -> str:
    over = figures.bookings("absent", "arrived")
    return (f"{number(figures.no_shows)} dari {number(over)} janji ({share(figures.no_shows, over)}) tidak dihadiri; "
            f"{number(figures.bookings('cancelled'))} dibatalkan sebelumnya. "
            f"{number(figures.visits(lambda one: one.state == UNANSWERED))} pengunjung tidak menjawab panggilan.")


def _channels(figures: Figures) -> str:
    stood = sum(count for count, _ in figures.channels.values())
    if not stood:
        return "Belum ada janji."
    named = [f"{CHANNELS[name]} {number(count)} ({share(count, stood)})"
             for name, (count, _) in figures.channels.items() if count]
    return f"Janji lewat {', '.join(named)}. Tanpa janji: {number(figures.walk_ins)} kunjungan."


def _reasons(figures: Figures) -> str:
    if not figures.reasons:
        return "Tidak ada yang datang untuk layanan yang bisa diurus lewat internet."
    named = [f"{REASONS.get(reason, reason)} ({number(count)})" for reason, count in figures.reasons.items()]
    return f"Yang datang untuk layanan daring menyebut: {', '.join(named)}."


def _opinions(opinions: Opinions) -> str:
    if opinions.ikm is None or opinions.grade is None or opinions.lowest is None:
        return (f"{number(opinions.count)} jawaban: terlalu sedikit untuk IKM (paling sedikit {LEAST_ANSWERS}, demi "
                "kerahasiaan penjawab).")
    return (f"IKM {number(opinions.ikm)}, mutu {opinions.grade} ({GRADES[opinions.grade]}), dari "
            f"{number(opinions.count)} jawaban. Nilai terendah: {ELEMENTS[opinions.lowest].lower()}.")


def _messages(told: Told) -> str:
    costs = ", ".join(f"{currency} {format_decimal(amount, format='#,##0.00', locale=LOCALE)}"
                      for currency, amount in told.costs.items())
    return (f"{number(told.messages)} pesan dikirim ({number(told.parts)} SMS)"
            + (f", biayanya {costs}." if costs else "; biayanya tidak diberitahukan operator."))
