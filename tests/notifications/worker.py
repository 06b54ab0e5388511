"""A worker as a process of its own: delivers until the outbox is empty, or until it is killed.

    python -m tests.notifications.worker DATABASE_URL VENDOR_URL THREADS
"""

from __future__ import annotations

import sys

from notifications.gateways.africastalking import AfricasTalking
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault
from tests.conftest import NOW, SECRET
from tests.notifications.desk import courier_of
from tests.phone.vendor import API_KEY, USERNAME


def main(database_url: str, vendor_url: str, threads: str) -> None:
    """Deliver, say so, and wait to be ended."""
    database = Database(database_url, connections=2)
    gateway = AfricasTalking(USERNAME, API_KEY, url=vendor_url)
    courier = courier_of(database, Vault([SECRET]), SettableClock(NOW), gateway, threads=int(threads))
    handed = 0
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    while batch := courier.deliver(limit=100):
        handed += batch
    courier.close()
    database.close()
    sys.stdout.write(f"{handed}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
