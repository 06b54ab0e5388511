"""What each thing known of a booking is worth: levels that go together, that are hardly seen, that do not differ."""

from __future__ import annotations

from random import Random

import pytest

from scheduler import beta, show_effects
from scheduler.show_effects import Cell, fit

SERVICE, LEAD, CHANNEL, WEEKDAY, ANSWER = range(5)


def seen(people: int, chance_of: dict[str, float], seed: int = 1) -> dict[Cell, tuple[float, float]]:
    """People of two services: the first is booked on the web mostly, the second by SMS; only the door matters."""
    random, cells = Random(seed), dict[Cell, tuple[float, float]]()
    for _ in range(people):
        service = random.choice((1, 2))
        channel = "web" if random.random() < (0.85 if service == 1 else 0.15) else "sms"
        cell = (service, 2, channel, random.randrange(5), "silent")
        came, booked = cells.get(cell, (0.0, 0.0))
        cells[cell] = came + (random.random() < chance_of[channel]), booked + 1
    return cells


def test_what_goes_together_is_not_counted_twice() -> None:
    cells = seen(6000, {"web": 0.9, "sms": 0.65})
    fitted = fit(cells, 0.005, 70)
    share = {service: sum(came for cell, (came, _) in cells.items() if cell[0] == service)
             / sum(booked for cell, (_, booked) in cells.items() if cell[0] == service) for service in (1, 2)}
    assert share[1] - share[2] > 0.12  # so the services look different
    service, channel = fitted.effects[SERVICE], fitted.effects[CHANNEL]
    assert abs(service[1].odds - service[2].odds) < 0.2
    assert channel["web"].odds - channel["sms"].odds == pytest.approx(
        beta.log_odds(0.9) - beta.log_odds(0.65), abs=0.25)


def test_what_was_fitted_foretells_each_level() -> None:
    cells = seen(6000, {"web": 0.9, "sms": 0.65})
    fitted = fit(cells, 0.005, 70)
    for factor in (SERVICE, CHANNEL):
        for level in fitted.effects[factor]:
            mine = {cell: shown for cell, shown in cells.items() if cell[factor] == level}
            booked = sum(people for _, people in mine.values())
            foretold = sum(beta.share_of(fitted.odds[cell]) * people for cell, (_, people) in mine.items()) / booked
            assert foretold == pytest.approx(sum(came for came, _ in mine.values()) / booked, abs=0.02)


def test_a_level_hardly_seen_is_as_all_are() -> None:
    cells = seen(3000, {"web": 0.85, "sms": 0.85})
    cells[3, 2, "web", 1, "silent"] = (0.0, 3.0)  # a new service: three people, and none came
    fitted = fit(cells, 0.005, 70)
    assert beta.share_of(fitted.base + fitted.effects[SERVICE][3].odds) > 0.78


def test_levels_that_do_not_differ_do_not_move_the_odds() -> None:
    fitted = fit(seen(6000, {"web": 0.8, "sms": 0.8}), 0.005, 70)
    for factor in (SERVICE, CHANNEL, WEEKDAY):
        assert max(abs(effect.odds) for effect in fitted.effects[factor].values()) < 0.12


def test_a_factor_with_one_level_says_nothing() -> None:
    fitted = fit(seen(500, {"web": 0.8, "sms": 0.8}), 0.005, 70)
    assert fitted.effects[LEAD][2].odds == pytest.approx(0, abs=1e-9)
    assert fitted.effects[ANSWER]["silent"].odds == pytest.approx(0, abs=1e-9)


def test_a_weekday_seen_through_bad_weather_moves_less() -> None:
    cells = {(1, 2, "web", weekday, "silent"): (600.0 * share, 600.0)
             for weekday, share in enumerate((0.8, 0.8, 0.8, 0.8, 0.72))}
    calm, stormy = (fit(cells, spread, 70).effects[WEEKDAY][4].odds for spread in (0.0, 0.06))
    assert calm < stormy <= 0.0


@pytest.mark.parametrize("share", [0.05, 0.5, 0.97])
def test_odds_are_moved_until_a_share_comes(share: float) -> None:
    people = [(0.4, 30.0), (2.5, 50.0), (-1.0, 5.0)]
    moved = show_effects.shift(people, share)
    assert sum(beta.share_of(odds + moved) * count for odds, count in people) / 85 == pytest.approx(share, abs=1e-4)


def test_all_came_or_none_stays_finite() -> None:
    for came in (0.0, 40.0):
        fitted = fit({(1, 0, "web", 0, "yes"): (came, 40.0), (2, 1, "sms", 1, "silent"): (came, 40.0)}, 0.01, 70)
        assert all(-12 < odds < 12 for odds in fitted.odds.values())
