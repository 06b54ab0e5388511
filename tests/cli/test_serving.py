"""`antre serve` and `antre worker` as a service manager runs them: they answer, and end when told to."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Environment
from tests.cli.terminal import ends_within, free_port, refused, started

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
PATIENCE_S = 10.0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_answers_and_ends_when_told_to(installed: Environment, tmp_path: Path, number: int) -> None:
    port = free_port()
    words = ("serve", "--port", str(port))
    with started(*words, settings=installed, until="Antre answers", out=tmp_path / "log") as server:
        assert httpx.get(f"http://127.0.0.1:{port}/livez").status_code == 200
        assert f"Port {port}" in refused("serve", "--port", str(port), settings=installed)
        assert ends_within(server, PATIENCE_S, number) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/livez")


@SQLITE
def test_with_an_embedded_database_the_server_runs_the_jobs(installed: Environment, tmp_path: Path) -> None:
    words = ("serve", "--port", str(free_port()))
    with started(*words, settings=installed, until="jobs run here", out=tmp_path / "log") as server:
        assert Path(installed["DATABASE_URL"].removeprefix("sqlite:///") + ".leader").exists()
        assert ends_within(server, PATIENCE_S) == 0


@POSTGRESQL
def test_several_processes_answer_and_end_together(installed: Environment, tmp_path: Path) -> None:
    port = free_port()
    words = ("serve", "--port", str(port), "--processes", "2")
    with started(*words, settings=installed, until="Antre answers", out=tmp_path / "log") as server:
        with httpx.Client(transport=httpx.HTTPTransport(retries=10)) as client:
            assert client.get(f"http://127.0.0.1:{port}/livez").status_code == 200
        assert ends_within(server, PATIENCE_S) == 0


@POSTGRESQL
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_ends_when_told_to(installed: Environment, tmp_path: Path, number: int) -> None:
    with started("worker", settings=installed, until="Antre's jobs run", out=tmp_path / "log") as worker:
        assert ends_within(worker, PATIENCE_S, number) == 0


@SQLITE
def test_a_connection_left_open_does_not_hold_up_the_end(installed: Environment, tmp_path: Path) -> None:
    port = free_port()
    words = ("serve", "--port", str(port))
    with (
        started(*words, settings=installed, until="Antre answers", out=tmp_path / "log") as server,
        socket.create_connection(("127.0.0.1", port)) as idle,
    ):
        idle.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /livez HTTP/1.1\r\n")  # the second never ends
        assert idle.recv(12) == b"HTTP/1.1 200"
        assert ends_within(server, PATIENCE_S) == 0
