"""Offices as a test wants them: the example's file with a change, and others beside it."""

from __future__ import annotations

import re
from typing import Any

from scheduler import jobs, office_file
from tests.booked import EXAMPLE
from tests.conftest import NOW


def put(antre: Any, text: str) -> None:
    """Import an office file and open its days."""
    file = office_file.parse(text, "office.toml")
    antre.database.write(lambda c: office_file.import_office(c, file, NOW))
    antre.offices.forget()
    jobs.open_days(antre.database, antre.offices, NOW)
    jobs.keep_capacity(antre.database, antre.offices, NOW)


def beside(antre: Any, slug: str, sms_number: str | None) -> None:
    """Another office like the example, under its own name and number."""
    number = f'sms_number = "{sms_number}"' if sms_number else ""
    put(antre, re.sub(r"sms_number = .*", number, EXAMPLE.replace('slug = "balikpapan"', f'slug = "{slug}"')))


def limited(antre: Any, answers: int) -> None:
    """The example office with another limit of answers."""
    put(antre, re.sub(r"answers_an_hour = \d+", f"answers_an_hour = {answers}", EXAMPLE))
