"""Every message of the corpus comes to what is written beside it, and most of what is meant is understood."""

from __future__ import annotations

import pytest

from tests.phone.messages import GROUPS, MEANT, Message, asks, corpus, fits, intent_of, shown

UNDERSTOOD = 0.95  # of what is meant; `python -m tests.phone.understood` prints the figure


def named(message: Message) -> str:
    return f"{message.group}-{message.line}"


@pytest.mark.parametrize("message", [one for one in corpus() if not one.hard], ids=named)
def test_a_message_comes_to_what_it_must(message: Message) -> None:
    intent = intent_of(message)
    assert fits(message, intent), f"{message.text!r} came to {shown(intent)}, not to {message.expected}"


@pytest.mark.parametrize("message", [one for one in corpus() if one.hard], ids=named)
def test_what_is_not_understood_yet_asks_and_does_no_harm(message: Message) -> None:
    intent = intent_of(message)
    assert asks(intent), f"{message.text!r} came to {shown(intent)}"
    assert not fits(message, intent), f"{message.text!r} is understood now: take the mark away"


def test_the_corpus_is_large_and_says_nothing_twice() -> None:
    texts = [message.text for message in corpus()]
    assert len(texts) >= 350
    assert len(set(texts)) == len(texts)
    assert {message.group for message in corpus()} == set(GROUPS)


def test_most_of_what_is_meant_is_understood() -> None:
    meant = [message for message in corpus() if message.group in MEANT]
    understood = [message for message in meant if not message.hard]
    assert len(understood) / len(meant) >= UNDERSTOOD
