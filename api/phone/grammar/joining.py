"""A registration that came as two SMS: put together again where neither part says it alone."""

from __future__ import annotations

import re
from datetime import date

from api.phone.grammar.intents import Intent, Reading, Register, Unclear
from api.phone.grammar.keywords import Found, find_keyword, said
from api.phone.grammar.reading import read
from api.phone.grammar.services import Lexicon

_FULL_PART = 150  # characters: so long a part was cut by the phone, anywhere; a shorter one by whoever wrote it
_HALF_A_WORD = re.compile(r"(?:^|\s)[A-Z][a-z]+$")
_OTHER_HALF = re.compile(r"(?!(?:bin|binti|al|nik|nama|dan|van|de)\b)[a-z]+\b")


def join(first: str, second: str, lexicon: Lexicon, today: date, *, test_people: bool) -> Reading | None:
    """The reading of both parts together, if they make a whole registration that the first did not make; else None.

    The second may be whole only where the first is what was missing before it (`Nama: Budi Hand` + `ayani NIK ...`).

    A second part that means something by itself (CEK, a number, YA) stays what it is. Where a space and no space
    both make a whole, a part cut by the phone goes on without one.
    """
    begun, ended = (read(part, lexicon, today, test_people=test_people).intent for part in (first, second))
    if not _is_part(begun) or not (_is_part(ended) or _may_go_on(ended, second)):
        return None
    for glue in _glues(first, second):
        together = read(first.rstrip() + glue + second.lstrip(), lexicon, today, test_people=test_people)
        if _is_whole(together.intent) and _holds(together.intent, ended):
            return together
    return None


def _is_whole(intent: Intent) -> bool:
    return isinstance(intent, Register) and intent.trouble is None


def _is_part(intent: Intent) -> bool:
    """A registration that lacks something, or words that mean nothing by themselves."""
    if isinstance(intent, Register):
        return intent.trouble is not None
    return isinstance(intent, Unclear) and not intent.thanks and intent.guess not in ("STOP", "BATAL", "1")


def _may_go_on(intent: Intent, text: str) -> bool:
    """Whether a registration that is whole has no keyword of its own, and so may be the end of one."""
    return _is_whole(intent) and not isinstance(find_keyword(said(text)), Found)


def _holds(together: Intent, ended: Intent) -> bool:
    """Whether nothing that the second part said whole is another thing together."""
    if not _is_whole(ended):
        return True
    assert isinstance(together, Register)
    assert isinstance(ended, Register)
    same = (together.service, together.nik) == (ended.service, ended.nik)
    return same and str(together.name).endswith(str(ended.name))


def _glues(first: str, second: str) -> tuple[str, str]:
    """What may stand between the parts, the likelier first."""
    if first[-1:].isspace() or second[:1].isspace():
        return " ", ""
    inside_a_word = _HALF_A_WORD.search(first) and _OTHER_HALF.match(second)
    return ("", " ") if len(first) >= _FULL_PART or inside_a_word else (" ", "")
