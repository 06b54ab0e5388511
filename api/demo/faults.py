"""What may go wrong at the vendor, to be tried on the page: chosen, then played by the stand-in until chosen anew."""

from __future__ import annotations

from dataclasses import dataclass, replace

from api.demo.standin import ARRIVALS, StandIn, Trouble

# How the vendor takes our messages. Its real client waits some 9 s for an answer.
CARRIERS: dict[str, Trouble] = {
    "takes": Trouble(),
    "slow": Trouble(wait_s=5),
    "no_answer": Trouble(wait_s=12),
    "refuses": Trouble(code=403),
    "no_credit": Trouble(code=405),
    "down": Trouble(status=503, body="Service Unavailable"),
}
REPORTS = ("Success", "Buffered", "Failed", "Rejected", "AbsentSubscriber", "Expired")


@dataclass(frozen=True, slots=True)
class Faults:
    """What is played: how residents' SMS arrive, how ours are taken, what is reported of them; for one phone or all.

    `arrival` is one of ARRIVALS, `carrier` of CARRIERS, `report` of REPORTS; `phone` in E.164, "" for all.
    """

    arrival: str = ARRIVALS[0]
    carrier: str = "takes"
    report: str = REPORTS[0]
    phone: str = ""

    @property
    def known(self) -> bool:
        """Whether all of it can be played."""
        return self.arrival in ARRIVALS and self.carrier in CARRIERS and self.report in REPORTS

    @property
    def quiet(self) -> bool:
        """Whether nothing goes wrong."""
        return replace(self, phone="") == Faults()

    def play(self, standin: StandIn) -> None:
        """From now on this and nothing else."""
        standin.mend()
        if not self.quiet:
            standin.fail(replace(CARRIERS[self.carrier], report=self.report), msisdn=self.phone or None)
            standin.arrive(self.arrival, msisdn=self.phone or None)
