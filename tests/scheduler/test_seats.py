"""What a phone gave up counts against whoever types its number, not against the phone itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scheduler import bookings, places
from scheduler.bookings import Booking, Request
from scheduler.foundation.errors import Refusal
from scheduler.foundation.privacy import Person
from scheduler.seats import GIVEN_UP_A_DAY
from tests import people
from tests.conftest import NOW


class Counter:
    """Books and cancels for one number by a door."""

    def __init__(self, database: Any, office: Any, vault: Any, mint: Any) -> None:
        self.database, self.office, self.vault, self.mint = database, office, vault, mint
        self.service = office.service("ktp-rekam")

    def book(self, n: int, channel: str) -> Booking:
        def work(c: Any) -> Booking:
            start = places.alternatives(c, self.office, self.service.letter, 1, NOW + timedelta(days=1), NOW)[0]
            person = Person(people.nik(n), people.name(n), people.phone(0))
            return bookings.book(c, Request(self.office, self.service, start, person, channel=channel),
                                 vault=self.vault, mint=self.mint, now=NOW)

        booked: Booking = self.database.write(work)
        return booked

    def give_up(self, channel: str) -> None:
        """As many as a phone may give up in a day, all booked by that door."""
        for n in range(GIVEN_UP_A_DAY):
            booking = self.book(n, channel)
            self.database.write(lambda c, booking=booking: bookings.cancel(c, booking, now=NOW))


@pytest.fixture
def counter(database: Any, balikpapan: Any, vault: Any, mint: Any) -> Counter:
    return Counter(database, balikpapan, vault, mint)


def test_what_others_gave_up_in_its_name_does_not_bind_the_phone(counter: Counter) -> None:
    counter.give_up("web")
    with pytest.raises(Refusal, match="too_many_for_phone"):
        counter.book(20, "web")
    assert counter.book(20, "sms").channel == "sms"
    assert counter.book(21, "ussd").channel == "ussd"


@pytest.mark.parametrize("channel", ["sms", "ussd"])
def test_what_the_phone_gave_up_itself_is_not_counted(counter: Counter, channel: str) -> None:
    counter.give_up(channel)
    assert counter.book(20, "web").channel == "web"


@pytest.mark.parametrize("channel", ["sms", "ussd"])
def test_the_seats_of_a_phone_bind_it_by_every_door(counter: Counter, channel: str) -> None:
    for n in range(counter.office.rules.per_phone):
        counter.book(n, channel)
    with pytest.raises(Refusal) as refused:
        counter.book(20, channel)
    assert (refused.value.code, refused.value.details["limit"]) == ("too_many_for_phone", 5)
