"""How near two words are: one slip of the thumb apart, or not.

A library for this (rapidfuzz) is fast over thousands of words and brings a compiled wheel; here some thirty short
words are compared once a message, and only "one slip" is ever asked.
"""

from __future__ import annotations

import re

_SHORTEST_FOR_ANY_SLIP = 5
_SHORTEST_FOR_A_SWAP = 3
_REPEATED = re.compile(r"(.)\1+")


def squeeze(word: str) -> str:
    """The word with each run of one letter written once: `dafftarr` -> `daftar`."""
    return _REPEATED.sub(r"\1", word)


def one_slip(written: str, meant: str) -> bool:
    """Whether at most one letter is wrong, missing, too many, or changed places with its neighbour.

    Words under five letters are too near to each other for that: only a swap or a doubled letter counts, and under
    three letters nothing.
    """
    if written == meant:
        return True
    if min(len(written), len(meant)) >= _SHORTEST_FOR_ANY_SLIP:
        return _one_edit(written, meant)
    if len(meant) < _SHORTEST_FOR_A_SWAP:
        return False
    return _swapped(written, meant) or (len(written) == len(meant) + 1 and squeeze(written) == squeeze(meant))


def _one_edit(written: str, meant: str) -> bool:
    """Optimal string alignment distance 1, without the table: cut what is equal at both ends and look at the rest."""
    if abs(len(written) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(written), len(meant)) and written[start] == meant[start]:
        start += 1
    a, b = written[start:], meant[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _swapped(written: str, meant: str) -> bool:
    return len(written) == len(meant) and written[0] == meant[0] and _one_edit(written, meant) and (
        sorted(written) == sorted(meant))
