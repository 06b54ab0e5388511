"""NILAI: nine digits of 1 to 4, what somebody thinks of their visit."""

from __future__ import annotations

from collections.abc import Sequence

from api.phone.grammar.intents import Check, Rate, Trouble

QUESTIONS = 9
DIGITS = frozenset("1234")


def read_rating(words: Sequence[str]) -> Rate:
    """What is said behind the keyword: the digits, whatever stands between them."""
    digits = "".join(word for word in words if word.isdecimal())
    if not digits:
        return Rate(None, Trouble("rating", "missing"))
    if len(digits) != QUESTIONS:
        return Rate(None, Trouble("rating", "length", str(len(digits))))
    if not set(digits) <= DIGITS:
        return Rate(None, Trouble("rating", "digit"))
    return Rate(tuple(map(int, digits)))


def or_rating(check: Check, words: Sequence[str]) -> Check | Rate:
    """Nine digits alone are a code to look up; such that could be an answer are one where somebody was asked."""
    rating = read_rating(words)
    return check if rating.answers is None else Rate(rating.answers, instead=check)
