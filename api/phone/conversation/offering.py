"""The places that are offered by number: from when on, and what is said where there are none."""

from __future__ import annotations

from datetime import date, datetime, time

from api.phone import acts
from api.phone.conversation.pending import LAPSES, Draft, Line, Places
from api.phone.conversation.talk import Answer, Talk
from scheduler import places
from scheduler.foundation.privacy import mask_name
from scheduler.offices import Office


def offer(talk: Talk, office: Office, draft: Draft) -> Answer:
    """Up to three places from the day wanted, else the next, for a registration that is whole."""
    found = starts_from(talk, office, draft, draft.day)
    return put(talk, office, Places(office.id, draft.service or "", draft.nik or "", draft.name or "", tuple(found),
                                    talk.by_number, draft.day))


def starts_from(talk: Talk, office: Office, draft: Draft, day: date | None) -> list[datetime]:
    """Up to three starts for the registration near that day."""
    assert draft.service is not None
    assert draft.nik is not None
    assert draft.name is not None
    return acts.offers(talk.connection, office, office.by_slug[draft.service], from_day(talk, office, day), talk.now)


def from_day(talk: Talk, office: Office, day: date | None) -> datetime:
    """From when on places are offered: the day wanted, but so late that an answer comes in time as long as it holds."""
    in_time = places.earliest(office, talk.now) + LAPSES
    return in_time if day is None else max(datetime.combine(day, time(), office.zone), in_time)


def put(talk: Talk, office: Office, offered: Places, *, gone: bool = False, still: bool = False) -> Answer:
    """Offer these places; `gone` says that another one was just taken, `still` that nobody needs to wait. Where there
    are none, the waiting list is the way on."""
    service = office.by_slug[offered.service]
    if not offered.starts:
        talk.ask(Line(office.id, offered.service, offered.nik, offered.name, offered.day, None))
        return Answer("none_left" if gone else "none_free", {"service": service.short})
    talk.ask(offered)
    key = "offer_gone" if gone else "offer_still" if still else _key(talk, office, offered)
    who = {"who": mask_name(offered.name), "service": service.short}
    return Answer(key, who | listed(talk, office, offered.starts))


def _key(talk: Talk, office: Office, offered: Places) -> str:
    if len(talk.offices) > 1:
        return "offer_at"
    wanted, found = offered.day, office.local(offered.starts[0]).date()
    return "offer_later" if wanted is not None and wanted < found else "offer"


def listed(talk: Talk, office: Office, starts: tuple[datetime, ...]) -> dict[str, str]:
    """The values of a sentence that offers places."""
    moments = [office.local(start) for start in starts]
    return {
        "places": " ".join(f"{n}) {talk.brief(start, office)}" for n, start in enumerate(moments, 1)),
        "zone": moments[0].tzname() or "", "numbers": str(len(starts)),
        "until": talk.clock(talk.dialogue.lapses_at or talk.now, office),
    }
