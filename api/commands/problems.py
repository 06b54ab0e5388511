"""What can go wrong with a command, each as one sentence that says what to do."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError

from scheduler.foundation.errors import SettingsError
from scheduler.office_file import OfficeFileError

BEHIND = "The database has not the schema of this version: run `antre migrate`."
OTHER_SEAL = ("The newest booking is sealed with a secret that is not in the settings: "
              "put it into ANTRE_SECRET_KEY or ANTRE_SECRET_KEY_OLD.")


class Failure(Exception):
    """The command cannot be done; the text is one sentence for the person at the terminal."""


def sentence(problem: Exception) -> str | None:
    """The sentence for what was to be expected; None for what must be shown as a traceback."""
    if isinstance(problem, (Failure, SettingsError)):
        return str(problem)
    if isinstance(problem, OfficeFileError):
        return str(problem)
    if isinstance(problem, DBAPIError):
        return of_database(problem.orig)
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.filename or 'The system says'}: {problem.strerror}."
    return of_database(problem)


def of_database(problem: BaseException | None) -> str | None:
    """The sentence for a driver's error that an operator can do something about."""
    text = " ".join(str(problem).split())
    if isinstance(problem, sqlite3.Error):
        return _of_sqlite(text)
    if isinstance(problem, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return BEHIND
    if isinstance(problem, psycopg.errors.InsufficientPrivilege):
        return f"The user of ANTRE_DATABASE_URL may not do this: {text} Make it the owner of its database."
    if isinstance(problem, psycopg.errors.ReadOnlySqlTransaction):
        return "The database takes no changes: is it a standby? ANTRE_DATABASE_URL must name the one that does."
    if isinstance(problem, psycopg.errors.DiskFull):
        return "The disk of the database's server is full."
    if isinstance(problem, psycopg.OperationalError):
        return f"The database does not answer: {text}"
    if isinstance(problem, psycopg.ProgrammingError) and problem.sqlstate is None:  # before anything was sent
        return f"ANTRE_DATABASE_URL is not understood: {text}."
    return None


_SQLITE = {
    "locked": "The database is locked: another program is using it.",
    "unable to open": "The database file cannot be opened: is its directory there and yours to write?",
    "readonly": "The database file, or the directory it is in, is not yours to write.",
    "no such table": BEHIND,
    "no such column": BEHIND,
    "not a database": "The database file is not a SQLite database.",
    "malformed": "The database file is damaged; `antre restore` brings a copy back.",
    "disk is full": "The disk is full.",
    "disk I/O error": "The disk cannot be read or written: is it full or failing?",
}


def _of_sqlite(text: str) -> str | None:
    return next((words for sign, words in _SQLITE.items() if sign in text), None)
