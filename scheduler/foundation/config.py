"""Settings: environment variables `ANTRE_*`, read once at the start, refused with one sentence.

Secrets may come as `ANTRE_<NAME>_FILE` instead, the path of a file that holds the value.
`docs/settings.md` lists them all; a test compares it with this file.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from scheduler.foundation.errors import SettingsError

PREFIX = "ANTRE_"
GATEWAYS = ("console", "africastalking", "http", "gammu")

PRICE = re.compile(r"([A-Z]{3}) ([0-9]{1,8}(?:\.[0-9]{1,4})?)", re.ASCII)
MAIL_ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f@<>()\[\]\\,;:\"]{1,64}@[^\s\x00-\x1f\x7f@<>()\[\]\\,;:\"]{1,180}")


def _setting(parse: Callable[[str], Any], default: Any, meaning: str, secret: bool = False) -> Any:
    return field(default=default, metadata={"parse": parse, "meaning": meaning, "secret": secret})


def _text(value: str) -> str:
    if any(character < " " for character in value):
        raise ValueError("holds a control character")
    return value


def _database_url(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("must start with sqlite:/// or postgresql://")
    try:
        url = sa.make_url(value)
    except (ValueError, sa.exc.ArgumentError):  # whose words could hold the password
        raise ValueError("is not an address like postgresql://USER:PASSWORD@HOST:5432/NAME") from None
    if not url.database or url.database == ":memory:":
        raise ValueError("must name a file or a database; one in memory would be gone at the end")
    if value.startswith("sqlite") and url.query:
        raise ValueError("must name a file without options behind a question mark")
    return value


def _secret(value: str) -> str:
    if len(value) < 32:
        raise ValueError("must have at least 32 characters; `openssl rand -base64 48` makes one")
    if "," in value:
        raise ValueError("holds a comma, which parts the secrets in ANTRE_SECRET_KEY_OLD")
    return value


def _secrets(value: str) -> tuple[str, ...]:
    return tuple(_secret(part.strip()) for part in value.split(",") if part.strip())


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        sound = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port)
    except ValueError:  # brackets that do not match, a port that is no number
        sound = False
    if not sound or parts.query or parts.fragment or parts.username is not None or " " in _text(value):
        raise ValueError("must be an address like https://antre.example.go.id")
    return value.rstrip("/")


def _origin(value: str) -> str:
    if urlsplit(url := _url(value)).path:
        raise ValueError("must be an address without a path, like https://antre.example.go.id")
    return url


def _hook_secret(value: str) -> str:
    if len(value) < 16 or not value.replace("-", "").replace("_", "").isalnum():
        raise ValueError("must have at least 16 letters, digits, - or _")
    return value


def _gateways(value: str) -> str:
    names = [part.strip() for part in value.split(",")]
    if not all(name in GATEWAYS for name in names):
        raise ValueError(f"must be one of {', '.join(GATEWAYS)}, or several of them with commas between")
    if len(set(names)) < len(names):
        raise ValueError("must name each carrier once")
    if "console" in names and len(names) > 1:
        raise ValueError("must not name console beside others: what it prints would count as sent")
    return ",".join(names)


def _price(value: str) -> str:
    if not PRICE.fullmatch(value):
        raise ValueError("must be a currency and a price for one SMS, like IDR 350")
    return value


def _smtp_url(value: str) -> str:
    try:
        parts = urlsplit(_text(value))
        sound = parts.scheme in ("smtp", "smtps") and parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        sound = False
    if not sound or parts.path.strip("/") or parts.query or parts.fragment or " " in value:
        raise ValueError("must be an address like smtp://USER:PASSWORD@mail.example.go.id:587")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("must hold a user and a password, or neither; @ and : inside them stand as %40 and %3A")
    return value.rstrip("/")


def _mail_address(value: str) -> str:
    if not MAIL_ADDRESS.fullmatch(value):
        raise ValueError("must be an address like antrean@example.go.id")
    return value


def _rate_limit(value: str) -> int | None:
    if value == "off":
        return 0
    if value.isdecimal() and int(value) > 0:
        return int(value)
    raise ValueError("must be off, or a whole number of requests a minute")


def _networks(value: str) -> tuple[str, ...]:
    try:
        return tuple(str(ipaddress.ip_network(part.strip(), strict=False)) for part in value.split(",") if part.strip())
    except ValueError:
        raise ValueError("must list networks like 10.0.0.0/8, comma-separated") from None


def _log_level(value: str) -> str:
    if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return value.upper()


def _flag(value: str) -> bool:
    if value.lower() not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return value.lower() == "yes"


def _connections(value: str) -> int:
    if not value.isdecimal() or len(value) > 3 or int(value) == 0:
        raise ValueError("must be a whole number from 1 to 999")
    return int(value)


@dataclass(frozen=True)
class Settings:
    """Every setting of an installation, checked. Field `x_y` is the variable `ANTRE_X_Y`."""

    database_url: str = _setting(
        _database_url, "sqlite:///antre.sqlite3",
        "Where the data lives: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.", secret=True)
    secret_key: str = _setting(
        _secret, "", "The secret that seals personal data and signs tickets; at least 32 characters.", secret=True)
    secret_key_old: tuple[str, ...] = _setting(
        _secrets, (), "Earlier secrets, comma-separated, until the day `antre rekey` prints.", secret=True)
    public_url: str = _setting(_origin, "", "The address residents reach, as it stands in tickets.")
    sms_gateway: str = _setting(
        _gateways, "console",
        "Who carries SMS: console (prints them, sends nothing), africastalking, http or gammu; several, "
        "comma-separated, are tried in that order.")
    africastalking_username: str = _setting(_text, "", "The vendor's user name; `sandbox` is its test area.")
    africastalking_api_key: str = _setting(_text, "", "The vendor's API key.", secret=True)
    africastalking_sender: str = _setting(
        _text, "", "Sender name or short code; empty takes the vendor's default.")
    africastalking_url: str = _setting(_url, "", "Another base address for the vendor's API, for tests.")
    http_gateway_file: str = _setting(
        _text, "", "The file that describes a carrier's HTTP interface, for the gateway http.")
    http_gateway_secret: str = _setting(
        _text, "", "The key or password that stands as {secret} in that file.", secret=True)
    gammu_database_url: str = _setting(
        _database_url, "", "The database of Gammu SMSD, for the gateway gammu: sqlite:///FILE or postgresql://....",
        secret=True)
    gammu_price: str = _setting(_price, "", "What one SMS costs through the modem, like IDR 350; empty: unknown.")
    smtp_url: str = _setting(
        _smtp_url, "",
        "The mail server: smtp://USER:PASSWORD@HOST:587 (STARTTLS) or smtps://USER:PASSWORD@HOST:465; "
        "empty: no e-mail.",
        secret=True)
    mail_from: str = _setting(_mail_address, "", "The address e-mail comes from.")
    hook_secret: str = _setting(_hook_secret, "", "The unguessable part of the callback addresses.", secret=True)
    trusted_proxies: tuple[str, ...] = _setting(
        _networks, (), "Networks whose X-Forwarded-For is believed, comma-separated.")
    rate_limit: int | None = _setting(
        _rate_limit, None,
        "Requests a minute one client may make on each route; off switches limits off; unset takes each route's own.")
    test_people: bool = _setting(
        _flag, False, "yes accepts the invented NIK region 647199; never on a live installation.")
    log_level: str = _setting(_log_level, "INFO", "DEBUG, INFO, WARNING or ERROR.")
    database_connections: int = _setting(
        _connections, 8, "Connections one process may use for writing on PostgreSQL, and as many for reading.")

    @property
    def secrets(self) -> tuple[str, ...]:
        """All secrets, the one in use first."""
        return (self.secret_key, *self.secret_key_old)

    @property
    def sms_gateways(self) -> tuple[str, ...]:
        """The carriers of SMS, in the order in which they are tried."""
        return tuple(self.sms_gateway.split(","))

    @property
    def embedded(self) -> bool:
        """Whether the database is SQLite: one process does everything."""
        return self.database_url.startswith("sqlite")

    @property
    def secure(self) -> bool:
        """Whether residents reach us by https, so that cookies may say Secure."""
        return self.public_url.startswith("https://")


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises SettingsError with one sentence that names the variable."""
    environ = os.environ if environ is None else environ
    known = {f.name: f for f in fields(Settings)}
    _refuse_unknown(environ, {*known, *(f"{name}_file" for name, spec in known.items() if spec.metadata["secret"])})
    values = {}
    for name, spec in known.items():
        raw = _raw(environ, PREFIX + name.upper(), spec.metadata["secret"])
        if raw is None:
            continue
        try:
            values[name] = spec.metadata["parse"](raw.strip())
        except ValueError as problem:
            raise SettingsError(f"{PREFIX}{name.upper()} {problem}.") from None
    settings = Settings(**values)
    _check_together(settings)
    return settings


def _refuse_unknown(environ: Mapping[str, str], known: set[str]) -> None:
    for variable in sorted(environ):
        name = variable.removeprefix(PREFIX).lower()
        if variable.startswith(PREFIX) and name not in known:
            raise SettingsError(f"{variable} is not a setting; docs/settings.md lists them.")


def _raw(environ: Mapping[str, str], variable: str, secret: bool) -> str | None:
    path = environ.get(f"{variable}_FILE") if secret else None
    if path is None:
        return environ.get(variable) or None
    if environ.get(variable):
        raise SettingsError(f"Set {variable} or {variable}_FILE, not both.")
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{variable}_FILE cannot be read: {problem}.") from None


def _check_together(settings: Settings) -> None:
    for name in ("secret_key", "public_url", "hook_secret"):
        if not getattr(settings, name):
            meaning = Settings.__dataclass_fields__[name].metadata["meaning"]
            raise SettingsError(f"{PREFIX}{name.upper()} is missing: {meaning}")
    for gateway, needed in _NEEDED.items():
        for name in needed if gateway in settings.sms_gateways else ():
            if not getattr(settings, name):
                raise SettingsError(f"{PREFIX}{name.upper()} is missing: ANTRE_SMS_GATEWAY is {settings.sms_gateway}.")
    if settings.smtp_url and not settings.mail_from:
        raise SettingsError("ANTRE_MAIL_FROM is missing: ANTRE_SMTP_URL is set.")


_NEEDED = {
    "africastalking": ("africastalking_username", "africastalking_api_key"),
    "http": ("http_gateway_file",),
    "gammu": ("gammu_database_url",),
}
