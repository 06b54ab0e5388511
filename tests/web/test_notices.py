"""The pages on which a manager tells the hall something."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web.reading import Visitor
from ticketing.notices import MOST

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SCREEN = "/board/balikpapan"
NOTICES = "/manage/notices"


def test_a_manager_sets_and_ends_a_message(signed_in: Callable[[str], Visitor]) -> None:
    manager = signed_in("manager")
    manager.open(NOTICES)
    page = manager.send("Tampilkan pesan", id="Loket 6 tutup.", en="Counter 6 is closed.", until="15:00")
    assert "Sejak 08.00. Sampai 15.00." in page.text
    assert "Loket 6 tutup. Counter 6 is closed." in manager.open(SCREEN).text
    manager.open(NOTICES)
    page = manager.send("Akhiri")
    assert "Tidak ada pesan di layar." in page.text
    assert "Loket 6 tutup." not in manager.open(SCREEN).text


@pytest.mark.parametrize(("typed", "said"), [
    ({"id": ""}, "Tulis pesannya dalam bahasa Indonesia."),
    ({"id": "a" * 161}, "Paling banyak 160 huruf."),
    ({"id": "Tutup.", "until": "07:59"}, "Jam itu sudah lewat."),
    ({"id": "Tutup.", "until": "nanti"}, "Tulis jam dan menit, misalnya 15:00."),
])
def test_what_is_wrong_is_said_at_its_field(signed_in: Callable[[str], Visitor], typed: dict[str, str],
                                            said: str) -> None:
    manager = signed_in("manager")
    manager.open(NOTICES)
    page = manager.send("Tampilkan pesan", **typed)
    assert page.status == 200
    assert said in page.text
    assert page.form("Tampilkan pesan").fields["id"] == typed["id"], "what was typed is still there"
    assert "Tidak ada pesan di layar." in page.text


def test_too_many_messages_are_refused_in_words(signed_in: Callable[[str], Visitor]) -> None:
    manager = signed_in("manager")
    for n in range(MOST + 1):
        manager.open(NOTICES)
        page = manager.send("Tampilkan pesan", id=f"Pesan {n}")
    assert f"Sudah ada {MOST} pesan di layar." in page.text


def test_messages_are_the_managers(signed_in: Callable[[str], Visitor]) -> None:
    assert signed_in("counter").open(NOTICES).status == 403
