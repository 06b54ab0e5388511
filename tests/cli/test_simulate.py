"""`antre simulate`: a few invented days, as figures and as a picture."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from api.commands import simulate
from scheduler.simulation.town import CAN_TODAY
from tests.cli.terminal import refused, run

FEW = ("--days", "10", "--warm-up", "1")


def test_figures_as_json_for_each_policy_and_a_picture(tmp_path: Path) -> None:
    picture = tmp_path / "days.svg"
    done = run("simulate", *FEW, "--shock", "10:30:3", "--demand", "80", "--walk-ins", "6", "--json",
               "--picture", str(picture))
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1].startswith("2 of 2 played")
    told = json.loads(done.stdout)
    for found in (told, told["adaptive"], told["fixed"]):
        assert found["days"] == found["in_band"] + found["over"] + found["under"] == 4  # two weekends, two holidays
        assert found["mean_visitors"] > 20
        assert found["mean_wait_minutes"] >= 0
        assert len(found["weeks_after_shock"]) == 1
    assert told["fixed"]["number"] == 72
    assert told["adaptive"]["warm_up"]["days"] > 0
    assert ET.parse(picture).getroot().tag.endswith("svg")


def test_a_table_for_people() -> None:
    done = run("simulate", *FEW, "--policy", "fixed", "--no-show", "30", "--drift", "10", "--seed", "x")
    assert done.returncode == 0, done.stderr
    assert "30 % stay away, drifting by 10 points a year; 1 year, seed x" in done.stdout
    assert "band begins" in done.stdout
    assert "warm-up" in done.stdout


def test_how_many_would_come_the_same_day_can_be_said_and_stands_in_the_title() -> None:
    assert simulate.SAME_DAY == 100 * CAN_TODAY  # what the figures without the option rest on
    titles, booked = [], []
    for share in ("0", "30", "100%"):
        done = run("simulate", *FEW, "--policy", "adaptive", "--same-day", share, "--demand", "20", "--json")
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        titles.append(told["title"])
        booked.append(told["warm_up"]["mean_booked"])
    assert "20 people ask a day, 0 % would come the same day, 12 come unbooked" in titles[0]
    assert "the same day" not in titles[1]
    assert len(set(booked)) == 3, booked


@pytest.mark.parametrize(("words", "sentence"), [
    (("--no-show", "120"), "'120' is not a number from 0 to 90"),
    (("--shock", "10"), "'10' is not like 10:30 or 10:30:120"),
    (("--same-day", "101"), "'101' is not a number from 0 to 100"),
    (("--demand", "nan"), "'nan' is not a number from 0 to 1000"),
    (("--years", "0"), "'0' is not a whole number above 0"),
])
def test_senseless_numbers_are_refused_with_a_sentence(words: tuple[str, str], sentence: str) -> None:
    assert sentence in refused("simulate", *words)
