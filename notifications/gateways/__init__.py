"""Who carries SMS: each carrier is one file behind `base.Gateway`; the setting names one."""

from __future__ import annotations

from notifications.gateways.base import Gateway
from scheduler.foundation.config import Settings


def make_gateway(settings: Settings) -> Gateway:
    """The carrier the settings name. The vendor's client is imported only where it is used (it is slow to load)."""
    if settings.sms_gateway == "console":
        from notifications.gateways.console import Console

        return Console()
    from notifications.gateways.africastalking import AfricasTalking

    return AfricasTalking(
        settings.africastalking_username,
        settings.africastalking_api_key,
        sender=settings.africastalking_sender or None,
        url=settings.africastalking_url or None,
    )
