"""The services and counters of an office file, and whether they fit together (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from scheduler.office_sections import SLUG
from scheduler.toml_sections import Form, Section, suggestion

# Letters, digits and signs that any phone shows and that cost one place each in an SMS (a part of GSM 03.38).
SHORT = Form(r"[A-Za-z0-9 .,:/()&'+-]+", "plain letters, digits and . , : / ( ) & ' + -")
WORD = Form(r"(?=[a-z0-9-]*[a-z])[a-z0-9]+(-[a-z0-9]+)*", "small letters, with digits and single hyphens if need be")
LETTER = Form(r"[A-Z]", "one capital letter")
VISITS = ("required", "fallback")
LANGUAGES = ("id", "en")
LONGEST_VISIT_MINUTES = 240


class FileService(msgspec.Struct, frozen=True):
    """One [[services]], as `offices.Service` without its id; `words` begin with the slug."""

    slug: str
    letter: str
    name: dict[str, str]
    short: str
    visit: str
    minutes: int
    bring: dict[str, list[str]]
    online_url: str | None
    words: tuple[str, ...]


class FileCounter(msgspec.Struct, frozen=True):
    """One [[counters]], as `offices.Counter` without its id."""

    slug: str
    name: str
    serves: tuple[str, ...]


def read_services(sections: Sequence[Section]) -> tuple[FileService, ...]:
    """[[services]]: what people come for; slugs and words mean one service each."""
    services = tuple(_service(section) for section in sections)
    _refuse_twice(sections, [service.slug for service in services])
    _refuse_shared_words(sections, services)
    return services


def _service(section: Section) -> FileService:
    slug = section.text("slug", 40, form=WORD, like="ktp-rekam")
    words = section.texts("words", 20, form=WORD, like="ektp", most=30, optional=True)
    service = FileService(
        slug=slug,
        letter=section.text("letter", 1, form=LETTER, like="A"),
        name=_name(section.section("name")),
        short=section.text("short", 24, form=SHORT, like="Rekam KTP-el"),
        visit=section.choice("visit", VISITS),
        minutes=section.whole("minutes", 1, LONGEST_VISIT_MINUTES),
        bring=_bring(section.section("bring")),
        online_url=_online_url(section),
        words=(slug, *(word for word in words if word != slug)),
    )
    section.close()
    return service


def _name(section: Section) -> dict[str, str]:
    names = {"id": section.text("id", 80, like="Perekaman KTP-el"),
             "en": section.text("en", 80, like="ID card: photo and fingerprints")}
    section.close()
    return names


def _bring(section: Section) -> dict[str, list[str]]:
    lists = {"id": list(section.texts("id", 100, like="Fotokopi KK", most=10)),
             "en": list(section.texts("en", 100, like="A copy of the family card", most=10))}
    if section.sound(*LANGUAGES) and len(lists["id"]) != len(lists["en"]):
        section.wrong("en", f"bring.en has {len(lists['en'])} entries and bring.id {len(lists['id'])}; "
                            "say the same things in both languages.")
    section.close()
    return lists


def _online_url(section: Section) -> str | None:
    url = section.text("online_url", 200, like="https://example.go.id/kk", optional=True)
    if url and not _is_address(url):
        section.wrong("online_url", f'"{url}" is no address a browser can open; write it with https:// and the host.')
    return url or None


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in url
    except ValueError:
        return False


def _refuse_twice(sections: Sequence[Section], slugs: Sequence[str]) -> None:
    for n, slug in enumerate(slugs):
        if slug and slug in slugs[:n]:
            sections[n].wrong("slug", f'slug "{slug}" stands above already; give each its own.')


def _refuse_shared_words(sections: Sequence[Section], services: Sequence[FileService]) -> None:
    """A word in an SMS must mean one service; `e-ktp` and `ektp` are the same word there."""
    taken: dict[str, int] = {}
    for n, service in enumerate(services):
        for word in filter(None, service.words):
            other = taken.setdefault(word.replace("-", ""), n)
            if other != n and services[other].slug != service.slug:
                key = "slug" if word == service.slug else "words"
                sections[n].wrong(key, f'the word "{word}" already means {services[other].slug or "another service"}; '
                                       "a word may mean one service only.")


def read_counters(sections: Sequence[Section], services: Sequence[FileService]) -> tuple[FileCounter, ...]:
    """[[counters]]: where people are served; `serves` names services of this file."""
    counters = tuple(_counter(section, {service.slug for service in services}) for section in sections)
    _refuse_twice(sections, [counter.slug for counter in counters])
    return counters


def _counter(section: Section, known: set[str]) -> FileCounter:
    counter = FileCounter(
        slug=section.text("slug", 40, form=SLUG, like="loket-1"),
        name=section.text("name", 60, like="Loket 1"),
        serves=section.texts("serves", 40, form=SLUG, like="ktp-rekam", most=50),
    )
    if section.sound("serves") and not counter.serves:
        section.wrong("serves", 'the counter serves nothing; write for example: serves = ["ktp-rekam"]')
    for n, slug in enumerate(counter.serves):
        if slug and slug not in known:
            section.wrong("serves", f'no service of this file has the slug "{slug}".{suggestion(slug, known)}', n)
    section.close()
    return counter


def check_groups(
    service_sections: Sequence[Section], counter_sections: Sequence[Section],
    services: Sequence[FileService], counters: Sequence[FileCounter],
) -> None:
    """Every group has a counter of its own, and a group's own counters serve all of it.

    The group of a counter is the letter of the first service it serves. Places of a group are its own counters,
    so each of them must be able to take whoever booked one of the group's services. For sound sections only.
    """
    letters = {service.slug: service.letter for service in services}
    own = [letters[counter.serves[0]] for counter in counters]
    for section, service in zip(service_sections, services, strict=True):
        if service.letter not in own:
            section.wrong("letter", f"no counter begins its serves with a service of letter {service.letter}, so "
                                    f"{service.slug} would have no places; name it first at a counter.")
    for section, counter, letter in zip(counter_sections, counters, own, strict=True):
        missing = [slug for slug, group in letters.items() if group == letter and slug not in counter.serves]
        if missing:
            section.wrong("serves", f"{counter.slug} gives places to group {letter} (the letter of "
                                    f"{counter.serves[0]}, its first service), so it must also serve "
                                    f"{', '.join(missing)}; add them, or give those another letter.")
