"""Accounts as a manager and an admin see to them, on both databases: made, reset, signed out, closed; and what each
may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from api import accounts
from api import staff as members
from api.assembly import Antre
from api.sessions import Session
from api.tables import sessions as session_rows
from api.tables import staff
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import journal
from scheduler.offices import Office
from tests.conftest import CHEAP, NOW
from tests.seed import second_office
from tests.threads import all_at_once
from tests.web.conftest import PASSWORD, add_staff
from tests.web.reading import Page, Visitor, another_browser

SignIn = Callable[[str], Visitor]
OWN = "kata sandi milik siti"

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def make(manager: Visitor, username: str = "siti", **more: str) -> str:
    """A new account; answers the password that was handed out."""
    manager.open("/manage/accounts")
    return handed(manager.send("Buat akun", username=username, **{"role": "counter", **more}))


def handed(page: Page) -> str:
    assert page.status == 200, page.text
    assert page.response.headers["cache-control"] == "no-store"
    return page.html.partition("<code>")[2].partition("</code>")[0].replace("<wbr>", "")


def sign_in(visitor: Visitor, username: str, password: str) -> Page:
    visitor.open("/sign-in")
    return visitor.send("Masuk", username=username, password=password)


def entries(antre: Antre, *kinds: str) -> list[tuple[str, int, Any]]:
    """What the journal says of these kinds: the kind, the account it is about, the rest."""
    asked = sa.select(journal.c.kind, journal.c.staff_id, journal.c.data).where(journal.c.kind.in_(kinds))
    with antre.database.read() as connection:
        return [tuple(row) for row in connection.execute(asked.order_by(journal.c.id))]


def id_of(antre: Antre, username: str) -> int:
    with antre.database.read() as connection:
        return int(connection.execute(sa.select(staff.c.id).where(staff.c.username == username)).scalar_one())


def rows_of_sessions(antre: Antre, username: str) -> int:
    asked = sa.select(sa.func.count()).select_from(session_rows).join(staff).where(staff.c.username == username)
    with antre.database.read() as connection:
        return int(connection.execute(asked).scalar_one())


def test_a_new_clerk_must_change_the_password_before_anything_else(signed_in: SignIn, antre: Antre) -> None:
    manager = signed_in("manager")
    given = make(manager, " Siti.Loket1 ", name=" Siti,  loket 1 ")
    assert given not in manager.open("/manage/accounts").html
    with another_browser(manager) as clerk:
        assert sign_in(clerk, "siti.loket1", given).url.path == "/me/password"
        assert clerk.open("/scan").url.path == "/me/password"
        assert clerk.open("/sign-in").url.path == "/me/password"
        page = clerk.send("Ganti kata sandi", present=given, new=OWN, again=OWN)
        assert page.url.path == "/me"
        assert "Siti, loket 1" in page.text
        assert clerk.open("/scan").status == 200
    siti, boss = id_of(antre, "siti.loket1"), id_of(antre, "manager")
    assert entries(antre, "staff_added", "password_changed")[1:] == [
        ("staff_added", siti, {"role": "counter", "by": boss}), ("password_changed", siti, None)]


def test_a_reset_signs_out_everywhere_and_the_old_password_is_over(signed_in: SignIn, antre: Antre,
                                                                   balikpapan: Office) -> None:
    add_staff(antre, balikpapan, "counter")
    manager = signed_in("manager")
    with another_browser(manager) as clerk:
        sign_in(clerk, "counter", PASSWORD)
        token = clerk.client.cookies["antre_session"]
    manager.open("/manage/accounts")
    assert "masuk di 1 tempat" in manager.page.text
    manager.follow("counter")
    given = handed(manager.send("Beri kata sandi baru"))
    with another_browser(manager) as clerk:
        clerk.client.cookies.set("antre_session", token, domain="antre.test")
        assert clerk.open("/scan").url.path == "/sign-in"
        assert sign_in(clerk, "counter", PASSWORD).status == 401
        assert sign_in(clerk, "counter", given).url.path == "/me/password"
    assert entries(antre, "password_reset") == [
        ("password_reset", id_of(antre, "counter"), {"by": id_of(antre, "manager")})]


def test_a_manager_signs_out_a_clerk_everywhere(signed_in: SignIn, antre: Antre, balikpapan: Office) -> None:
    add_staff(antre, balikpapan, "counter")
    manager = signed_in("manager")
    with another_browser(manager) as clerk:
        sign_in(clerk, "counter", PASSWORD)
    manager.open("/manage/accounts")
    manager.follow("counter")
    assert "sudah keluar dari semua tempat" in manager.send("Keluarkan dari semua tempat").text
    assert rows_of_sessions(antre, "counter") == 0
    assert entries(antre, "signed_out") == [
        ("signed_out", id_of(antre, "counter"), {"everywhere": True, "by": id_of(antre, "manager")})]


def test_a_closed_account_is_out_and_is_opened_with_a_new_password(signed_in: SignIn, antre: Antre) -> None:
    manager = signed_in("manager")
    given = make(manager)
    manager.open("/manage/accounts")
    manager.follow("siti")
    assert "Akun sudah ditutup." in manager.send("Tutup akun").text
    with another_browser(manager) as clerk:
        assert sign_in(clerk, "siti", given).status == 401
    manager.follow("Semua akun")
    assert "ditutup" in manager.page.text
    manager.follow("siti")
    anew = handed(manager.send("Buka lagi"))
    with another_browser(manager) as clerk:
        assert sign_in(clerk, "siti", anew).url.path == "/me/password"
    siti, boss = id_of(antre, "siti"), id_of(antre, "manager")
    assert entries(antre, "staff_removed", "password_reset") == [
        ("staff_removed", siti, {"by": boss}), ("password_reset", siti, {"by": boss})]


@sqlite_only
@pytest.mark.parametrize(("field", "asked", "said"), [
    ("username", {"username": "siti aminah"}, "Tulis nama pengguna"), ("username", {"username": ""}, "Tulis nama peng"),
    ("username", {"username": "manager"}, "sudah dipakai"), ("name", {"name": "x" * 61}, "paling banyak 60"),
    ("username", {"username": "x\0y"}, "Tulis nama pengguna"),
])
def test_what_cannot_be_is_told_at_its_field(signed_in: SignIn, field: str, asked: dict[str, str], said: str) -> None:
    manager = signed_in("manager")
    manager.open("/manage/accounts")
    page = manager.send("Buat akun", **{"username": "siti", "role": "counter", **asked})
    assert page.status == 422
    assert page.link(said) == f"#{field}"


@sqlite_only
def test_a_manager_makes_no_manager_and_touches_none(signed_in: SignIn, antre: Antre, balikpapan: Office) -> None:
    add_staff(antre, balikpapan, "admin")
    manager = signed_in("manager")
    form = manager.open("/manage/accounts").form("Buat akun")
    assert form.offered["role"] == ["counter"]
    data = {**form.fields, "username": "siti", "role": "admin"}
    assert manager.client.post("/manage/accounts", data=data, headers=manager.headers).status_code == 403
    page = manager.follow("admin")
    assert "diurus oleh admin" in page.text
    for act in ("password", "close", "sign-out"):
        address = f"/manage/accounts/{id_of(antre, 'admin')}/{act}"
        assert manager.client.post(address, data=form.fields, headers=manager.headers).status_code == 403


@sqlite_only
def test_nobody_sees_to_their_own_account_here(signed_in: SignIn, antre: Antre) -> None:
    admin = signed_in("admin")
    form = admin.open("/manage/accounts").form("Buat akun")
    for act in ("password", "close", "sign-out", "role"):
        address = f"/manage/accounts/{id_of(antre, 'admin')}/{act}"
        data = {**form.fields, "role": "counter"}
        assert admin.client.post(address, data=data, headers=admin.headers).status_code == 403
    assert admin.open("/manage").status == 200


@sqlite_only
def test_an_account_of_another_office_is_not_there(signed_in: SignIn, antre: Antre) -> None:
    other = antre.database.write(second_office)
    foreign = antre.database.write(
        lambda connection: members.add(connection, other, "budi", PASSWORD, "counter", NOW, hasher=CHEAP))
    manager = signed_in("manager")
    form = manager.open("/manage/accounts").form("Buat akun")
    assert "budi" not in manager.page.text
    assert manager.open(f"/manage/accounts/{foreign}").status == 404
    for act in ("password", "close", "sign-out"):
        address = f"/manage/accounts/{foreign}/{act}"
        assert manager.client.post(address, data=form.fields, headers=manager.headers).status_code == 404
    taken = manager.client.post("/manage/accounts", headers=manager.headers,
                                data={**form.fields, "username": "budi", "role": "counter"})
    assert "sudah dipakai" in taken.text


def test_a_role_holds_from_the_next_request_on(signed_in: SignIn, antre: Antre, balikpapan: Office) -> None:
    add_staff(antre, balikpapan, "counter")
    admin = signed_in("admin")
    with another_browser(admin) as clerk:
        sign_in(clerk, "counter", PASSWORD)
        assert clerk.open("/manage").status == 403
        token = clerk.client.cookies["antre_session"]
    admin.open("/manage/accounts")
    admin.follow("counter")
    assert "langsung berlaku" in admin.send("Ganti peran", role="manager").text
    with another_browser(admin) as clerk:
        clerk.client.cookies.set("antre_session", token, domain="antre.test")
        assert clerk.open("/manage").status == 200
    assert entries(antre, "staff_added")[-1] == (
        "staff_added", id_of(antre, "counter"), {"role": "manager", "by": id_of(antre, "admin")})


@sqlite_only
def test_what_is_wrong_with_a_new_password_is_told_and_never_shown(signed_in: SignIn) -> None:
    clerk = signed_in("counter")
    clerk.open("/me")
    clerk.follow("Ubah")
    page = clerk.send("Ganti kata sandi", new=OWN)
    assert page.status == 422
    assert page.link("Tulis kata sandi sekarang") == "#present"
    page = clerk.send("Ganti kata sandi", present=PASSWORD, new=OWN, again=OWN + "x")
    assert page.link("Tidak sama") == "#again"
    page = clerk.send("Ganti kata sandi", present="salah-sekali-ini", new=OWN, again=OWN)
    assert page.link("Kata sandi sekarang salah") == "#present"
    assert OWN not in page.html
    assert "salah-sekali-ini" not in page.html


def test_one_signs_out_everywhere_from_the_own_page(signed_in: SignIn, antre: Antre) -> None:
    clerk = signed_in("counter")
    with another_browser(clerk) as elsewhere:
        sign_in(elsewhere, "counter", PASSWORD)
    page = clerk.open("/me")
    assert page.text.count("sejak Sel 24 Nov 08.00") == 2
    form = page.form("Keluar dari semua tempat")
    address, sent = form.action, {"data": form.fields, "headers": clerk.headers, "follow_redirects": False}
    assert form.fields["everywhere"] == "1"
    answer = clerk.client.post(address, **sent)
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert rows_of_sessions(antre, "counter") == 0
    assert entries(antre, "signed_out") == [
        ("signed_out", id_of(antre, "counter"), {"everywhere": True, "by": id_of(antre, "counter")})]


# -- two admins at the same moment -----------------------------------------------------------------------


def admins(antre: Antre, office: Office, n: int) -> list[Session]:
    """Two admins; `n` makes their names new."""
    made = []
    for name in (f"a{n}", f"b{n}"):
        staff_id = antre.database.write(
            lambda c, name=name: members.add(c, office.id, name, PASSWORD, "admin", NOW, hasher=CHEAP))
        made.append(Session(staff_id, office.id, name, "admin", NOW, b""))
    return made


def open_ones(antre: Antre, of: list[Session]) -> int:
    asked = sa.select(sa.func.count()).where(staff.c.id.in_([one.staff_id for one in of]), staff.c.active)
    with antre.database.read() as connection:
        return int(connection.execute(asked).scalar_one())


def test_to_go_by_what_the_session_says_would_close_both(antre: Antre, balikpapan: Office) -> None:
    one, other = both = admins(antre, balikpapan, 0)
    all_at_once(*[lambda of=of: antre.database.write(lambda c: members.close(c, of.staff_id, of.office_id, NOW))
                  for of in (other, one)])
    assert open_ones(antre, both) == 0


def test_of_two_admins_who_close_each_other_one_stays(antre: Antre, balikpapan: Office) -> None:
    for n in range(6):
        one, other = both = admins(antre, balikpapan, n)
        answers = all_at_once(*[
            lambda by=by, of=of: antre.database.write(lambda c: accounts.close(c, by, of.staff_id, NOW))
            for by, of in ((one, other), (other, one))])
        assert open_ones(antre, both) == 1
        assert sorted(answer.code if isinstance(answer, Refusal) else "done" for answer in answers) == [
            "done", "not_allowed"]


def test_a_name_asked_for_twice_at_once_is_given_once(antre: Antre, balikpapan: Office) -> None:
    by = admins(antre, balikpapan, 0)[0]
    answers = all_at_once(*[lambda: antre.database.write(
        lambda c: accounts.make(c, by, "siti", "", "counter", "x", NOW))] * 4)
    assert sorted("made" if isinstance(answer, int) else answer.details["why"] for answer in answers) == [
        "made", "taken", "taken", "taken"]


