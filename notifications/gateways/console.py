"""No carrier: messages are printed, numbers masked. For trying things out."""

from __future__ import annotations

import sys

from notifications.gateways.base import Outcome, Sent
from scheduler.foundation.privacy import mask_phone


class Console:
    """Prints and reports as sent."""

    name = "console"

    def send(self, phone: str, text: str) -> Outcome:
        """Print one line."""
        sys.stdout.write(f"SMS {mask_phone(phone)}: {text}\n")
        sys.stdout.flush()
        return Sent()

    def close(self) -> None:
        """Nothing is held."""
