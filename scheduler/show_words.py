"""What was learnt, said to a manager: rows for a table and a picture, and plain sentences (pure)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from scheduler import beta
from scheduler.shown import LEADS, Learnt, Level

FACTORS = ("answer", "lead", "channel", "weekday", "service")
_ODD = 0.003  # from this spread on days differ by more than chance, and it is worth saying


@dataclass(frozen=True, slots=True)
class Row:
    """What people showed who have one thing in common.

    `factor` is one of FACTORS, or `all`; `level` says which: `yes`, `silent`, a span of lead times 0 to 4, a door, a
    weekday 0 to 6, the id of a service. Of `people` (older ones fading) the share `share` came, with one more counted
    who is like all others; it lies between `low` and `high` with a chance of 90 %. `effect` is what having it in
    common adds to a person's chance beyond all the rest, in percentage points: near nothing where few were seen, or
    where levels hardly differ.
    """

    factor: str
    level: str
    people: int
    share: float
    low: float
    high: float
    effect: float


def rows(learnt: Learnt) -> list[Row]:
    """All that was learnt of who comes, the whole first; nothing while nothing is known."""
    return [_all(learnt), *_levels(learnt)] if learnt.people else []


def _all(learnt: Learnt) -> Row:
    size = learnt.share * (1 - learnt.share) / max(learnt.doubt, 1e-9)
    low, high = _between(learnt.share * size, (1 - learnt.share) * size)
    return Row("all", "", round(learnt.people), learnt.share, low, high, 0.0)


def _levels(learnt: Learnt) -> Iterator[Row]:
    for factor in FACTORS:
        levels: dict[int | str, Level] = getattr(learnt, factor)
        for name, level in sorted(levels.items(), key=lambda item: (item[0] == "silent", item[0])):
            came, stayed = level.came + level.others, level.people - level.came + 1 - level.others
            low, high = _between(came, stayed)
            moved = beta.share_of(beta.log_odds(_within(learnt.share)) + level.odds) - _within(learnt.share)
            yield Row(factor, str(name), round(level.people), came / (came + stayed), low, high, 100 * moved)


def _between(came: float, stayed: float) -> tuple[float, float]:
    """Where a share lies with 90 %: the Beta distribution of so many who came and stayed away."""
    return beta.quantile(0.05, came, stayed), beta.quantile(0.95, came, stayed)


def _within(share: float) -> float:
    return min(max(share, 0.001), 0.999)


_LEADS = {
    "id": ("Yang memesan pada hari itu juga", *(f"Yang memesan {a} sampai {b} hari sebelumnya"
           for a, b in ((1, LEADS[1]), (LEADS[1] + 1, LEADS[2]), (LEADS[2] + 1, LEADS[3]))),
           f"Yang memesan lebih dari {LEADS[3]} hari sebelumnya"),
    "en": ("Those who booked on the day itself", *(f"Those who booked {a} to {b} days ahead"
           for a, b in ((1, LEADS[1]), (LEADS[1] + 1, LEADS[2]), (LEADS[2] + 1, LEADS[3]))),
           f"Those who booked more than {LEADS[3]} days ahead"),
}
_WEEKDAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"),
}
_CHANNELS = {
    "id": {"web": "Yang memesan lewat web", "api": "Yang dipesankan sistem lain", "sms": "Yang memesan lewat SMS",
           "ussd": "Yang memesan lewat USSD"},
    "en": {"web": "Those who booked on the web", "api": "Those booked by other systems",
           "sms": "Those who booked by SMS", "ussd": "Those who booked by USSD"},
}
_ANSWERS = {
    "id": {"yes": "Yang menjawab YA", "silent": "Yang tidak menjawab"},
    "en": {"yes": "Those who answered YA", "silent": "Those who did not answer"},
}
_SENTENCES = {
    "id": {
        "nothing": "Belum ada hari yang dapat dipelajari: setiap orang yang memesan dianggap akan datang.",
        "all": "Dari 100 orang yang memesan sekitar {share} datang: antara {low} dan {high} dengan kemungkinan 90 %.",
        "known": "Ini dipelajari dari {days} hari. Hari yang lama makin sedikit dihitung: setelah {memory} hari buka"
                 " tinggal separuhnya.",
        "alike": "Hari yang satu berbeda dari hari yang lain: bagian yang datang biasanya naik atau turun {points} poin"
                 " di luar kebetulan.",
        "held": "Hari aneh yang belum ikut dihitung: {held}.",
        "level": "{who}: {share} dari 100 datang.",
        "on": "Pada hari {day}",
        "others": "Lainnya",
        "service": "Layanan {name}",
        "walk_ins": "Sekitar {people} orang sehari datang tanpa memesan.",
        "late": "Dari 100 orang yang datang, {late} datang lebih dari 10 menit sesudah waktunya.",
    },
    "en": {
        "nothing": "No day to learn from yet: everybody who booked is taken to come.",
        "all": "Of 100 people who booked about {share} come: between {low} and {high} with a chance of 90 %.",
        "known": "This was learnt from {days} days. Old days count less and less: after {memory} open days, half.",
        "alike": "Days differ from each other: the share who come usually rises or falls by {points} points beyond"
                 " chance.",
        "held": "Strange days that do not count yet: {held}.",
        "level": "{who}: {share} of 100 come.",
        "on": "On {day}",
        "others": "Others",
        "service": "Service {name}",
        "walk_ins": "About {people} people a day come without booking.",
        "late": "Of 100 people who come, {late} come more than 10 minutes after their time.",
    },
}


def who(row: Row, language: str, service: str | None = None) -> str:
    """Of whom a row speaks, in Indonesian (`id`) or English (`en`); `service` is the name of a service's row."""
    words = _SENTENCES[language]
    if row.factor == "lead":
        return _LEADS[language][int(row.level)]
    if row.factor == "weekday":
        return words["on"].format(day=_WEEKDAYS[language][int(row.level)])
    if row.factor == "service":
        return words["service"].format(name=row.level if service is None else service)
    known = _ANSWERS[language] if row.factor == "answer" else _CHANNELS[language]
    return known.get(row.level, words["others"])


def sentence(row: Row, language: str, service: str | None = None) -> str:
    """A row in one plain sentence."""
    words, numbers = _SENTENCES[language], {"share": round(100 * row.share)}
    if row.factor == "all":
        return words["all"].format(low=round(100 * row.low), high=round(100 * row.high), **numbers)
    return words["level"].format(who=who(row, language, service), **numbers)


def explain(learnt: Learnt, language: str) -> list[str]:
    """What was learnt in plain sentences, in Indonesian (`id`) or English (`en`): who comes, how fast the office
    forgets, how much days differ, each answer, lead time, door and weekday. Services have names: `rows` has theirs."""
    words, said = _SENTENCES[language], []
    for row in rows(learnt):
        if row.factor == "all":
            said += [sentence(row, language), *_in_all(learnt, words)]
        elif row.factor != "service":
            said.append(sentence(row, language))
    if learnt.walk_ins:
        open_days = [learnt.walk_ins[day] for day in learnt.weekday] or learnt.walk_ins
        said.append(words["walk_ins"].format(people=round(sum(open_days) / len(open_days))))
    if learnt.later:
        said.append(words["late"].format(late=round(100 * learnt.later[4])))
    return said if learnt.people else [words["nothing"], *said]


def _in_all(learnt: Learnt, words: dict[str, str]) -> Iterator[str]:
    yield words["known"].format(days=learnt.days, memory=round(learnt.memory))
    if learnt.spread >= _ODD:
        points = 100 * math.sqrt(learnt.spread * learnt.share * (1 - learnt.share))
        yield words["alike"].format(points=max(round(points), 1))
    if learnt.held:
        yield words["held"].format(held=", ".join(f"{day:%d-%m-%Y}" for day in learnt.held))
