"""Which messages are worked on: each once, however often it comes, and none that we sent ourselves.

A carrier repeats a callback until it is answered, at times under a new id. What a person writes a second time before
the first is answered is such a repeat as well. Whatever would only start a storm is not heard at all.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from api.phone.conversation import pending
from api.phone.conversation.dialogues import Dialogue
from api.phone.tables import heard
from notifications.tables import outbox
from notifications.wording import gsm7
from scheduler.foundation.privacy import Vault

STAMPED = timedelta(hours=12)    # for so long a vendor repeats what it has no answer to
REPEATED = timedelta(minutes=10)
READ = timedelta(seconds=20)     # before that nobody has read an offer and answered it
AGAIN = timedelta(minutes=2)     # a question that is asked again after so long is answered again
ECHO = timedelta(hours=24)
ECHOED = 20                      # characters; what is shorter may be written by chance

_NAMES = ("at", "gateway", "vendor_id", "phone_hash", "words", "stamp")
_VALUES: dict[str, Any] = {name: bindparam(name) for name in _NAMES}
_NOTE = {
    "sqlite": sqlite.insert(heard).values(_VALUES).on_conflict_do_nothing().returning(heard.c.id),
    "postgresql": postgresql.insert(heard).values(_VALUES).on_conflict_do_nothing().returning(heard.c.id),
}
_BEFORE = sa.and_(heard.c.phone_hash == bindparam("phone"), heard.c.at > bindparam("since"),
                  heard.c.id != bindparam("own"))
# A carrier's date tells apart only what it dates differently: what has the date of the phone's last message, written in
# the same second or by a carrier that always says the same, is no older one.
_STAMPED = sa.select(
    sa.exists().where(_BEFORE, heard.c.words == bindparam("said"), heard.c.stamp == bindparam("stamp")),
    sa.select(heard.c.stamp).where(_BEFORE).order_by(heard.c.at.desc(), heard.c.id.desc()).limit(1)
    .scalar_subquery().label("last"),
)
_TOLD = sa.select(outbox.c.text).where(
    outbox.c.phone_hash.in_(bindparam("phones", expanding=True)), outbox.c.created_at > bindparam("since"))
_OLD = sa.delete(heard).where(heard.c.at < bindparam("before"))


def note(connection: Connection, gateway: str, vendor_id: str, phone_hash: bytes, words: bytes, stamp: str | None,
         now: datetime) -> int | None:
    """Note that the SMS came; its number here, or None when it came before: by its id, or by what it says and when it
    was written, if others came since."""
    own = connection.execute(_NOTE[connection.dialect.name], {
        "at": now, "gateway": gateway, "vendor_id": vendor_id, "phone_hash": phone_hash, "words": words,
        "stamp": stamp}).scalar()
    if own is None:
        return None
    if stamp is not None:
        came, last = connection.execute(_STAMPED, {
            "phone": phone_hash, "since": now - STAMPED, "said": words, "stamp": stamp, "own": own}).one()
        if came and last != stamp:
            return None
    return int(own)


def said_again(vault: Vault, dialogue: Dialogue, words: bytes, now: datetime, *, asks: bool) -> bool:
    """Whether these are the words that were worked on last, and would do nothing more or be answered the same.

    `asks`: the message is a question whose answer may change. A number that answers a question which came for the
    same number is another answer, once the question can have been read.
    """
    if dialogue.words is None or bytes(dialogue.words) != words:
        return False
    since = now - dialogue.at
    if asks:
        return since < AGAIN
    asked = pending.unseal(vault, dialogue.pending)
    return since < (READ if asked is not None and asked.after_number else REPEATED)


def echoes(connection: Connection, vault: Vault, phone: str, text: str, now: datetime) -> bool:
    """Whether it holds what we wrote to that phone within a day: a machine sends it back."""
    said = _plain(text)
    if len(said) < ECHOED:
        return False
    told = connection.execute(_TOLD, {"phones": vault.hashes_of_phone(phone), "since": now - ECHO}).scalars()
    return any(len(ours) >= ECHOED and ours in said for ours in map(_plain, told))


def _plain(text: str) -> str:
    return gsm7.mend(text).casefold()


def words_of(vault: Vault, text: str) -> bytes:
    """A keyed hash of what was written; capitals and the number of spaces do not matter."""
    return hmac.digest(_key(vault), " ".join(text.split()).casefold().encode(errors="replace"), hashlib.sha256)[:16]


@lru_cache(maxsize=8)
def _key(vault: Vault) -> bytes:
    return vault.derive("heard")[0]


def forget(connection: Connection, before: datetime) -> None:
    """Forget what came before that moment."""
    connection.execute(_OLD, {"before": before})
