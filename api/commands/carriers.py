"""What `antre doctor` asks those who carry messages. It sends nothing: a balance, a greeting, a modem's state."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
import sqlalchemy as sa

from api.commands.examine import Finding
from notifications.gateways.base import Sent
from notifications.gateways.gammu import Gammu, Modem
from notifications.gateways.gammu_tables import VERSIONS
from notifications.gateways.sessions import is_loopback
from notifications.gateways.smtp import Smtp
from notifications.gateways.template import Call, Template
from notifications.gateways.template_file import load
from scheduler.foundation.config import Settings
from scheduler.foundation.errors import SettingsError, driver_code

VENDOR = "https://api.africastalking.com/version1"
SANDBOX = "https://api.sandbox.africastalking.com/version1"
TIMEOUTS_S = (3, 7)
WEAK_SIGNAL = 20  # per cent; below it many modems send now and then only


def carriers(settings: Settings) -> Iterator[Finding]:
    """What each carrier of SMS says, in their order, then the mail server."""
    for name in settings.sms_gateways:
        yield from _ASKED[name](settings)
    if settings.smtp_url:
        yield _mail(settings)


def _console(_settings: Settings) -> Iterator[Finding]:
    yield Finding(True, "The SMS gateway is the console: messages are printed, none is sent.")


def _africastalking(settings: Settings) -> Iterator[Finding]:
    """Whether the vendor's server takes our name and key: asked for the account's balance."""
    default = SANDBOX if settings.africastalking_username == "sandbox" else VENDOR
    address = settings.africastalking_url or default
    headers = {"apiKey": settings.africastalking_api_key, "Accept": "application/json"}
    yield _http_answer(f"SMS gateway at {address}", f"{address}/user", headers,
                       params={"username": settings.africastalking_username})


def _http(settings: Settings) -> Iterator[Finding]:
    try:
        template = load(settings.http_gateway_file, settings.http_gateway_secret)
    except SettingsError as problem:
        yield Finding(False, str(problem))
        return
    parts = urlsplit(template.address)
    host = f"SMS gateway at {parts.scheme}://{parts.netloc}"
    if parts.scheme == "http" and not is_loopback(template.address):
        yield Finding(False, f"The {host} is reached in the open: texts and the password can be read on the way.")
    yield _checked(host, template, template.check) if template.check else _reached(host, template.address)


def _checked(host: str, template: Template, check: Call) -> Finding:
    auth = (template.user, template.secret) if template.user else None
    return _http_answer(host, check.url, check.headers, auth=auth)


def _reached(host: str, address: str) -> Finding:
    """Whether anybody answers there. An address that sends is asked for nothing, only connected to."""
    parts = urlsplit(address)
    try:
        requests.options(f"{parts.scheme}://{parts.netloc}/", timeout=TIMEOUTS_S, allow_redirects=False)
    except requests.RequestException as problem:
        return Finding(False, f"The {host} does not answer ({type(problem).__name__}).")
    return Finding(True, f"The {host} is there; without [check] in its file nobody asks whether it knows our password.")


def _http_answer(host: str, url: str, headers: dict[str, str], *, params: dict[str, str] | None = None,
                 auth: tuple[str, str] | None = None) -> Finding:
    try:
        answer = requests.get(url, params=params, headers=headers, auth=auth, timeout=TIMEOUTS_S,
                              allow_redirects=False)
    except requests.RequestException as problem:
        return Finding(False, f"The {host} does not answer ({type(problem).__name__}).")
    if answer.status_code in (401, 403):
        return Finding(False, f"The {host} refuses the user name or the key.")
    if answer.status_code >= 500:
        return Finding(False, f"The {host} answers {answer.status_code}.")
    return Finding(True, f"The {host} answers.")


def _gammu(settings: Settings) -> Iterator[Finding]:
    gammu = Gammu(settings.gammu_database_url)
    try:
        version, modems = gammu.state()
    except sa.exc.SQLAlchemyError as problem:
        yield Finding(False, f"The database of Gammu SMSD cannot be read ({driver_code(problem) or 'no connection'}).")
        return
    if version not in VERSIONS:
        yield Finding(False, f"The database of Gammu SMSD is at version {version}; Antre knows {VERSIONS[0]} to "
                             f"{VERSIONS[-1]}.")
    living = [modem for modem in modems if modem.alive]
    if not living:
        yield Finding(False, "Gammu SMSD does not run, or does not find its modem: none is registered in its database.")
    for modem in living:
        yield _modem(modem)


def _modem(modem: Modem) -> Finding:
    state = f"signal {_per_cent(modem.signal)}, battery {_per_cent(modem.battery)}"
    if not modem.sends or not modem.receives:
        missing = "send" if not modem.sends else "receive"
        return Finding(False, f"A modem of Gammu SMSD does not {missing}: see `send` and `receive` in its settings.")
    if 0 <= modem.signal < WEAK_SIGNAL:
        return Finding(False, f"A modem of Gammu SMSD has a weak {state}: move it or its antenna.")
    return Finding(True, f"A modem of Gammu SMSD is at work: {state}.")


def _per_cent(value: int) -> str:
    return f"{value} %" if value >= 0 else "unknown"


def _mail(settings: Settings) -> Finding:
    parts = urlsplit(settings.smtp_url)
    host = f"mail server at {parts.hostname}"
    answer = Smtp(settings.smtp_url, settings.mail_from).ask()
    if isinstance(answer, Sent):
        return Finding(True, f"The {host} greets us{' and takes our password' if parts.username else ''}.")
    return Finding(False, f"The {host} does not serve us: {answer.reason}.")


_ASKED = {"console": _console, "africastalking": _africastalking, "http": _http, "gammu": _gammu}
