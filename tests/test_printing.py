"""Receipt printers: where a job may go, what becomes of it, and that nothing waits for one that is off."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from api import printing
from api.printing import Printers, target
from tests import printer

JOB = b"\x1b@Nomor A-001\n\x1dVB\x00"


@pytest.fixture
def printers() -> Iterator[Printers]:
    made = Printers()
    yield made
    made.close()


def send(printers: Printers, address: str, job: bytes = JOB) -> str:
    return asyncio.run(printers.send(address, job))


@pytest.mark.parametrize(("address", "where"), [
    ("192.168.1.50:9100", ("192.168.1.50", 9100)), (" 10.0.0.7:9101 ", ("10.0.0.7", 9101)),
    ("172.31.255.1:9100", ("172.31.255.1", 9100)), ("127.0.0.1:80", ("127.0.0.1", 80)),
    ("[fd00::5]:9100", ("fd00::5", 9100)), ("[::1]", ("::1", 9100)), ("192.168.1.50", ("192.168.1.50", 9100)),
])
def test_a_printer_in_the_offices_own_network_may_be_written_to(address: str, where: tuple[str, int]) -> None:
    assert target(address) == where
    assert target(printing.as_kept(address)) == where


@pytest.mark.parametrize("address", [
    "8.8.8.8:9100", "172.32.0.1:9100", "169.254.169.254:80", "0.0.0.0:9100", "224.0.0.1:9100", "192.0.2.1:9100",
    "[2001:4860:4860::8888]:9100", "[::ffff:8.8.8.8]:9100", "[::]:9100", "[fe80::1]:9100", "printer.example.com:9100",
    "localhost:9100", "192.168.1.50:0", "192.168.1.50:65536", "192.168.1.50:x", ":9100", "", "::1:9100", "10.0.0.7/",
    "me@192.168.1.50:9100", "http://192.168.1.50:9100", "192.168.1.50:9100?x", "192.168.1.50:9100#x",
    "192.168.1.50:9100:9100", "3232235826:9100", "0x7f000001:9100", "127.1:9100", "192.168.1.50:²",
    "[::1%lo]:9100", "[fd00:ec2::254]:80", "[fd20:ce::254]:80",
])
def test_nothing_else_is_an_address_of_a_printer(address: str, printers: Printers) -> None:
    with pytest.raises(ValueError):
        target(address)
    assert send(printers, address) == printing.NOT_ALLOWED


@pytest.mark.parametrize("says", [printer.READY, None])
def test_a_job_arrives_whole_and_once_also_at_one_that_never_says_how_it_is(printers: Printers,
                                                                            says: int | None) -> None:
    with printer.plugged_in(printer=says, paper=says) as there:
        assert send(printers, there.address, JOB * 5000) == printing.PRINTED
        assert there.job() == JOB * 5000
        assert there.idle()


@pytest.mark.parametrize(("status", "paper", "outcome"), [
    (printer.READY, printer.OUT_OF_PAPER, printing.NO_PAPER),
    (printer.OFFLINE, printer.OUT_OF_PAPER, printing.NO_PAPER),
    (printer.OFFLINE, printer.READY, printing.NOT_READY),
])
def test_one_that_says_what_is_wrong_gets_nothing_to_print(printers: Printers, status: int, paper: int,
                                                           outcome: str) -> None:
    with printer.plugged_in(printer=status, paper=paper) as there:
        assert send(printers, there.address) == outcome
        there.printer = there.paper = printer.READY
        assert send(printers, there.address) == printing.PRINTED
        assert there.job() == JOB
        assert there.idle()


def test_one_that_is_off_is_told_at_once(printers: Printers) -> None:
    assert send(printers, printer.unplugged()) == printing.UNREACHABLE


def test_one_that_hangs_costs_a_moment_and_holds_up_nobody_else(printers: Printers) -> None:
    async def both(hanging: str, well: str) -> tuple[str, str, float]:
        began = time.monotonic()
        stuck = asyncio.create_task(printers.send(hanging, JOB * 1_000_000))
        fine = await printers.send(well, JOB)
        assert not stuck.done()  # the loop went on, and so did the other printer
        return fine, await stuck, time.monotonic() - began

    with printer.deaf() as hanging, printer.plugged_in() as well:
        fine, stuck, took = asyncio.run(both(hanging, well.address))
    assert (fine, stuck) == (printing.PRINTED, printing.UNREACHABLE)
    assert took < printing.CONNECT_S + printing.ANSWER_S + printing.SEND_S + 5


def test_jobs_of_one_printer_follow_each_other_and_do_not_mix(printers: Printers) -> None:
    jobs = [f"nomor {n:03} ".encode() * 2000 for n in range(6)]

    async def all_of_them(address: str) -> list[str]:
        return await asyncio.gather(*(printers.send(address, job) for job in jobs))

    with printer.plugged_in() as there:
        assert set(asyncio.run(all_of_them(there.address))) == {printing.PRINTED}
        assert sorted(there.job() for _ in jobs) == jobs
        assert there.idle()


def test_no_more_wait_than_the_process_can_bear(printers: Printers) -> None:
    async def flood(address: str) -> list[str]:
        return await asyncio.gather(*(printers.send(address, JOB) for _ in range(printing.MOST_WAITING + 5)))

    outcomes = asyncio.run(flood(printer.unplugged()))
    assert outcomes.count(printing.BUSY) == 5
