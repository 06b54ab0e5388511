"""The sentences a manager and a clerk read: one each, plain, with the numbers, also for what older entries say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.capacity import Standing, decide
from scheduler.reasons import FREED, LINE, door_words, waits, words
from tests.scheduler.test_capacity import days, standing


@given(days(), st.sampled_from(["id", "en"]))
def test_every_decision_has_one_sentence_with_its_number(day: Standing, language: str) -> None:
    decision = decide(day)
    sentence = words(decision.because, language)
    assert sentence.endswith(".")
    assert sentence.count(".") == 1
    assert "{" not in sentence
    if not day.closed:
        assert str(decision.released) in sentence


@pytest.mark.parametrize(("known", "indonesian", "english"), [
    ({}, "62 tempat dibuka: batas 70 orang, 8 disimpan untuk yang datang langsung.",
     "62 open for booking: at most 70 visitors, 8 kept for walk-ins."),
    ({"kept": 0}, "70 tempat dibuka: batas 70 orang, tidak ada lagi yang disimpan untuk yang datang langsung.",
     "70 open for booking: at most 70 visitors, none kept for walk-ins any more."),
    ({"booked": 5, "awaited": (), "held": 1},
     "66 tempat dibuka: batas 70 orang, 8 disimpan untuk yang datang langsung;"
     " 5 orang tidak datang pada waktunya, tempatnya dibuka lagi; 1 ditawarkan ke daftar tunggu.",
     "66 open for booking: at most 70 visitors, 8 kept for walk-ins;"
     " 5 did not come in time, and their places are open again; 1 are offered to the waiting list."),
    ({"closed": True}, "Tutup: tidak ada tempat yang dibuka.", "Closed: nothing is open for booking."),
    ({"closed": True, "reason": "Hari Raya Natal"}, "Tutup (Hari Raya Natal): tidak ada tempat yang dibuka.",
     "Closed (Hari Raya Natal): nothing is open for booking."),
    ({"places": 48}, "40 tempat dibuka: loket hanya sanggup melayani 48 orang, 8 disimpan untuk yang datang langsung.",
     "40 open for booking: the counters can serve only 48 visitors, 8 kept for walk-ins."),
    ({"known": 30, "new_chance": 0.7, "kept": 12},
     "74 tempat dibuka: bila semua terisi, sekitar 52 yang memesan dan 12 yang datang langsung diperkirakan datang,"
     " kemungkinan lebih dari 70 orang 4 %.",
     "74 open for booking: once all are taken, some 52 with a booking and 12 walk-ins are expected, the chance of more"
     " than 70 is 4 %."),
    ({"known": 30, "today": True, "booked": 76, "came": 50, "awaited": ((0.7, 1),) * 10, "walk_ins": 9, "kept": 1,
      "bookable": 9},
     "76 tempat dibuka: 50 yang memesan dan 9 yang datang langsung sudah datang, sekitar 7 dan 1 lagi ditunggu,"
     " kemungkinan lebih dari 70 orang kurang dari 1 %; 16 orang tidak datang pada waktunya, tempatnya dibuka lagi.",
     "76 open for booking: 50 with a booking and 9 walk-ins have come, some 7 and 1 are still awaited, the chance of"
     " more than 70 is less than 1 %; 16 did not come in time, and their places are open again."),
    ({"share": 0.25}, "16 dari 62 tempat dibuka: sisanya dibuka bertahap pada waktu yang tidak diumumkan.",
     "16 of 62 open for booking: the others open step by step, at moments nobody is told."),
    ({"set_to": 40, "known": 30, "new_chance": 0.9},
     "40 tempat dibuka karena ditetapkan pengelola: sekitar 36 yang memesan dan 8 yang datang langsung diperkirakan"
     " datang, kemungkinan lebih dari 70 orang kurang dari 1 %.",
     "40 open for booking as the manager set it: some 36 with a booking and 8 walk-ins are expected, the chance of more"
     " than 70 is less than 1 %."),
    ({"booked": 68}, "68 tempat tetap dibuka karena sudah dipesan, walaupun kemungkinan lebih dari 70 orang,"
                     " dengan 8 yang datang langsung, sudah lebih dari 99 %.",
     "68 stay open because they are booked, although the chance of more than 70, with 8 walk-ins, is more than 99 %"
     " already."),
])
def test_the_sentence_a_manager_reads(known: dict[str, Any], indonesian: str, english: str) -> None:
    because = decide(standing(**known)).because
    assert (words(because, "id"), words(because, "en")) == (indonesian, english)


@pytest.mark.parametrize(("why", "english"), [
    (LINE, "58 of 62 open for booking: the others are offered to the waiting list first."),
    (FREED, "58 of 62 open for booking: the others were given up just now and open again later."),
])
def test_places_that_wait_say_for_whom(why: str, english: str) -> None:
    because = waits(decide(standing(booked=58)).because, 58, why)
    assert words(because, "en") == english
    assert words(because, "id").startswith("58 dari 62 tempat dibuka")


@pytest.mark.parametrize(("because", "english"), [
    ({"code": "band", "released": 62, "high": 70, "kept": 8, "gone": 5},
     "62 open for booking: at most 70 visitors, 8 kept for walk-ins;"
     " 5 did not come in time, so as many walk-ins may take their place."),
    ({"code": "walk_ins", "released": 61, "high": 70, "kept": 9, "gone": 0},
     "61 open for booking: at most 70 visitors, 9 taken by walk-ins."),
    ({"code": "places", "released": 40, "high": 70, "kept": 8, "gone": 0, "places": 48},
     "40 open for booking: the counters can serve only 48 visitors, 8 kept for walk-ins."),
    ({"code": "unsold", "released": 45, "high": 70, "kept": 25, "gone": 0, "unsold": 23},
     "45 open for booking: 23 more can no longer be booked and go to walk-ins."),
    ({"code": "sold", "released": 68, "high": 70, "kept": 2, "gone": 0},
     "68 stay open because they are booked, although the limit of 70 visitors with 2 for walk-ins would allow fewer."),
    ({"code": "closed", "released": 0, "reason": None}, "Closed: nothing is open for booking."),
])
def test_entries_written_before_anything_was_learnt_are_still_read(because: dict[str, Any], english: str) -> None:
    assert words(because, "en") == english
    assert words(because, "id").endswith(".")


@pytest.mark.parametrize(("more", "visitors", "awaited", "closed", "indonesian", "english"), [
    (3, 58, 8.7, False, "3 orang lagi dapat diterima: 58 sudah datang, sekitar 9 yang memesan masih ditunggu.",
     "3 more can be taken: 58 have come, some 9 with a booking are still awaited."),
    (0, 58, 11.9, False,
     "Belum ada tempat untuk yang datang langsung: 58 sudah datang, sekitar 12 yang memesan masih ditunggu,"
     " dan batasnya 70 orang.",
     "No room for walk-ins yet: 58 have come, some 12 with a booking are still awaited, and at most 70 should come."),
    (0, 70, 0.2, False, "Tidak ada tempat lagi hari ini: 70 sudah datang, batasnya 70 orang.",
     "No more room today: 70 have come, at most 70 should."),
    (4, 12, 0.0, True, "Hari ini tutup.", "Closed today."),
])
def test_the_sentence_for_the_clerk_at_the_door(
    more: int, visitors: int, awaited: float, closed: bool, indonesian: str, english: str
) -> None:
    assert door_words(more, visitors, awaited, 70, "id", closed=closed) == indonesian
    assert door_words(more, visitors, awaited, 70, "en", closed=closed) == english


def test_the_clerk_reads_what_is_left_for_bookings_where_nobody_else_can_be_taken() -> None:
    assert door_words(0, 8, 6.2, 70, "id", left=56) == (
        "Belum ada tempat untuk yang datang langsung: 8 sudah datang, sekitar 6 yang memesan masih ditunggu,"
        " 56 tempat masih bisa dipesan, dan batasnya 70 orang.")
    assert door_words(0, 8, 6.2, 70, "en", left=56) == (
        "No room for walk-ins yet: 8 have come, some 6 with a booking are still awaited, 56 can still be booked,"
        " and at most 70 should come.")
    assert "dipesan" not in door_words(3, 8, 6.2, 70, "id", left=56)
