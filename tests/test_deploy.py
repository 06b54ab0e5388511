"""The examples in `deploy/` keep what must not get out: addresses are secrets, figures are for those who run it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.hub import BEAT_S

DEPLOY = Path(__file__).parent.parent / "deploy"
PROXIES = {name: (DEPLOY / name).read_text(encoding="utf-8") for name in ("nginx.conf", "Caddyfile")}


def test_neither_proxy_logs_the_address_of_a_request_that_failed() -> None:
    assert re.search(r"^\s*error_log \S+ crit;$", PROXIES["nginx.conf"], re.MULTILINE)
    assert re.search(r"^\s*exclude http\.log\.error http\.handlers\.reverse_proxy$", PROXIES["Caddyfile"], re.MULTILINE)


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_both_proxies_keep_a_path_for_themselves_with_a_slash_at_its_end_too(path: str) -> None:
    assert re.search(rf"^\s*location {path} +{{", PROXIES["nginx.conf"], re.MULTILINE)
    assert re.search(rf"^\s*@inside path .*{path}\*", PROXIES["Caddyfile"], re.MULTILINE)


def test_the_nginx_of_debian_12_and_ubuntu_24_reads_the_example() -> None:
    assert not re.search(r"^\s*http2 on;", PROXIES["nginx.conf"], re.MULTILINE)  # nginx 1.25.1 brought it


def test_a_screens_stream_outlives_the_pauses_between_its_beats_and_is_passed_on_at_once() -> None:
    patience = re.search(r"^\s*proxy_read_timeout (\d+)s;$", PROXIES["nginx.conf"], re.MULTILINE)
    assert patience
    assert int(patience[1]) > 2 * BEAT_S
    assert "proxy_ignore_headers" not in PROXIES["nginx.conf"]  # or nginx would gather what a stream says
