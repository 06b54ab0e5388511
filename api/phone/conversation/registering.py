"""DAFTAR, and TUNGGU as far as it is the same: what is known of who wants what, and what is still missing."""

from __future__ import annotations

import msgspec

from api.phone import sentences
from api.phone.conversation import lining, offering, where
from api.phone.conversation.pending import Draft, Places, Services
from api.phone.conversation.talk import Answer, Talk
from api.phone.grammar import join
from api.phone.grammar.intents import Reading, Register, Trouble
from scheduler.foundation.privacy import mask_name
from scheduler.offices import Office

MOST_KEPT = 459    # characters: what three parts hold
MOST_SERVICES = 3  # offered by number: what the grammar takes for a choice


def register(talk: Talk, office: Office, intent: Register, *, wait: bool = False) -> Answer:
    """A message with DAFTAR, or with all that belongs to it: it begins anew. `wait`: with TUNGGU."""
    draft = Draft(office.id, intent.service, intent.nik, intent.name, intent.day, talk.text, wait=wait)
    return go_on(talk, office, draft, intent.trouble)


def complete(talk: Talk, office: Office, draft: Draft) -> Answer | None:
    """What is missing may have come by itself, or the message was cut in two; None when neither helps.

    A registration with its keyword, or with nothing missing, is no part of an older one.
    """
    together = join(draft.text, talk.text, where.lexicon_of(office), office.today(talk.now),
                    test_people=talk.antre.settings.test_people)
    if together is not None and isinstance(together.intent, Register):
        return register(talk, office, together.intent)
    intent = talk.reading.intent
    if isinstance(intent, Register) and (intent.trouble is None or where.begins(talk.text)):
        return None
    given = intent if isinstance(intent, Register) else _read_as_part(talk, office, draft)
    return None if given is None else _merge(talk, office, draft, given)


def _merge(talk: Talk, office: Office, draft: Draft, given: Register) -> Answer | None:
    merged = msgspec.structs.replace(
        draft, service=given.service or draft.service, nik=given.nik or draft.nik, name=given.name or draft.name,
        day=given.day or draft.day, text=f"{draft.text} {talk.text}"[-MOST_KEPT:])
    nothing_new = merged == msgspec.structs.replace(draft, text=merged.text)
    trouble = given.trouble if given.trouble is not None and given.trouble.why != "missing" else None
    return None if nothing_new and trouble is None else go_on(talk, office, merged, trouble)


def _read_as_part(talk: Talk, office: Office, draft: Draft) -> Register | None:
    """The message read in the place of what is missing, between what is known."""
    service = where.word_of(office, draft.service) if draft.service else ""
    intent = read(talk, office, f"DAFTAR {service} {draft.nik or ''} {draft.name or ''} {talk.text}").intent
    return intent if isinstance(intent, Register) else None


def another_day(talk: Talk, office: Office, offered: Places) -> Answer | None:
    """Places from another day on for whom they were offered; None when the message is no day and nothing else."""
    service = where.word_of(office, offered.service)
    intent = read(talk, office, f"DAFTAR {service} {offered.nik} {offered.name} {talk.text}").intent
    if not isinstance(intent, Register) or intent.trouble is not None or intent.day is None:
        return None
    if (intent.service, intent.nik, intent.name) != (offered.service, offered.nik, offered.name):
        return None
    return offering.offer(talk, office, Draft(office.id, intent.service, intent.nik, intent.name, intent.day))


def read(talk: Talk, office: Office, text: str) -> Reading:
    """What a text means at that office now."""
    return where.read_at(office, text, frozenset(), office.today(talk.now),
                         test_people=talk.antre.settings.test_people)


def go_on(talk: Talk, office: Office, draft: Draft, trouble: Trouble | None) -> Answer:
    """Ask for what is wrong or missing, else offer places, or a place in the line."""
    if draft.service not in office.by_slug:
        draft = msgspec.structs.replace(draft, service=None)
    talk.ask(draft)
    if trouble is not None and trouble.why != "missing":
        return _about(talk, office, draft, trouble)
    missing = [name for name in ("service", "nik", "name") if getattr(draft, name) is None]
    if missing:
        return _ask_for(office, draft, missing)
    return lining.settle(talk, office, draft) if draft.wait else offering.offer(talk, office, draft)


def _about(talk: Talk, office: Office, draft: Draft, trouble: Trouble) -> Answer:
    if trouble.why == "several" and trouble.field == "service":
        return _ask_which(talk, office, draft, trouble.candidates)
    words = {"service": where.word_of(office, draft.service), "services": where.services(office)}
    return Answer(sentences.about(trouble.field, trouble.why), words, wrong=True, helps=True)


def _ask_which(talk: Talk, office: Office, draft: Draft, candidates: tuple[str, ...]) -> Answer:
    offered = tuple(slug for slug in candidates if slug in office.by_slug)[:MOST_SERVICES]
    talk.ask(Services(draft, offered, talk.by_number))
    listed = " ".join(f"{n}) {office.by_slug[slug].short}" for n, slug in enumerate(offered, 1))
    return Answer("which_service", {"listed": listed, "numbers": str(len(offered))})


def _ask_for(office: Office, draft: Draft, missing: list[str]) -> Answer:
    key = f"missing_{missing[0]}" if len(missing) == 1 else "missing"
    short = office.by_slug[draft.service].short if draft.service else ""
    return Answer(key, {"service": where.word_of(office, draft.service), "short": short,
                        "services": where.services(office), "who": mask_name(draft.name) if draft.name else ""})
