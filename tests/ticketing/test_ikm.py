"""The index of satisfaction: sums, rounding, the edges of the classes, and what few answers would give away."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.ikm import CLASSES, ELEMENTS, LEAST_ANSWERS, Opinions, are_answers, grade, tellable

ANSWERS = st.lists(st.integers(1, 4), min_size=9, max_size=9)


@pytest.mark.parametrize(("ikm", "expected"), [
    ("100", "A"), ("88.31", "A"), ("88.305", "A"), ("88.304999", "B"), ("88.30", "B"), ("76.61", "B"),
    ("76.605", "B"), ("76.604", "C"), ("76.60", "C"), ("65.00", "C"), ("64.995", "C"), ("64.994", "D"), ("25", "D"),
])
def test_the_edges_of_the_classes_leave_no_gap(ikm: str, expected: str) -> None:
    assert grade(Decimal(ikm)) == expected


@given(st.decimals(min_value=25, max_value=100, allow_nan=False))
def test_every_index_has_a_class(ikm: Decimal) -> None:
    assert grade(ikm) in dict(CLASSES)


@given(st.lists(ANSWERS, min_size=LEAST_ANSWERS, max_size=60))
def test_the_index_is_the_mean_of_the_elements_means_times_25(people: list[list[int]]) -> None:
    opinions = Opinions.of((answers, 1) for answers in people)
    means = [Fraction(sum(answers[n] for answers in people), len(people)) for n in range(9)]
    exact = sum(means) / 9 * 25
    assert opinions.ikm is not None
    assert abs(Fraction(opinions.ikm) - exact) <= Fraction(5, 1000)
    assert Decimal(25) <= opinions.ikm <= Decimal(100)
    assert opinions.grade == grade(opinions.ikm)
    assert opinions.means is not None
    assert means[ELEMENTS.index(opinions.lowest or "")] == min(means)


def test_as_in_the_regulation() -> None:
    """Mean 3.2 in all elements: 80, class B; halves are rounded up, as a head of office does."""
    assert Opinions(10, (32,) * 9).ikm == Decimal("80.00")
    assert Opinions(8, (25,) * 9).ikm == Decimal("78.13")  # 78.125
    assert Opinions(10, (32,) * 9).grade == "B"
    assert Opinions(5, (20,) * 9).ikm == 100
    assert Opinions(5, (5,) * 9).ikm == 25


def test_alike_answers_come_together() -> None:
    once = Opinions.of([([4] * 9, 1)] * 3 + [([1, 2, 3, 4, 4, 3, 2, 1, 1], 1)] * 2)
    assert once == Opinions.of([([4] * 9, 3), ([1, 2, 3, 4, 4, 3, 2, 1, 1], 2)])
    assert once == Opinions.of([([4] * 9, 3)]) + Opinions.of([([1, 2, 3, 4, 4, 3, 2, 1, 1], 2)])


def test_of_too_few_answers_nothing_is_told() -> None:
    few = Opinions(LEAST_ANSWERS - 1, (16,) * 9)
    assert (few.ikm, few.means, few.grade, few.lowest) == (None, None, None, None)


@given(st.dictionaries(st.integers(1, 8), st.integers(1, 12), max_size=8))
def test_what_is_left_out_cannot_be_reckoned_from_the_rest(counts: dict[int, int]) -> None:
    by_service = {key: Opinions(count, (count,) * 9) for key, count in counts.items()}
    told = tellable(by_service)
    hidden = sum(one.count for key, one in by_service.items() if key not in told)
    assert all(one.count >= LEAST_ANSWERS for one in told.values())
    assert hidden == 0 or hidden >= LEAST_ANSWERS or not told


@pytest.mark.parametrize("answers", [[], [4] * 8, [4] * 10, [0] + [4] * 8, [5] + [4] * 8])
def test_other_answers_are_none(answers: list[int]) -> None:
    assert not are_answers(answers)
    assert are_answers([1, 2, 3, 4, 1, 2, 3, 4, 1])
