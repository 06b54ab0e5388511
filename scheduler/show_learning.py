"""What days that are over teach about the days to come (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import msgspec

from scheduler import beta, show_crowd, show_effects, show_memory
from scheduler.foundation.kept import reader
from scheduler.shown import LEADS, YES, DayShown, Learnt, Level

_CELL_HALF_LIFE = 60.0                       # open days: what distinguishes people changes slowly
_ASKED_LEAN = 20.0                           # people by whom what a lead time or door shows leans on what all show
_LEAD, _WEEKDAY = show_effects.FACTORS.index("lead"), show_effects.FACTORS.index("weekday")

_learnt = reader(Learnt)


def learn(shown: Sequence[DayShown]) -> Learnt:
    """What these days, in any order and without those left out, teach about the days to come.

    A strange day (see `strange`) is held back by itself until the two open days after it say the same.
    """
    ordered = sorted(shown, key=lambda day: day.date)
    days = [day for day in ordered if day.booked]
    if not days:
        return _crowd(Learnt(len(ordered)), ordered)
    first = _fit(days, _cells(days), show_memory.USUAL_SPREAD)
    counts = show_memory.usual(_levelled(days, first))
    held = tuple(day.date for day, counted in zip(days, counts, strict=True) if not counted)
    days = [day for day, counted in zip(days, counts, strict=True) if counted]
    spread = show_memory.alike(_levelled(days, first))
    fitted = _fit(days, cells := _cells(days), spread)
    known = show_memory.remember(_levelled(days, fitted), spread)
    rest = [day for day in ordered if day.date not in held]
    return _crowd(_rates(cells, fitted, known, len(rest), held), rest)


def _cells(days: Sequence[DayShown]) -> dict[show_effects.Cell, tuple[float, float]]:
    """People who were alike over all days, older days counting less."""
    cells: dict[show_effects.Cell, tuple[float, float]] = {}
    for age, day in enumerate(reversed(days)):
        weight, weekday = 0.5 ** (age / _CELL_HALF_LIFE), day.date.weekday()
        for tally in day.tallies:
            if tally.people:
                cell = (tally.service, tally.lead, tally.channel, weekday, tally.answer)
                came, people = cells.get(cell, (0.0, 0.0))
                cells[cell] = came + weight * tally.came, people + weight * tally.people
    return cells


def _fit(days: Sequence[DayShown], cells: show_effects.Cells, spread: float) -> show_effects.Fitted:
    return show_effects.fit(cells, spread, sum(day.booked for day in days) / len(days))


def _levelled(days: Sequence[DayShown], fitted: show_effects.Fitted) -> list[show_memory.Day]:
    """What the days showed as if each had had the same mixture of people, so that only the office's own level is left
    (direct standardisation)."""
    shares = {cell: beta.share_of(odds) for cell, odds in fitted.odds.items()}
    said = [sum(tally.people * shares[tally.service, tally.lead, tally.channel, day.date.weekday(), tally.answer]
                for tally in day.tallies if tally.people) for day in days]
    usual = sum(said) / sum(day.booked for day in days)
    return [(min(max(day.came + day.booked * usual - expected, 0.0), float(day.booked)), float(day.booked))
            for day, expected in zip(days, said, strict=True)]


def _rates(cells: show_effects.Cells, fitted: show_effects.Fitted, known: show_memory.Remembered, counted: int,
           held: tuple[date, ...]) -> Learnt:
    moved = show_effects.shift([(fitted.odds[cell], people) for cell, (_, people) in cells.items()], known.share)
    levels = ({level: _level(effect) for level, effect in effects.items()} for effects in fitted.effects)
    return _learnt({
        "days": counted, "people": round(sum(people for _, people in cells.values()), 1),
        "share": round(known.share, 5), "doubt": round(known.doubt, 8), "odds": round(fitted.base + moved, 4),
        "spread": round(known.spread, 5), "memory": round(known.memory, 1),
        **dict(zip(show_effects.FACTORS, levels, strict=True)),
        "says_yes": _says_yes(cells), "newcomers": _newcomers(cells, fitted, moved), "held": held})


def _level(effect: show_effects.Effect) -> Level:
    return Level(round(effect.people, 1), round(effect.came, 1), round(effect.others, 4), round(effect.odds, 4))


def _says_yes(cells: show_effects.Cells) -> dict[str, tuple[float, ...]]:
    """By door, and for all doors under an empty name, the share who say that they will come, by lead: an answer by SMS
    is nearer to hand for some than for others, and who books for today is not asked."""
    yes: dict[tuple[str, int], float] = defaultdict(float)
    asked: dict[tuple[str, int], float] = defaultdict(float)
    for (_, lead, channel, _, answer), (_, people) in cells.items():
        for door in ("", channel):
            asked[door, lead] += people
            yes[door, lead] += people if answer == YES else 0.0
    leads, doors = range(len(LEADS) + 1), sorted({door for door, _ in asked if door})
    everybody = sum(yes["", lead] for lead in leads) / sum(asked["", lead] for lead in leads)

    def leaning(door: str, on: Sequence[float]) -> tuple[float, ...]:
        return tuple((yes[door, lead] + _ASKED_LEAN * on[lead]) / (asked[door, lead] + _ASKED_LEAN) for lead in leads)

    every_door = leaning("", [everybody] * len(leads))
    found = {"": every_door, **{door: leaning(door, every_door) for door in doors}}
    return {door: tuple(round(share, 4) for share in shares) for door, shares in found.items()}


def _newcomers(cells: show_effects.Cells, fitted: show_effects.Fitted, moved: float) -> tuple[float, ...]:
    """By lead, the log odds of the average of those who booked so, on an average weekday; where few did, of all people
    with that lead's effect."""
    leads = {level: effect.odds for level, effect in fitted.effects[_LEAD].items()}
    weekdays = {level: effect.odds for level, effect in fitted.effects[_WEEKDAY].items()}
    people = [(cell[_LEAD], fitted.odds[cell] + moved - weekdays[cell[_WEEKDAY]], count)
              for cell, (_, count) in cells.items()]
    everybody = sum(count for _, _, count in people)
    found = []
    for lead in range(len(LEADS) + 1):
        own = [(beta.share_of(odds), count) for on, odds, count in people if on == lead]
        others = sum(beta.share_of(odds - leads[on] + leads.get(lead, 0.0)) * count for on, odds, count in people)
        share = ((sum(s * count for s, count in own) + _ASKED_LEAN * others / everybody)
                 / (sum(count for _, count in own) + _ASKED_LEAN))
        found.append(round(beta.log_odds(show_effects.within(share)), 4))
    return tuple(found)


def _crowd(learnt: Learnt, days: Sequence[DayShown]) -> Learnt:
    crowd = show_crowd.crowd([(day.date.weekday(), day.late, day.walk_ins) for day in days])
    return msgspec.structs.replace(
        learnt, later=crowd.later, walk_ins=crowd.walk_ins, walk_ins_spread=crowd.spread, walk_ins_left=crowd.left)
