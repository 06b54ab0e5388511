"""From words and templates to a page: language, filters, headers.

Every page is rendered here: `page(request, "name.html", ...)`. Its language is what the address asks for (`?lang=`,
then kept in a cookie), else the cookie, else what the browser accepts, else Indonesian.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import phonenumbers
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar import Request
from litestar.datastructures import Cookie
from litestar.response import Redirect, Response
from markupsafe import Markup

from api import errors
from api.errors import DoorError
from api.guards import CSRF_FIELD, csrf_token, kept_by_device
from api.languages import preferred
from api.web import assets, dates
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office

NAMES = {"id": "Bahasa Indonesia", "en": "English"}
LANGUAGE_COOKIE = "antre_lang"
YEAR_S = 365 * 24 * 3600
INDONESIA = 62

# `api.headers` forbids what runs inline or comes from elsewhere. The referrer stays inside the site (a ticket's address
# is a secret), but it must be there: with none at all browsers name no origin when they post a form.
HEADERS = {"Referrer-Policy": "same-origin", "Vary": "Accept-Language, Cookie"}
# A page that may be shown again on Back as it was, with what had been chosen; a page about a person may not be kept.
REVISIT = "private, no-cache"
NEVER = "no-store"

Words = dict[str, Any]


def _words() -> dict[str, Words]:
    folder = files("api.web").joinpath("words")
    return {code: tomllib.loads(folder.joinpath(f"{code}.toml").read_text("utf-8")) for code in NAMES}


WORDS = _words()


def words_of(lang: str) -> Words:
    """Every word of the pages in that language."""
    return WORDS[lang]


@dataclass(frozen=True)
class Choice:
    """A language the page can be read in, and the address of this page in it: only its query, as a path that begins
    with two strokes would name another site."""

    code: str
    name: str
    url: str


@pass_context
def _local(context: Context, value: datetime) -> datetime:
    return value.astimezone(context["office"].zone)


def _dates_filter(function: Any, *, local: bool) -> Any:
    @pass_context
    def apply(context: Context, value: Any) -> str:
        at = _local(context, value) if local else value
        return str(function(context["w"]["dates"], at))

    return apply


@pass_context
def _zone(context: Context, value: datetime) -> str:
    return dates.zone(_local(context, value))


@pass_context
def _short_date(context: Context, value: datetime) -> str:
    return dates.short_day(context["w"]["dates"], _local(context, value).date())


@pass_context
def _long_date(context: Context, value: datetime) -> str:
    return dates.day(context["w"]["dates"], _local(context, value).date())


def many(forms: Mapping[str, str], n: int, **values: Any) -> str:
    """The form of a phrase that fits the number: `{"one": "{n} place", "other": "{n} places"}`."""
    return forms["one" if n == 1 else "other"].format(n=n, **values)


def dial(phone: str) -> str:
    """A phone number as a `tel:` address wants it."""
    return "".join(c for c in phone if c.isdigit() or c == "+")


def breakable(code: str) -> Markup:
    """A code that may go on a second line after a dash, where letters are very large."""
    return Markup("-<wbr>").join(code.split("-"))


def grouped(nik: str) -> str:
    """A NIK in groups of four, to be compared with the card."""
    return " ".join(nik[i:i + 4] for i in range(0, len(nik), 4))


def readable(phone: str) -> str:
    """An E.164 number as people here write it: `0812 0000 0123`; numbers of other countries in international form."""
    parsed = phonenumbers.parse(phone)
    if parsed.country_code != INDONESIA:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    digits = f"0{parsed.national_number}"
    return " ".join([digits[:4], digits[4:8], digits[8:]]).rstrip()


def query(path: str, **values: Any) -> str:
    """An address with those of the values that are given; dates and moments in ISO form."""
    given = {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def _environment() -> Environment:
    api = Path(__file__).parent.parent
    environment = Environment(
        loader=FileSystemLoader([api / "web" / "templates", api / "demo" / "templates"]), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )
    environment.filters |= {
        "day": _dates_filter(dates.day, local=False),
        "short_day": _dates_filter(dates.short_day, local=False),
        "day_without_year": _dates_filter(dates.day_without_year, local=False),
        "hour": _dates_filter(dates.hour, local=True),
        "moment": _dates_filter(dates.moment, local=True),
        "zone": _zone, "short_date": _short_date, "long_date": _long_date, "many": many, "dial": dial,
        "grouped": grouped, "breakable": breakable, "readable": readable,
    }
    environment.globals |= {"asset": assets.address, "query": query}
    return environment


ENVIRONMENT = _environment()


def language(request: Request[Any, Any, Any]) -> str:
    """The code of the language the asker reads; `id` when nothing better is known."""
    for wish in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish in NAMES:
            return wish
    return preferred(request.headers.get("accept-language"))


def page(request: Request[Any, Any, Any], template: str, *, status: int = 200, keep: str = NEVER,
         office: Any = None, staff: Any = None, **context: Any) -> Response[str]:
    """The template as a page in the asker's language.

    `office` gives moments their zone and the foot its name and phone, `staff` the links for those signed in, `keep` is
    the Cache-Control. Templates see `w` (words), `lang`, `here` (the address), `asset()`, `query()` and the filters.
    """
    lang = language(request)
    html = ENVIRONMENT.get_template(template).render(
        w=WORDS[lang], lang=lang, here=request.url, languages=_languages(request), office=office, staff=staff,
        csrf=_csrf(request), **context,
    )
    return Response(
        html, status_code=status, media_type="text/html", headers=HEADERS | {"Cache-Control": keep},
        cookies=[*_remember(request), *kept_by_device(request)],
    )


@dataclass(frozen=True)
class Reason:
    """A refusal in the asker's language; `way_on` names the office's phone where the office can help."""

    title: str
    detail: str
    way_on: str


def refusal_words(refusal: Refusal | DoorError, request: Request[Any, Any, Any], office: Office | None,
                  party: int = 1) -> Reason:
    """What happened and what to do instead, in the words all doors share; what is full for several people who come
    together may have room for one, and is not called full."""
    lang = language(request)
    title, detail = errors.describe(refusal, lang, office)
    if party > 1 and refusal.code in ("slot_full", "day_full"):
        title, detail = WORDS[lang]["when"]["narrow"], WORDS[lang]["when"]["narrow_detail"].format(n=party)
    return Reason(title, detail, errors.way_on(refusal.code, lang, office))


def _csrf(request: Request[Any, Any, Any]) -> Markup:
    """The hidden field that proves a form of the signed-in visitor is ours."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, csrf_token(request))


def go(path: str, *, cookies: list[Cookie] | None = None) -> Redirect:
    """See there instead (303), with the cookies set."""
    return Redirect(path, status_code=303, headers={"Cache-Control": NEVER}, cookies=cookies or [])


def cookie(request: Request[Any, Any, Any], key: str, value: str, max_age: int) -> Cookie:
    """A cookie scripts cannot read, sent to us alone; Secure where the address is https. `max_age` in seconds."""
    return Cookie(key=key, value=value, max_age=max_age, path="/", httponly=True, samesite="lax",
                  secure=request.app.state.antre.settings.secure)


def _languages(request: Request[Any, Any, Any]) -> list[Choice]:
    asked = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    return [Choice(code, name, f"?{urlencode([*asked, ('lang', code)])}")
            for code, name in NAMES.items()]


def _remember(request: Request[Any, Any, Any]) -> list[Cookie]:
    wish = request.query_params.get("lang")
    return [cookie(request, LANGUAGE_COOKIE, wish, YEAR_S)] if wish in NAMES else []
