"""The hall of an office under test: people come, counters act, a transaction each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from scheduler.tables import days
from tests.ticketing.door import CLERK, Door
from ticketing import calling, desks, hall
from ticketing.called import Called
from ticketing.hall import Hall
from ticketing.hall_tables import servings
from ticketing.tables import visits


class Floor(Door):
    """`now` is the moment of every act until it is set anew."""

    now: datetime

    def make_room(self) -> None:
        """Every walk-in finds room."""
        self.database.write(lambda connection: connection.execute(sa.update(days).values(walk_in_room=1000)))

    def act(self, name: str, *arguments: Any, now: datetime | None = None, **more: Any) -> Any:
        """One act of `ticketing.calling` or `desks`, such as `act("finish", "loket-1")`."""
        function: Callable[..., Any] = getattr(calling, name, None) or getattr(desks, name)
        return self.database.write(lambda connection: function(
            connection, self.office, *arguments, now=now or self.now, staff_id=CLERK, **more))

    def next(self, counter: str = "loket-1", now: datetime | None = None) -> str | None:
        """Call who is next; answers the number."""
        called = self.act("call_next", counter, now=now)
        return called and called.number

    def there(self, counter: str = "loket-1") -> Called | None:
        """Who is at the counter."""
        with self.database.read() as connection:
            return calling.at_counter(connection, self.office, counter)

    def look(self, now: datetime | None = None) -> Hall:
        """The hall as it is."""
        with self.database.read() as connection:
            return hall.look(connection, self.office, now or self.now)

    def rows(self, table: sa.Table) -> list[dict[str, Any]]:
        """All rows of a table, by their key."""
        with self.database.read() as connection:
            return [dict(row._mapping) for row in connection.execute(sa.select(table).order_by(*table.primary_key))]

    def standing(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Visits and stays as they stand, without the versions."""
        return [{**row, "version": 0} for row in self.rows(visits)], self.rows(servings)

    def state(self, number: str) -> str:
        """What a visit is now."""
        letter, _, digits = number.partition("-")
        return next(row["state"] for row in self.rows(visits)
                    if (row["letter"], row["number"]) == (letter, int(digits)))
