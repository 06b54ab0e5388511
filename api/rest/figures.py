"""What a span of days counted looks like as JSON. Times are minutes, begun ones whole; shares lie between 0 and 1."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from api.counted import Counted, Messages
from api.rest.schemas import Day
from scheduler.offices import Office
from ticketing.figures import FAIR, LEFT, QUICK, UNANSWERED, Figures
from ticketing.ikm import Opinions, tellable
from ticketing.spread import Spread

Money = Annotated[str, Meta(pattern=r"^\d+\.\d{4}$")]
Index = Annotated[str, Meta(pattern=r"^\d+\.\d\d$", description="From 25.00 to 100.00; null of too few answers.")]
Minutes = Annotated[int, Meta(ge=0)]


class Times(Struct, frozen=True):
    """How long something took for `count` people. `median` and `p90`: within so many minutes it was over for half, and
    for nine of ten; null of nobody."""

    count: int
    mean: float | None
    median: Minutes | None
    p90: Minutes | None


class Waits(Struct, frozen=True):
    """As service times; and how many waited at most 15, and at most 30 minutes."""

    count: int
    mean: float | None
    median: Minutes | None
    p90: Minutes | None
    within_15: int
    within_30: int


class Visitors(Struct, frozen=True):
    """People. `days_in_band` of `days` had no fewer and no more than the day was to have."""

    people: int
    turned_away: int
    days: int
    days_in_band: int


class Visits(Struct, frozen=True):
    """Numbers given. `unanswered` did not answer their calls, `left` were taken off the list."""

    count: int
    booked: int
    walk_ins: int
    unanswered: int
    left: int
    priority: dict[str, int]


class NoShows(Struct, frozen=True):
    """Bookings. `share` of those that stood and are over; null of none."""

    count: int
    share: float | None
    cancelled: int


class Channel(Struct, frozen=True):
    """Bookings by this door that were not cancelled, and those of them whose people came."""

    channel: str
    bookings: int
    came: int


class WhyNotOnline(Struct, frozen=True):
    reason: str
    bookings: int


class OfService(Struct, frozen=True):
    service: str
    visits: int
    no_shows: int
    waits: Waits
    service_times: Times
    ikm: Index | None
    answers: int | None


class OfCounter(Struct, frozen=True):
    counter: str
    waits: Waits
    service_times: Times


class Hour(Struct, frozen=True):
    """People who came in a local hour of a weekday, Monday 1."""

    weekday: Annotated[int, Meta(ge=1, le=7)]
    hour: Annotated[int, Meta(ge=0, le=23)]
    people: int


class Cost(Struct, frozen=True):
    currency: str
    amount: Money


class Sent(Struct, frozen=True):
    """Messages that went out, in so many SMS as carriers bill them, and the prices they told."""

    count: int
    parts: int
    costs: list[Cost]


class Satisfaction(Struct, frozen=True):
    """The survey (SKM) of the whole months: how many answers, the index, its class, each element's mean of 1 to 4."""

    answers: int
    ikm: Index | None
    grade: str | None
    elements: dict[str, str] | None


class StatisticsAnswer(Struct, frozen=True, rename={"first": "from", "last": "to"}):
    first: Day
    last: Day
    visitors: Visitors
    visits: Visits
    no_shows: NoShows
    channels: list[Channel]
    reasons: list[WhyNotOnline]
    waits: Waits
    service_times: Times
    services: list[OfService]
    counters: list[OfCounter]
    hours: list[Hour]
    messages: Sent
    survey: Satisfaction


def answer(office: Office, counted: Counted) -> StatisticsAnswer:
    """The span as it goes out."""
    figures, told = counted.figures, tellable(counted.by_service)
    return StatisticsAnswer(
        first=figures.first.isoformat(), last=figures.last.isoformat(),
        visitors=Visitors(figures.visitors, figures.turned_away, len(figures.open_days), figures.in_band),
        visits=_visits(figures),
        no_shows=NoShows(figures.no_shows, _short(figures.no_show_share, 4), figures.bookings("cancelled")),
        channels=[Channel(name, *counts) for name, counts in figures.channels.items()],
        reasons=[WhyNotOnline(reason, count) for reason, count in figures.reasons.items()],
        waits=_waits(figures.wait()), service_times=_times(figures.service_time()),
        services=[_service(figures, service.id, service.slug, told.get(service.id)) for service in office.services
                  if service.active or figures.visits_for(service.id)],
        counters=[OfCounter(counter.slug, _waits(figures.wait(counter=counter.id)),
                            _times(figures.service_time(counter=counter.id))) for counter in office.counters],
        hours=[Hour(one.weekday + 1, one.hour, one.people) for one in figures.arrivals],
        messages=_sent(counted.messages), survey=_survey(counted.of_all),
    )


def _visits(figures: Figures) -> Visits:
    booked = figures.visits(lambda one: one.booked)
    return Visits(figures.visits(), booked, figures.visits() - booked,
                  figures.visits(lambda one: one.state == UNANSWERED), figures.visits(lambda one: one.state == LEFT),
                  figures.priorities)


def _service(figures: Figures, key: int, slug: str, opinions: Opinions | None) -> OfService:
    return OfService(
        slug, figures.visits_for(key),
        figures.no_shows_of(key), _waits(figures.wait(key)),
        _times(figures.service_time(key)), None if opinions is None else str(opinions.ikm),
        None if opinions is None else opinions.count)


def _times(spread: Spread) -> Times:
    return Times(spread.count, _short(spread.mean, 1), spread.median, spread.p90)


def _waits(spread: Spread) -> Waits:
    return Waits(spread.count, _short(spread.mean, 1), spread.median, spread.p90, spread.within(QUICK),
                 spread.within(FAIR))


def _sent(messages: Messages) -> Sent:
    return Sent(messages.count, messages.parts,
                [Cost(currency, f"{amount:.4f}") for currency, amount in messages.costs.items()])


def _survey(opinions: Opinions) -> Satisfaction:
    means = opinions.means
    return Satisfaction(opinions.count, None if opinions.ikm is None else str(opinions.ikm), opinions.grade,
                        None if means is None else {name: str(mean) for name, mean in means.items()})


def _short(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
