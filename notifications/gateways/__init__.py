"""Who carries messages: each carrier is one file behind a port of `base.py`; the settings name them.

What lives here
    base.py           the ports: Gateway (SMS), Mailer (e-mail), Collector (what must be fetched), and four outcomes
    africastalking.py Africa's Talking, by the vendor's own client
    http.py           any carrier with an HTTP interface, as a file describes it
    template.py       such an interface as data: what to call, what answers and callbacks mean (pure)
    template_file.py  that file, read strictly
    examples/         two such files to start from
    gammu.py          a GSM modem, through the database of Gammu SMSD
    gammu_tables.py   the tables of that database, as far as we use them
    gammu_inbox.py    messages of several parts, joined again (pure)
    smtp.py           e-mail by SMTP
    console.py        prints, sends nothing
    sessions.py       HTTP connections, and what a call without an answer means
    numbers.py        how carriers write telephone numbers (pure)

A carrier's libraries are imported only where it is used: some are slow to load.
"""

from __future__ import annotations

from decimal import Decimal

from notifications.gateways.base import Gateway, Mailer, Sent
from scheduler.foundation.config import PRICE, Settings


def make_gateways(settings: Settings) -> list[Gateway]:
    """The carriers of SMS, in the order in which they are tried. Raises SettingsError."""
    return [_MAKERS[name](settings) for name in settings.sms_gateways]


def make_mailer(settings: Settings) -> Mailer | None:
    """The carrier of e-mail; None where the settings name none."""
    if not settings.smtp_url:
        return None
    from notifications.gateways.smtp import Smtp

    return Smtp(settings.smtp_url, settings.mail_from)


def _console(_settings: Settings) -> Gateway:
    from notifications.gateways.console import Console

    return Console()


def _africastalking(settings: Settings) -> Gateway:
    from notifications.gateways.africastalking import AfricasTalking

    return AfricasTalking(
        settings.africastalking_username,
        settings.africastalking_api_key,
        sender=settings.africastalking_sender or None,
        url=settings.africastalking_url or None,
    )


def _http(settings: Settings) -> Gateway:
    from notifications.gateways.http import HttpGateway
    from notifications.gateways.template_file import load

    return HttpGateway(load(settings.http_gateway_file, settings.http_gateway_secret))


def _gammu(settings: Settings) -> Gateway:
    from notifications.gateways.gammu import Gammu

    found = PRICE.fullmatch(settings.gammu_price)
    price = Sent(None, Decimal(found[2]), found[1]) if found else Sent()
    return Gammu(settings.gammu_database_url, price=price)


_MAKERS = {"console": _console, "africastalking": _africastalking, "http": _http, "gammu": _gammu}
