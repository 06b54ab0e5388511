"""The accounts of the manager's office: made, given a new password, signed out, closed and opened again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response
from sqlalchemy import Connection

from api import accounts, passwords, sessions
from api.accounts import MANAGED, Account, may_manage
from api.assembly import Antre
from api.doorway import FromAntre, doorway_of
from api.guards import needs, session_of
from api.sessions import Place, Session
from api.web.desk import own_office, staff_page
from api.web.messages import number_of
from api.web.render import go, language, words_of
from scheduler.foundation.errors import Refusal

FIELDS = ("username", "name", "role")
DONE = ("signed_out", "role", "closed")  # what a page says was done

Asker = Request[Any, Any, Any]


@get("/manage/accounts", include_in_schema=False, guards=[needs("manager")])
async def every(request: Asker, antre: FromAntre) -> Response[Any]:
    """The accounts there are, and the form for a new one."""
    return await _list(request, antre, {}, {})


@post("/manage/accounts", include_in_schema=False, guards=[needs("manager")], status_code=200)
async def make(request: Asker, antre: FromAntre) -> Response[Any]:
    """A new account, and its password on this answer alone; or the form again with what is wrong."""
    form, by, now = await request.form(), session_of(request), antre.clock.now()
    asked = {name: str(form.get(name, ""))[:200] for name in FIELDS}
    words = words_of(language(request))["accounts"]["wrong"]
    if not asked["role"]:
        return await _list(request, antre, asked, {"role": words["role_missing"]})
    password, encoded = await _new_password(request)
    try:
        made = await antre.database.run(lambda connection: accounts.make(
            connection, by, asked["username"], asked["name"], asked["role"], encoded, now))
    except Refusal as refusal:
        field = refusal.details.get("field")
        if field not in FIELDS:
            raise
        return await _list(request, antre, asked, {field: words[f"{field}_{refusal.details['why']}"]})
    return await _told(request, antre, made, password)


@get("/manage/accounts/{account:str}", include_in_schema=False, guards=[needs("manager")])
async def one(request: Asker, antre: FromAntre, account: FromPath[str]) -> Response[Any]:
    """The account, where it is signed in, and what can be done about it; `?done=` after something was."""
    office, by, now = await own_office(request, antre), session_of(request), antre.clock.now()

    def work(connection: Connection) -> tuple[Account, list[Place]]:
        found = accounts.find(connection, by.office_id, number_of(account), now)
        return found, sessions.places(connection, found.id, now)

    found, places = await antre.database.fetch(work)
    done = request.query_params.get("done")
    return await staff_page(
        request, antre, "account.html", office, account=found, places=places, managed=may_manage(by, found),
        roles=MANAGED[by.role], done=done if done in DONE else None)


@post("/manage/accounts/{account:str}/password", include_in_schema=False, guards=[needs("manager")], status_code=200)
async def give_password(request: Asker, antre: FromAntre, account: FromPath[str]) -> Response[Any]:
    """A new password, on this answer alone."""
    password, encoded = await _new_password(request)
    about = await _act(request, antre, account, lambda connection, by, of: accounts.give_password(
        connection, by, of, encoded, antre.clock.now()))
    return await _told(request, antre, about, password)


@post("/manage/accounts/{account:str}/sign-out", include_in_schema=False, guards=[needs("manager")])
async def sign_out(request: Asker, antre: FromAntre, account: FromPath[str]) -> Response[Any]:
    """It is signed in nowhere any more."""
    about = await _act(request, antre, account, lambda connection, by, of: accounts.sign_out(
        connection, by, of, antre.clock.now()))
    return go(f"/manage/accounts/{about}?done=signed_out")


@post("/manage/accounts/{account:str}/role", include_in_schema=False, guards=[needs("admin")])
async def set_role(request: Asker, antre: FromAntre, account: FromPath[str]) -> Response[Any]:
    """It may do more, or less, from now on."""
    role = str((await request.form()).get("role", ""))
    about = await _act(request, antre, account, lambda connection, by, of: accounts.set_role(
        connection, by, of, role, antre.clock.now()))
    return go(f"/manage/accounts/{about}?done=role")


@post("/manage/accounts/{account:str}/close", include_in_schema=False, guards=[needs("manager")])
async def close(request: Asker, antre: FromAntre, account: FromPath[str]) -> Response[Any]:
    """It signs in no more."""
    about = await _act(request, antre, account, lambda connection, by, of: accounts.close(
        connection, by, of, antre.clock.now()))
    return go(f"/manage/accounts/{about}?done=closed")


async def _list(request: Asker, antre: Antre, asked: dict[str, str], wrong: dict[str, str]) -> Response[Any]:
    office, by, now = await own_office(request, antre), session_of(request), antre.clock.now()
    made = await antre.database.fetch(lambda connection: accounts.of_office(connection, by.office_id, now))
    return await staff_page(
        request, antre, "accounts.html", office, status=422 if wrong else 200, made=made, wrong=wrong,
        asked=dict.fromkeys(FIELDS, "") | asked, roles=MANAGED[by.role])


async def _new_password(request: Asker) -> tuple[str, str]:
    """A password to hand out, and how it is kept. Raises Refusal too_many_requests."""
    hasher, password = doorway_of(request).passwords, passwords.make()
    with hasher.turn():
        return password, await hasher.hash(password)


async def _act(request: Asker, antre: Antre, account: str, act: Callable[[Connection, Session, int], None]) -> int:
    """Do it to the account; answers its number. What it may is read anew from now on."""
    by, about = session_of(request), number_of(account)
    await antre.database.run(lambda connection: act(connection, by, about))
    doorway_of(request).sessions.forget([about])
    return about


async def _told(request: Asker, antre: Antre, account: int, password: str) -> Response[Any]:
    office, now = await own_office(request, antre), antre.clock.now()
    about = await antre.database.fetch(lambda connection: accounts.find(connection, office.id, account, now))
    return await staff_page(request, antre, "account_password.html", office, account=about, password=password)


ROUTES = [every, make, one, give_password, sign_out, set_role, close]
