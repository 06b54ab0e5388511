"""The examples in the API's description: one invented resident, one office."""

from __future__ import annotations

from typing import Any

TOKEN = "1C5A4002KZ7QX3M9N4T8V2BDEFGH5J6K7MNP"  # noqa: S105 - invented
START, END = "2026-11-25T08:00:00+08:00", "2026-11-25T08:15:00+08:00"
HOST = "https://antre.example.go.id"

SERVICE: dict[str, Any] = {
    "slug": "ktp-rekam", "name": "Perekaman KTP-el", "visit": "required",
    "minutes": 15, "bring": ["Fotokopi KK"], "online_url": None,
}
OFFICE: dict[str, Any] = {
    "slug": "balikpapan", "name": "Disdukcapil Kota Balikpapan", "timezone": "Asia/Makassar",
    "phone": "+62542421500", "sms_number": None, "address": "Jalan Contoh 1, Balikpapan",
    "counters": [{"slug": "1", "name": "Loket 1", "serves": ["ktp-rekam", "ikd"]}],
}
SLOTS: dict[str, Any] = {"days": [
    {"date": "2026-11-25", "open": True, "places": 41, "slots": [{"start": START, "end": END, "places": 2}]},
    {"date": "2026-11-26", "open": False, "places": 0, "slots": []},
]}
LINKS = {"page": f"{HOST}/t/{TOKEN}"} | {kind: f"{HOST}/t/{TOKEN}.{kind}" for kind in ("png", "svg", "pdf", "ics")}
BOOKING: dict[str, Any] = {
    "code": "482177305", "token": TOKEN, "status": "booked", "office": "balikpapan", "service": "ktp-rekam",
    "start": START, "end": END, "party": 1, "moves": 0, "ticket": LINKS,
}
CANCELLED = BOOKING | {"status": "cancelled"}
MOVED = BOOKING | {"start": "2026-11-26T09:00:00+08:00", "end": "2026-11-26T09:15:00+08:00", "moves": 1}
BOOK: dict[str, Any] = {
    "office": "balikpapan", "service": "ktp-rekam", "start": START, "nik": "6471990101900001", "name": "Siti Aminah",
    "phone": "0812 0000 0001",
}
BOOK_FALLBACK = BOOK | {"service": "kk", "reason": "no_device", "party": 2, "priority": "elderly", "language": "en",
                        "email": "siti@example.com"}
ENTRY = "7Q2M0CV5K9T3WX1B8ZD4HNRJFA"
WAIT: dict[str, Any] = {name: value for name, value in BOOK.items() if name != "start"} | {
    "from": "2026-11-25", "to": "2026-12-04"}
WAITS: dict[str, Any] = {
    "token": ENTRY, "office": "balikpapan", "service": "ktp-rekam", "from": "2026-11-25", "to": "2026-12-04",
    "party": 1, "state": "waiting", "page": f"{HOST}/w/{ENTRY}", "ahead": 4,
}
OFFERED = {name: value for name, value in WAITS.items() if name != "ahead"} | {
    "state": "offered", "offer": {"start": "2026-11-26T09:00:00+08:00", "lapses": "2026-11-25T12:10:00+08:00"}}
DECLINED = {name: value for name, value in OFFERED.items() if name != "offer"} | {"state": "declined"}
LEFT = DECLINED | {"state": "left"}
SESSION: dict[str, Any] = {
    "token": "bZ0v1m7mYk3yQmTq6Vd0pJm3n4o8t2r5w9x1c2v3b4n", "role": "counter", "username": "loket1",
    "office": "balikpapan", "expires": "2026-11-24T20:00:00+08:00", "must_change": False,
}
WHO = {name: value for name, value in SESSION.items() if name not in ("token", "must_change")}
VERDICT: dict[str, Any] = {
    "verdict": "admitted", "title": "Silakan, A-012", "words": "Nomor antrean Anda A-012.", "number": "A-012",
    "service": "ktp-rekam", "start": START, "name": "Siti A.",
}
VISIT: dict[str, Any] = {"number": "A-013", "service": "ktp-rekam", "state": "waiting",
                         "since": "2026-11-24T08:05:00+08:00", "party": 1}
WAITING: dict[str, Any] = {
    "number": "A-013", "service": "ktp-rekam", "since": "2026-11-24T08:05:00+08:00", "priority": None, "before": 2,
    "estimate": {"from": "2026-11-24T08:20:00+08:00", "to": "2026-11-24T08:38:00+08:00"},
}
AT_COUNTER: dict[str, Any] = {"number": "A-012", "counter": "loket-1", "state": "serving",
                              "since": "2026-11-24T08:06:00+08:00"}
AT_WORK: dict[str, Any] = {
    "number": "A-012", "service": "ktp-rekam", "state": "called", "counter": "loket-1",
    "since": "2026-11-24T08:06:00+08:00", "party": 1, "calls": 1, "missed": 0,
    "called_at": "2026-11-24T08:06:00+08:00",
}
SERVED = AT_WORK | {"state": "serving", "started_at": "2026-11-24T08:07:00+08:00"}
_AWAY = {name: value for name, value in AT_WORK.items() if name not in ("counter", "called_at")} | {"calls": 0}
DONE, HELD, WAITS_AGAIN = _AWAY | {"state": "done"}, _AWAY | {"state": "held"}, _AWAY | {"state": "waiting"}
DAY: dict[str, Any] = {
    "date": "2026-11-24", "low": 60, "high": 70, "released": 60, "booked": 58, "arrived": 21, "walk_ins": 4,
    "walk_in_room": 10, "served": 20, "absent": 2, "expected": 66, "p_over": 0.03, "closed": False,
    "held": 1, "wanted": 62, "turned_away": 0, "expected_low": 62, "expected_high": 70, "p_under": 0.01,
    "override": None, "next": [{"at": "2026-11-24T09:17:00+08:00", "what": "freed", "share": None}],
    "decisions": [{"at": "2026-11-23T16:00:00+08:00", "released": 60,
                   "because": {"code": "band", "released": 60}, "words": "60 tempat dibuka."}],
}
MESSAGES: dict[str, Any] = {"days": [{"date": "2026-11-24", "messages": [
    {"kind": "confirmation", "state": "delivered", "count": 58, "parts": 58, "cost": "46.4000", "currency": "KES"},
    {"kind": "reminder_eve", "state": "failed", "count": 1, "parts": 1, "cost": None, "currency": None},
]}]}
CLOSURE: dict[str, Any] = {
    "touched": 2, "placed": 1, "pending": 0, "unplaced": 1, "gone": 0,
    "closure": {"id": 7, "date": "2026-11-25", "reason": "Pelatihan pegawai", "at": "2026-11-24T09:00:00+08:00",
                "from": "12:00", "tried": "2026-11-24T09:00:01+08:00"},
    "people": [
        {"code": "482177305", "name": "Siti A.", "service": "ktp-rekam", "start": "2026-11-25T13:00:00+08:00",
         "party": 1, "state": "moved", "priority": "elderly", "to": "2026-11-26T13:00:00+08:00"},
        {"code": "482177313", "name": "Budi S.", "service": "kk", "start": "2026-11-25T13:00:00+08:00", "party": 2,
         "state": "unplaced"},
    ],
}
BOARD: dict[str, Any] = {
    "office": "balikpapan", "name": "Disdukcapil Kota Balikpapan", "date": "2026-11-24",
    "now": "2026-11-24T09:12:30+08:00", "version": 41,
    "calls": [
        {"call": 14, "number": "A-012", "counter": "loket-3", "name": "Loket 3", "state": "called",
         "since": "2026-11-24T09:12:28+08:00", "times": 1,
         "say": ["nomor-antrean", "A", "0", "1", "2", "silakan-menuju", "loket", "3."]},
    ],
    "waiting": [
        {"letter": "A", "count": 7,
         "estimate": {"from": "2026-11-24T09:30:00+08:00", "to": "2026-11-24T09:50:00+08:00"},
         "services": [{"slug": "ktp-rekam", "short": "Rekam KTP-el", "name": {
             "id": "Perekaman KTP-el", "en": "Electronic ID card: photo and fingerprints"}}]},
        {"letter": "B", "count": 0, "estimate": None, "services": [
            {"slug": "kk", "short": "Kartu Keluarga", "name": {"id": "Kartu Keluarga", "en": "Family card"}}]},
    ],
    "messages": [{"id": "Loket 6 tutup hari ini.", "en": "Counter 6 is closed today."}],
}
_WAITS: dict[str, Any] = {"count": 61, "mean": 13.4, "median": 11, "p90": 29, "within_15": 40, "within_30": 56}
_TIMES: dict[str, Any] = {"count": 60, "mean": 9.8, "median": 9, "p90": 17}
STATISTICS: dict[str, Any] = {
    "from": "2026-11-24", "to": "2026-11-24",
    "visitors": {"people": 66, "turned_away": 3, "days": 1, "days_in_band": 1},
    "visits": {"count": 64, "booked": 55, "walk_ins": 9, "unanswered": 2, "left": 1, "priority": {"elderly": 6}},
    "no_shows": {"count": 9, "share": 0.1406, "cancelled": 4},
    "channels": [{"channel": "web", "bookings": 30, "came": 26}, {"channel": "api", "bookings": 0, "came": 0},
                 {"channel": "sms", "bookings": 26, "came": 22}, {"channel": "ussd", "bookings": 8, "came": 7}],
    "reasons": [{"reason": "no_device", "bookings": 12}, {"reason": "rejected", "bookings": 5}],
    "waits": _WAITS, "service_times": _TIMES,
    "services": [{"service": "ktp-rekam", "visits": 31, "no_shows": 4, "waits": _WAITS, "service_times": _TIMES,
                  "ikm": "84.72", "answers": 12}],
    "counters": [{"counter": "1", "waits": _WAITS, "service_times": _TIMES}],
    "hours": [{"weekday": 2, "hour": 8, "people": 17}, {"weekday": 2, "hour": 9, "people": 14}],
    "messages": {"count": 131, "parts": 131, "costs": [{"currency": "KES", "amount": "104.8000"}]},
    "survey": {"answers": 21, "ikm": "83.60", "grade": "B", "elements": {"persyaratan": "3.33", "waktu": "3.10"}},
}
STATISTICS_CSV = (
    "date,service,service_name,counter,counter_name,bookings,cancelled,no_shows,visits,people,booked,walk_ins,priority,"
    "unanswered,left,called,waited_s,within_15,within_30,served,served_s\r\n"
    "2026-11-24,ktp-rekam,Perekaman KTP-el,,,32,2,4,31,33,28,3,4,1,0,0,0,0,0,0,0\r\n"
    "2026-11-24,ktp-rekam,Perekaman KTP-el,1,Loket 1,0,0,0,0,0,0,0,0,0,0,30,20100,19,27,29,17050\r\n"
)
