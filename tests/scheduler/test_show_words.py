"""What was learnt, said to a manager."""

from __future__ import annotations

import re

import pytest

from scheduler.show_words import FACTORS, Row, sentence, who
from scheduler.shows import NOTHING, Learnt, explain, learn, rows
from tests.shown import Invented, open_days, plain

OFFICE = Invented(base=1.3, answer={"yes": 1.4, "silent": -0.4}, lead={4: -0.5})


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    return learn(OFFICE.days(80, weather=0.4))


def test_of_nothing_known_there_is_one_sentence_and_no_row() -> None:
    assert rows(NOTHING) == []
    assert explain(NOTHING, "id") == [
        "Belum ada hari yang dapat dipelajari: setiap orang yang memesan dianggap akan datang."]
    assert explain(NOTHING, "en") == ["No day to learn from yet: everybody who booked is taken to come."]


def test_each_level_has_a_row_with_an_interval(learnt: Learnt) -> None:
    found = rows(learnt)
    assert list(dict.fromkeys(row.factor for row in found)) == ["all", *FACTORS]
    assert [row.level for row in found if row.factor == "lead"] == ["0", "1", "2", "3", "4"]
    for row in found:
        assert 0 < row.low < row.share < row.high < 1
    by_answer = {row.level: row for row in found if row.factor == "answer"}
    assert by_answer["yes"].effect > 5
    assert by_answer["silent"].effect < -5
    assert by_answer["yes"].low > by_answer["silent"].high


def test_of_fewer_people_less_is_sure() -> None:
    few, many = (rows(learn([plain(on, 8 * people, 10 * people) for on in open_days(20)]))[1] for people in (1, 7))
    assert few.factor == many.factor
    assert few.high - few.low > 1.8 * (many.high - many.low)


@pytest.mark.parametrize(("row", "indonesian", "english"), [
    (Row("all", "", 900, 0.82, 0.796, 0.842, 0.0),
     "Dari 100 orang yang memesan sekitar 82 datang: antara 80 dan 84 dengan kemungkinan 90 %.",
     "Of 100 people who booked about 82 come: between 80 and 84 with a chance of 90 %."),
    (Row("answer", "yes", 400, 0.96, 0.94, 0.98, 9.0), "Yang menjawab YA: 96 dari 100 datang.",
     "Those who answered YA: 96 of 100 come."),
    (Row("lead", "0", 400, 0.9, 0.8, 0.95, 1.0), "Yang memesan pada hari itu juga: 90 dari 100 datang.",
     "Those who booked on the day itself: 90 of 100 come."),
    (Row("lead", "2", 400, 0.8, 0.7, 0.9, 1.0), "Yang memesan 3 sampai 7 hari sebelumnya: 80 dari 100 datang.",
     "Those who booked 3 to 7 days ahead: 80 of 100 come."),
    (Row("lead", "4", 400, 0.7, 0.6, 0.8, 1.0), "Yang memesan lebih dari 14 hari sebelumnya: 70 dari 100 datang.",
     "Those who booked more than 14 days ahead: 70 of 100 come."),
    (Row("weekday", "4", 400, 0.7, 0.6, 0.8, 1.0), "Pada hari Jumat: 70 dari 100 datang.",
     "On Fridays: 70 of 100 come."),
    (Row("channel", "ussd", 400, 0.7, 0.6, 0.8, 1.0), "Yang memesan lewat USSD: 70 dari 100 datang.",
     "Those who booked by USSD: 70 of 100 come."),
])
def test_a_row_in_one_sentence(row: Row, indonesian: str, english: str) -> None:
    assert sentence(row, "id") == indonesian
    assert sentence(row, "en") == english


def test_a_service_is_named_by_who_knows_its_name() -> None:
    row = Row("service", "3", 10, 0.5, 0.4, 0.6, 0.0)
    assert sentence(row, "id", "Perekaman KTP-el") == "Layanan Perekaman KTP-el: 50 dari 100 datang."
    assert who(row, "en") == "Service 3"


def test_all_of_it_in_both_languages(learnt: Learnt) -> None:
    indonesian, english = explain(learnt, "id"), explain(learnt, "en")
    assert len(indonesian) == len(english) == len(set(indonesian))
    assert indonesian[1].startswith("Ini dipelajari dari 80 hari.")
    assert any(re.fullmatch(r"Hari yang satu berbeda .* naik atau turun \d+ poin di luar kebetulan\.", said)
               for said in indonesian)
    assert "Sekitar 12 orang sehari datang tanpa memesan." in indonesian
    assert not any(re.search(r"[{}]", said) for said in indonesian + english)


def test_days_held_back_are_said() -> None:
    usual = [plain(on, 56, 66) for on in open_days(20)]
    flood = plain(list(open_days(21))[-1], 15, 66)
    assert "Hari aneh yang belum ikut dihitung: 29-06-2026." in explain(learn([*usual, flood]), "id")
