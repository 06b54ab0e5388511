"""What is told about closures and the waiting list: one GSM-7 part whatever anybody typed, with what people need."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.wording import LANGUAGES, gsm7
from notifications.wording.notices import KINDS, Closed, Notice, notice
from tests.notifications.test_wording import office, service

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)      # 09.00 in Balikpapan
START = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # Wednesday 07.30
FRIDAY = date(2026, 11, 27)
SMS = "+6281200009999"
BOTH = [(kind, language) for kind in KINDS for language in LANGUAGES]
REASON = "Gangguan jaringan"


def about(sms: str | None = SMS, who: str = "Siti A.", closed: Closed | None = None, until: datetime | None = None,
          short: str = "Rekam KTP-el") -> Notice:
    return Notice(office(sms_number=sms), service(short), who, NOW, "482177305", START,
                  until or NOW + timedelta(hours=4), date(2026, 11, 30),
                  number="A-012", closed=closed or Closed(FRIDAY, None, None, False, REASON))


@pytest.mark.parametrize(("kind", "language"), BOTH)
@pytest.mark.parametrize("sms", ["8" * 20, None])
def test_with_the_longest_values_it_is_whole_and_says_how_to_answer(kind: str, language: str, sms: str | None) -> None:
    longest = Notice(
        office("M" * 60, "9" * 20, "Pacific/Chatham", sms), service("W" * 24), "W" * 30, NOW, "482177305",
        datetime(2026, 12, 30, 3, 59, tzinfo=UTC), datetime(2026, 11, 30, 3, 59, tzinfo=UTC), date(2026, 12, 30),
        Closed(date(2026, 12, 30), time(10, 59), time(12, 59), False, "R" * 120), "A-1012")
    text = notice(kind, language, longest)
    assert gsm7.fits(text), (gsm7.septets(text), text)
    way = {"id": "8" * 20, "en": "8" * 20} if sms else {"id": "9" * 20, "en": "9" * 20}
    assert way[language] in text or (kind.startswith("waiting") and "9" * 20 in text)
    if kind == "closure_move":
        assert "482-177-305" in text
    if kind == "offer":
        assert re.search(r"30/11 17.44", text), "until when"
        assert re.search(r"30/12 17.44", text), "what is offered"


@given(st.sampled_from(BOTH), st.text(max_size=80), st.text(max_size=24), st.text(max_size=20), st.text(max_size=40),
       st.text(max_size=120), st.one_of(st.none(), st.text(max_size=20)), st.sampled_from([None, time(10)]),
       st.sampled_from([None, time(12)]), st.booleans())
def test_whatever_a_manager_types_as_the_reason_it_goes_as_one_part(
    which: tuple[str, str], name: str, short: str, phone: str, who: str, reason: str, sms: str | None,
    opens: time | None, closes: time | None, counter: bool
) -> None:
    told = Notice(office(name, phone, sms_number=sms), service(short), who, NOW, "482177305", START, NOW,
                  FRIDAY, Closed(FRIDAY, opens, closes, counter, reason))
    text = notice(*which, told)
    assert gsm7.fits(text), (gsm7.septets(text), text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_move_by_a_closure_says_why_and_how_to_choose_another(language: str) -> None:
    text = notice("closure_move", language, about(short="KTP-el"))
    for part in ("27/11", f"({REASON})", "25/11", "482-177-305", "0812-0000-9999", "Siti A."):
        assert part in text, (part, text)
    assert {"id": "UBAH", "en": "CHANGE"}[language] in text


@pytest.mark.parametrize(("closed", "words"), [
    (Closed(FRIDAY, None, None, False, ""), "tutup 27/11."),
    (Closed(FRIDAY, time(10), time(12), False, ""), "tutup 27/11 10.00-12.00."),
    (Closed(FRIDAY, time(10), None, False, ""), "tutup 27/11 mulai 10.00."),
    (Closed(FRIDAY, None, time(12), False, ""), "tutup 27/11 sampai 12.00."),
    (Closed(FRIDAY, None, None, True, ""), "kurang loket 27/11."),
])
def test_what_is_closed_is_named(closed: Closed, words: str) -> None:
    assert words in notice("unplaced", "id", about(closed=closed))


def test_a_reason_is_brought_into_the_alphabet_and_cut_between_words() -> None:
    reason = "Pemeliharaan “jaringan” – pusat data nasional di Batam serta perbaikan atap"
    text = notice("closure_move", "id", about(closed=Closed(FRIDAY, None, None, False, reason), short="KTP-el"))
    said = re.search(r"\((.+?)\)", text)
    assert said is not None
    assert said[1] in 'Pemeliharaan "jaringan" - pusat data nasional di Batam serta perbaikan atap'
    assert reason.split()[len(said[1].split()) - 1].strip("“”") in said[1].split()[-1]


@pytest.mark.parametrize(("until", "words"), [
    (NOW + timedelta(hours=4), "sebelum 13.00"), (NOW + timedelta(hours=24), "sebelum Rab 25/11 09.00"),
])
def test_an_offer_says_until_when(until: datetime, words: str) -> None:
    text = notice("offer", "id", about(until=until))
    assert words in text
    assert "Balas YA ke 0812-0000-9999" in text


def test_an_office_that_reads_no_sms_asks_for_none() -> None:
    for kind, language in BOTH:
        text = notice(kind, language, about(None))
        assert not re.search(r"\b(YA|YES|UBAH|CHANGE|SMS \w)\b", text), text
        assert "(0542) 000-100" in text


@pytest.mark.parametrize(("kind", "language"), BOTH)
def test_nothing_that_operators_filter(kind: str, language: str) -> None:
    text = notice(kind, language, about()).lower()
    assert not re.search(r"\botp\b|token|verifi|password|sandi|http|www\.|!", text)
    assert not re.search(r"\d{7,}", text)
