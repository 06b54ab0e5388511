"""The running demo: what its routes and its page are handed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from api.assembly import Antre
from api.demo.clerks import Clerks
from api.demo.faults import Faults
from api.demo.handset import Handset
from api.demo.office import stay_seated
from api.demo.residents import Residents
from api.demo.standin import StandIn
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Office
from scheduler.timetable import STEP

T = TypeVar("T")

LONGEST_JUMP = timedelta(days=40)  # past the day on which personal data is erased


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in."""

    role: str
    username: str
    password: str


class Demo:
    """One demo. `standin` has the messages on phones, `handset` sends from them; `residents` and
    `clerks` None: nobody is played."""

    def __init__(
        self, antre: Antre, clock: SettableClock, office_slug: str, accounts: tuple[Account, ...],
        standin: StandIn, handset: Handset, residents: Residents | None, clerks: Clerks | None = None,
    ) -> None:
        self.antre, self.clock, self.office_slug, self.accounts = antre, clock, office_slug, accounts
        self.standin, self.handset = standin, handset
        self.residents, self.clerks = residents, clerks
        self.faults = Faults()
        self._turning = threading.Lock()
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="demo")

    @property
    def office(self) -> Office:
        """The office as it stands."""
        with self.antre.database.read() as connection:
            return self.antre.offices.get(connection, self.office_slug)

    def now(self) -> datetime:
        """The office clock, with the office's offset."""
        return self.office.local(self.clock.now())

    def go_wrong(self, faults: Faults) -> None:
        """Have the vendor play these faults until others are chosen."""
        self.faults = faults
        faults.play(self.standin)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do something slow, or that asks this very process over HTTP, beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def advance(self, by: timedelta) -> datetime:
        """Put the clock forward by at most `LONGEST_JUMP`; answers when all that fell due on the way has been done.

        Call it by `in_thread`: delivering messages and playing residents asks this process over HTTP.
        """
        with self._turning:
            end = self.clock.now() + by
            stay_seated(self.antre.database, end)
            step = STEP if self.residents is not None else by
            while (rest := end - self.clock.now()) > timedelta(0):
                self.antre.timetable.run_through(self.clock, min(step, rest))
                self.play()
        return self.now()

    def play(self) -> None:
        """Let the residents and the clerks do what they would have done by now."""
        for players in (self.residents, self.clerks):
            if players is not None:
                players.play(self.clock.now())
