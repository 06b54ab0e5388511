"""`antre staff`: accounts for people at counters, managers and administrators, and their end; who there is."""

from __future__ import annotations

import argparse
import getpass
import sys

from api import accounts, devices, passwords, staff
from api.commands.ground import announce, opened
from api.commands.problems import Failure
from api.tables import PEOPLE
from scheduler.foundation import config
from scheduler.foundation.clock import SystemClock
from scheduler.foundation.database import Database
from scheduler.offices import Offices


def configure(parser: argparse.ArgumentParser) -> None:
    """Name the actions and their options."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    purpose = "Make an account, or give the one of that name a new password and role (which signs it out everywhere)."
    adding = actions.add_parser("add", help="a new account, or a new password for one", description=purpose,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    adding.add_argument("name", metavar="NAME", help="what the person types to sign in, such as siti.loket1")
    adding.add_argument("--role", required=True, choices=PEOPLE, help="what the account may do")
    adding.add_argument("--office", metavar="SLUG", help="its office; needed only where there are several")
    adding.add_argument("--generate", action="store_true", help="make a password and print it, once")
    adding.epilog = ("The password is asked for on a terminal, else read as one line from standard input.\n\n"
                     "examples:\n  antre staff add siti.loket1 --role counter --generate\n"
                     "  antre staff add rahma --role manager --office balikpapan < password-file")
    adding.set_defaults(run=add)
    purpose = "Close an account: it signs in no more and is signed out everywhere. `antre staff add` opens it again."
    removing = actions.add_parser("remove", help="close an account", description=purpose,
                                  formatter_class=argparse.RawDescriptionHelpFormatter,
                                  epilog="example:\n  antre staff remove siti.loket1")
    removing.add_argument("name", metavar="NAME", help="what the person types to sign in")
    removing.set_defaults(run=remove)
    listing = actions.add_parser("list", help="accounts and devices", epilog="example:\n  antre staff list",
                                 description="Accounts of every office, and its doors, screens and kiosks.",
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    listing.set_defaults(run=list_all)
    parser.epilog = ("examples:\n  antre staff add siti.loket1 --role counter --generate\n"
                     "  antre staff remove siti.loket1\n  antre staff list")


def add(options: argparse.Namespace) -> int:
    """Make the account."""
    with opened(config.load()) as database:
        office_id = _office(database, options.office)
        password = passwords.make() if options.generate else _ask()
        now = SystemClock().now()
        try:
            database.write(lambda connection: staff.add(
                connection, office_id, options.name, password, options.role, now))
        except staff.StaffError as problem:
            raise Failure(str(problem)) from None
    announce(f"{options.name.strip().lower()} may sign in as {options.role}.")
    if options.generate:
        announce(f"Password, shown this once: {password}")
    return 0


def remove(options: argparse.Namespace) -> int:
    """Close the account."""
    with opened(config.load()) as database:
        try:
            database.write(lambda connection: staff.remove(connection, options.name, SystemClock().now()))
        except staff.StaffError as problem:
            raise Failure(str(problem)) from None
    announce(f"{options.name.strip().lower()} is signed out everywhere and signs in no more.")
    return 0


def list_all(_options: argparse.Namespace) -> int:
    """One line for each: its name, role and office, and how it stands."""
    now = SystemClock().now()
    with opened(config.load()) as database, database.read() as connection:
        for office in Offices().all(connection):
            for account in accounts.of_office(connection, office.id, now):
                state = f"signed in at {account.places}" if account.places else "signed out"
                announce(f"{account.username}  {account.role}  {office.slug}  {state if account.active else 'closed'}")
            for device in devices.of_office(connection, office.id, now):
                announce(f"{device.name}  {device.role}  {office.slug}  {'paired' if device.seen_at else 'no key'}")
    return 0


def _office(database: Database, slug: str | None) -> int:
    """The office asked for, or the only one there is."""
    with database.read() as connection:
        known = {office.slug: office.id for office in Offices().all(connection)}
    if not known:
        raise Failure("There is no office yet: `antre office import FILE` makes one.")
    if slug is None and len(known) > 1:
        raise Failure(f"There are {len(known)} offices: say which with --office SLUG.")
    chosen = slug or next(iter(known))
    if chosen not in known:
        raise Failure(f"There is no office {chosen!r}; there is {', '.join(list(known)[:5])}.")
    return known[chosen]


def _ask() -> str:
    if not sys.stdin.isatty():
        line = sys.stdin.readline().rstrip("\r\n")
        if not line:
            raise Failure("There is no password on standard input: give one, or say --generate.")
        return line
    try:
        password = getpass.getpass("Password: ")
        again = getpass.getpass("The same again: ")
    except EOFError:
        raise Failure("No password was given.") from None
    if password != again:
        raise Failure("The two passwords differ.")
    return password
