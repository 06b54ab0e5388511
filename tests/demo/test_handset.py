"""A phone that dials: what the hook is asked, and what its answers mean. The hook is a real server of its own."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from api.demo.handset import Handset, NoDoor
from api.demo.standin import Hooks, StandIn
from scheduler.foundation.clock import SettableClock
from tests import people

PHONE = people.phone(1)


class Hook:
    """Answers each USSD question with the next of `screens`, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.screens: list[tuple[int, str]] = []
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                hook.asked.append({name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()})
                status, screen = hook.screens.pop(0)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(screen.encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A hook that waits to be told what to answer."""
    hook = Hook()
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


@pytest.fixture
def handset(hook: Hook, clock: SettableClock) -> Iterator[Handset]:
    """A phone whose office takes USSD."""
    hooks = Hooks(hook.url, hook.url, hook.url)
    standin = StandIn(clock, hooks, username="x", api_key="y")
    handset = Handset(standin, hooks)
    handset.open_hooks = frozenset({"ussd"})
    yield handset
    standin.close()


def test_a_session_sends_all_inputs_so_far_as_the_vendor_does(handset: Handset, hook: Hook) -> None:
    hook.screens = [(200, "CON Layanan?\n1 KTP"), (200, "CON NIK?"), (200, "END Selesai")]
    screens = [handset.dial(PHONE, "s1", typed) for typed in ("*384*6471#", "1", "6471")]
    assert [(screen.text, screen.end) for screen in screens] == [("Layanan?\n1 KTP", False), ("NIK?", False),
                                                                 ("Selesai", True)]
    assert [asked["text"] for asked in hook.asked] == ["", "1", "1*6471"]
    assert {(asked["sessionId"], asked["phoneNumber"]) for asked in hook.asked} == {("s1", PHONE)}
    assert set(hook.asked[0]) == {"sessionId", "phoneNumber", "networkCode", "serviceCode", "text"}


def test_another_session_and_one_that_ended_begin_anew(handset: Handset, hook: Hook) -> None:
    hook.screens = [(200, "CON a"), (200, "CON b"), (200, "END c"), (200, "CON d")]
    for session, typed in (("s1", ""), ("s2", ""), ("s2", "1"), ("s2", "")):
        handset.dial(PHONE, session, typed)
    assert [asked["text"] for asked in hook.asked] == ["", "", "1", ""]


@pytest.mark.parametrize("answer", [(404, ""), (500, "CON x"), (200, "Halo"), (200, "")])
def test_a_hook_that_does_not_answer_as_it_should_is_no_door(
    handset: Handset, hook: Hook, answer: tuple[int, str]
) -> None:
    hook.screens = [answer]
    with pytest.raises(NoDoor):
        handset.dial(PHONE, "s1", "")
    assert handset.dialogue(PHONE) is None


def test_an_office_without_hooks_has_no_doors(handset: Handset, hook: Hook) -> None:
    handset.open_hooks = frozenset()
    with pytest.raises(NoDoor):
        handset.dial(PHONE, "s1", "")
    with pytest.raises(NoDoor):
        handset.write(PHONE, "INFO")
    assert hook.asked == []
