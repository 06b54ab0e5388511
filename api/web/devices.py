"""The devices of the manager's office, and the page on which a device takes its key.

The pairing code is on the answer that made it and nowhere else: shown as digits to type, and as a QR of the address
with the code behind `#`, which browsers do not send, so that no log has it.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response
from markupsafe import Markup
from sqlalchemy import Connection

from api import devices, guards, guesses, staff
from api.addresses import network_of
from api.assembly import Antre
from api.devices import PAIRING_LASTS, Device
from api.doorway import FromAntre, asker_of, doorway_of
from api.errors import describe
from api.guards import needs, same_site, session_if_any, session_of
from api.staff import SignedIn
from api.tables import DEVICES
from api.web.desk import home_of, own_office, staff_page
from api.web.messages import number_of
from api.web.render import go, language, page, words_of
from scheduler.foundation.errors import Refusal
from ticketing import qr

FIELDS = ("name", "role", "printer")
LONGEST_CODE = 40  # as typed, with what people put between the digits

Asker = Request[Any, Any, Any]


@get("/manage/devices", include_in_schema=False, guards=[needs("manager")])
async def every(request: Asker, antre: FromAntre) -> Response[Any]:
    """The devices there are, and the form for a new one."""
    return await _list(request, antre, {}, {})


@post("/manage/devices", include_in_schema=False, guards=[needs("manager")], status_code=200)
async def add(request: Asker, antre: FromAntre) -> Response[Any]:
    """A new device, and its pairing code on this answer alone; or the form again with what is wrong."""
    form, by, now = await request.form(), session_of(request), antre.clock.now()
    asked = {name: str(form.get(name, ""))[:200] for name in FIELDS}
    try:
        made = await antre.database.run(lambda connection: devices.add(
            connection, by, asked["role"], asked["name"], asked["printer"], now))
    except Refusal as refusal:
        words = words_of(language(request))["devices"]["wrong"]
        return await _list(request, antre, asked, {refusal.details["field"]: words[refusal.details["field"]]})
    return await _invited(request, antre, made)


@get("/manage/devices/{device:str}", include_in_schema=False, guards=[needs("manager")])
async def one(request: Asker, antre: FromAntre, device: FromPath[str]) -> Response[Any]:
    """The device, when it was seen, and what can be done about it."""
    office = await own_office(request, antre)
    found = await antre.database.fetch(lambda connection: _found(connection, request, antre, device))
    return await staff_page(request, antre, "device.html", office, device=found,
                            revoked="revoked" in request.query_params)


@post("/manage/devices/{device:str}/code", include_in_schema=False, guards=[needs("manager")], status_code=200)
async def invite(request: Asker, antre: FromAntre, device: FromPath[str]) -> Response[Any]:
    """A pairing code, on this answer alone."""
    return await _invited(request, antre, number_of(device))


@post("/manage/devices/{device:str}/revoke", include_in_schema=False, guards=[needs("manager")])
async def revoke(request: Asker, antre: FromAntre, device: FromPath[str]) -> Response[Any]:
    """Its key is worth nothing any more."""
    by, now = session_of(request), antre.clock.now()

    def work(connection: Connection) -> int:
        found = _found(connection, request, antre, device)
        devices.revoke(connection, by, found, now)
        return found.id

    revoked = await antre.database.run(work)
    doorway_of(request).sessions.forget([revoked])
    return go(f"/manage/devices/{revoked}?revoked=1")


@post("/manage/devices/{device:str}/remove", include_in_schema=False, guards=[needs("manager")])
async def remove(request: Asker, antre: FromAntre, device: FromPath[str]) -> Response[Any]:
    """It is gone, and so is its key."""
    by, now = session_of(request), antre.clock.now()

    def work(connection: Connection) -> int:
        found = _found(connection, request, antre, device)
        devices.remove(connection, by, found, now)
        return found.id

    doorway_of(request).sessions.forget([await antre.database.run(work)])
    return go("/manage/devices")


def _found(connection: Connection, request: Asker, antre: Antre, device: str) -> Device:
    return devices.find(connection, session_of(request).office_id, number_of(device), antre.clock.now())


async def _list(request: Asker, antre: Antre, asked: dict[str, str], wrong: dict[str, str]) -> Response[Any]:
    office, now = await own_office(request, antre), antre.clock.now()
    made = await antre.database.fetch(lambda connection: devices.of_office(connection, office.id, now))
    return await staff_page(request, antre, "devices.html", office, status=422 if wrong else 200, made=made,
                            wrong=wrong, asked=dict.fromkeys(FIELDS, "") | asked, roles=DEVICES)


async def _invited(request: Asker, antre: Antre, device: int) -> Response[Any]:
    """A new pairing code as a page."""
    office, now, key = await own_office(request, antre), antre.clock.now(), doorway_of(request).counts_key

    def work(connection: Connection) -> tuple[Device, str]:
        found = devices.find(connection, office.id, device, now)
        return found, devices.invite(connection, found, key, now)

    found, code = await antre.database.run(work)
    address = f"{antre.settings.public_url}/pair"
    picture = Markup(qr.svg_as_written(f"{address}#{code}"))  # noqa: S704 - no part of it is anyone's text
    return await staff_page(request, antre, "device_code.html", office, device=found, code=_in_groups(code),
                            address=address, picture=picture, until=now + PAIRING_LASTS)


def _in_groups(code: str) -> str:
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"


# -- the device itself -----------------------------------------------------------------------------------


@get("/pair", include_in_schema=False)
async def ask(request: Asker) -> Response[Any]:
    """The field for the code. Who is signed in here is so no more once the device has its key."""
    return page(request, "pair.html", session=await session_if_any(request), wrong=None)


@post("/pair", include_in_schema=False, guards=[same_site], opt={"limit": "sign_in"})
async def pair(request: Asker, antre: FromAntre) -> Response[Any]:
    """The key in a cookie, and on to what the device is for; or what is wrong."""
    code, now = str((await request.form()).get("code", ""))[:LONGEST_CODE], antre.clock.now()
    doorway, former, asker = doorway_of(request), await session_if_any(request), asker_of(request)
    counted = guesses.key_of(doorway.counts_key, "pairing", network_of(asker.address))

    def work(connection: Connection) -> SignedIn | None:
        paired = devices.pair(connection, code, counted, doorway.counts_key, now, asker.place)
        if paired is not None and former is not None:
            staff.sign_out(connection, former, now)
        return paired

    words = words_of(language(request))["devices"]
    try:
        paired = await antre.database.run(work)
    except Refusal as refusal:
        slower = Refusal(refusal.code, retry_after=refusal.details.get("retry_after"))
        return page(request, "pair.html", status=429, session=former, wrong=describe(slower, language(request))[1])
    if paired is None:
        return page(request, "pair.html", status=422, session=former, wrong=words["wrong"]["code"])
    return await _begun(antre, request, paired, former.staff_id if former else None)


async def _begun(antre: Antre, request: Asker, paired: SignedIn, former: int | None) -> Response[Any]:
    doorway_of(request).sessions.forget(filter(None, (former, paired.session.staff_id)))
    office = await antre.database.fetch(
        lambda connection: antre.offices.by_id(connection, paired.session.office_id))
    return go(home_of(paired.session, office), cookies=[
        guards.cookie(paired.token, secure=antre.settings.secure, key_of_device=True)])


ROUTES = [every, add, one, invite, revoke, remove, ask, pair]
