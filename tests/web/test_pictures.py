"""The manager's drawings, as a reader of SVG sees them: whole, named, in place, and told apart without colour."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from api.web.pictures import course, rates, weeks
from api.web.pictures.course import Course, Point
from api.web.pictures.paper import Plot, round_up
from api.web.pictures.rates import Dot
from api.web.pictures.weeks import Column, Spread
from api.web.render import WORDS

SVG = "{http://www.w3.org/2000/svg}"
MANAGE, RUNNING, LEARNT = (WORDS["id"][part] for part in ("manage", "running", "learnt"))
PAST = Column(("Sen", "23"), "November", released=72, booked=70, came=66)
TODAY = Column(("Sel", "24"), released=72, booked=72, came=20, spread=Spread(66.4, 61, 71), today=True)
SET = Column(("Rab", "25"), released=40, booked=31, spread=Spread(33.0, 30, 36), by_hand=True, chosen=True)
WEEKEND = Column(("Sab", "28"), closed=True, weekly=True)
CLOSED = Column(("Kam", "26"), closed=True)
DAY = Course(450, 960, [Point(455, 2), Point(500, 9)], [Point(600, 9), Point(700, 40.0), Point(960, 64.0)],
             Spread(64.0, 60, 68), 600)


def read(svg: str) -> ET.Element:
    """The drawing, which must be well formed and have a name and a description of its own."""
    root = ET.fromstring(svg)
    title, described = root.attrib["aria-labelledby"].split()
    by_id = {one.attrib["id"]: one for one in root.iter() if "id" in one.attrib}
    assert by_id[title].tag == f"{SVG}title"
    assert by_id[described].tag == f"{SVG}desc"
    assert "{" not in (by_id[described].text or ""), "no number was left out"
    return root


def said(root: ET.Element) -> list[str]:
    """Every word and number in it, in order."""
    return [one.text or "" for one in root.iter(f"{SVG}text")]


def test_each_day_shows_its_number_and_each_kind_of_day_its_sign() -> None:
    root = read(weeks.draw([PAST, TODAY, SET, CLOSED, WEEKEND], 60, 70, MANAGE))
    words = said(root)
    assert {"66", "33", "tutup", "November", "Sel", "24"} <= set(words)
    assert "20" not in words[5:], "who came today so far is no number of the day yet"
    assert "Sab" not in words, "what is closed every week needs no name"
    fills = {one.attrib.get("fill") for one in root.iter(f"{SVG}path")}
    assert {"#fff", "url(#weeks-hatch)", "#07363f"} <= fills, "opened, booked and visitors differ without colour"
    assert root.findall(f".//{SVG}pattern")
    assert MANAGE["legend_by_hand"] in words


def test_names_of_months_neither_overlap_nor_leave_the_sheet() -> None:
    plain = Column(("Sel", "1"))
    days = [Column(("Sen", "30"), "November"), Column(("Sel", "1"), "Desember"), *[plain] * 22,
            Column(("Jum", "1"), "Januari")]
    root = read(weeks.draw(days, 60, 70, MANAGE))
    assert not {"November"} & set(said(root)), "the next month begins before its name is over"
    january = next(one for one in root.iter(f"{SVG}text") if one.text == "Januari")
    assert january.attrib["text-anchor"] == "end"
    assert "Desember" in said(root)


@pytest.mark.parametrize("here", [{"today": True}, {"chosen": True}])
def test_a_sunday_in_a_box_has_room_for_its_name(here: dict[str, bool]) -> None:
    sunday = Column(("Min", "29"), closed=True, weekly=True, **here)
    root = read(weeks.draw([PAST] * 24 + [WEEKEND] * 9 + [sunday], 60, 70, MANAGE))
    boxes = [float(one.get("width", 0)) for one in root.iter(f"{SVG}rect") if one.get("rx") == "5"]
    assert len(boxes) == 1
    assert boxes[0] > 30  # "Min" in bold


def test_bars_stand_as_high_as_their_numbers() -> None:
    root = read(weeks.draw([PAST], 60, 70, MANAGE))
    tops = [float(path.attrib["d"].split("V")[1].split("h")[0]) for path in root.iter(f"{SVG}path")
            if re.fullmatch(r"M[\d.]+ 340V[\d.]+h[\d.]+V340z", path.attrib["d"])]
    plot = Plot(0, 1, weeks.TOP, weeks.FLOOR, 80)
    assert tops == [plot.y(72), plot.y(70), plot.y(66)]


@pytest.mark.parametrize("most", [0, 1, 16, 17, 60, 99, 400])
def test_an_axis_ends_above_what_it_shows(most: int) -> None:
    assert round_up(most) % 20 == 0
    assert round_up(most) >= most + 4 or most == 0


def test_five_weeks_of_full_days_are_a_light_picture() -> None:
    svg = weeks.draw([TODAY, SET, PAST, PAST, PAST, WEEKEND, WEEKEND] * 5, 60, 70, MANAGE)
    assert len(svg) < 14_000
    assert max(float(x) for x in re.findall(r'<text x="([\d.]+)"', svg)) <= weeks.WIDTH


def test_no_days_and_days_far_above_the_band_can_be_drawn() -> None:
    read(weeks.draw([], 60, 70, MANAGE))
    crowded = read(weeks.draw([Column(("Sen", "1"), released=300, booked=300, came=290)], 60, 70, MANAGE))
    assert {"290", "300"} <= set(said(crowded))


def test_the_running_day_goes_on_from_who_came_to_who_is_expected() -> None:
    root = read(course.draw(DAY, 60, 70, RUNNING))
    assert {"9", "64", "sekarang", "07", "16"} <= set(said(root))
    dashed = [path.attrib["d"] for path in root.iter(f"{SVG}path") if path.attrib.get("stroke-dasharray") == "8 5"]
    plot = Plot(course.LEFT, course.RIGHT, course.TOP, course.FLOOR, 80)
    line = dashed[0].removeprefix("M").split("L")
    assert [float(point.split()[1]) for point in line] == [plot.y(9), plot.y(40), plot.y(64)]


def test_a_day_that_is_over_has_no_fan_and_no_now() -> None:
    words = said(read(course.draw(Course(450, 960, DAY.came), 60, 70, RUNNING)))
    assert "sekarang" not in words
    assert RUNNING["legend_ahead"] not in words
    assert "9" in words


def test_nobody_came_and_nobody_will() -> None:
    empty = Course(450, 960, [], [Point(600, 0), Point(960, 0.0)], Spread(0.0, 0, 0), 600)
    assert "0" in said(read(course.draw(empty, 60, 70, RUNNING)))


def test_somebody_before_the_doors_opened_or_after_they_closed_stays_on_the_sheet() -> None:
    svg = course.draw(Course(450, 960, [Point(300, 1), Point(1200, 2)]), 60, 70, RUNNING)
    assert all(0 <= float(x) <= course.WIDTH for x in re.findall(r"[MH]([\d.]+)", svg))


def test_each_share_has_a_line_as_long_as_it_is_unsure() -> None:
    dots = [Dot("Semua", 0.9, 0.88, 0.92, all=True), Dot("YA", 0.96, 0.9, 1.0, "Jawaban"), Dot("Diam", 0.8, 0.6, 0.9)]
    root = read(rates.draw(dots, LEARNT))
    words = said(root)
    assert words.index("Jawaban") < words.index("YA") < words.index("Diam")
    assert {"90", "96", "80", "60 %", "100 %"} <= set(words)
    lines = [path.attrib["d"] for path in root.iter(f"{SVG}path") if re.match(r"M[\d.]+ [\d.]+H", path.attrib["d"])]
    lengths = [float(d.split("H")[1].split("M")[0]) - float(d[1:].split()[0]) for d in lines]
    assert lengths[2] > lengths[1] > lengths[0] > 0


def test_a_long_name_ends_before_the_lines_begin() -> None:
    name = "Layanan Akta kelahiran, kematian, perkawinan, atau perceraian"
    root = read(rates.draw([Dot(name, 0.8, 0.6, 0.9)], LEARNT))
    assert name not in said(root)
    assert "Layanan Akta kelahiran, kematian,…" in said(root)


def test_what_stands_in_a_picture_is_words_and_never_a_mark() -> None:
    svg = rates.draw([Dot('<b onload="x">', 0.9, 0.8, 1.0, "A&B")], LEARNT)
    assert '<b onload="x">' in said(read(svg))
    assert "<b" not in svg
