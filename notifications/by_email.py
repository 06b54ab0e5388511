"""The same fact by e-mail as well, to who gave an address: a second row beside the SMS, under a key of its own.

The row holds no words: the mail is written when it goes out, with the ticket as it then stands, by whoever
assembles the courier (the papers belong to another room). The sentences are in `wording/mail.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from notifications.outbox import QUESTION, Message
from scheduler.foundation.privacy import Vault

MEDIUM = "email"


def beside(vault: Vault, told: Iterable[tuple[Message, Any]]) -> list[Message]:
    """The e-mails that go with these messages, for those bookings (rows with `sealed`) whose person gave an address.

    What we want to know goes by SMS alone. A message without number is one that could not be written: what is wrong
    with it was reported, and nothing goes.
    """
    found = ((message, vault.open(row.sealed).email) for message, row in told
             if message.address is not None and message.rank != QUESTION)
    return [_mail(vault, message, address) for message, address in found if address is not None]


def _mail(vault: Vault, message: Message, address: str) -> Message:
    return replace(message, key=f"{message.key}:{MEDIUM}", medium=MEDIUM, text="",
                   address=vault.seal_bytes(address.encode()), phone_hash=None)
