"""`/demo` in a browser: the clock, phones, who may sign in, and links to every page. Its forms are in `forms.py`."""

from __future__ import annotations

import gzip
import tomllib
from importlib.resources import files
from typing import Any

from litestar import Request, Router, get
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from api.demo import seen
from api.demo.demo import Demo
from api.demo.faults import CARRIERS, REPORTS
from api.demo.standin import ARRIVALS
from api.web import assets, render

WORDS = {code: tomllib.loads(files("api.demo").joinpath(f"words/{code}.toml").read_text("utf-8"))
         for code in render.NAMES}
KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
FILES = {entry.name: entry.read_bytes() for entry in files("api.demo").joinpath("static").iterdir()
         if entry.name.rpartition(".")[2] in KINDS}

HttpRequest = Request[Any, Any, Any]


@get("/demo", sync_to_thread=True)
def show(request: HttpRequest, demo: Demo) -> Response[Any]:
    """The page; each `phone` in the query is one that is shown, `said` what came of the last form."""
    typed = seen.numbers(request.query_params.getall("phone", []))
    words = WORDS[render.language(request)]
    page = render.page(
        request, "demo.html", office=demo.office, demo=demo, d=words, now=demo.clock.now(),
        typed=typed, phones=seen.phones(request, demo, typed), another=seen.another(typed), most=seen.MOST,
        samples=[seen.samples() for _ in typed], device=seen.device_words(words["screen"], demo), peer=seen.peer,
        size=lambda size: seen.cost(words["screen"], size), said=request.query_params.get("said"),
        faults=demo.faults, arrivals=ARRIVALS, carriers=list(CARRIERS), reports=REPORTS,
        tally=sorted((demo.residents.tally + demo.clerks.tally).items()) if demo.residents and demo.clerks else [],
    )
    return _packed(page) if assets.takes_gzip(request) else page


def _packed(page: Response[str]) -> Response[bytes]:
    """The page as gzip. Other pages hold what strangers on the way could guess from lengths; this one stays here."""
    headers = {**page.headers, "Content-Encoding": "gzip", "Vary": f"{page.headers['Vary']}, Accept-Encoding"}
    return Response(gzip.compress(page.content.encode()), status_code=page.status_code, media_type="text/html",
                    headers=headers, cookies=page.cookies)


@get("/demo/static/{name:str}", sync_to_thread=False)
def static(name: FromPath[str], request: HttpRequest) -> Response[bytes]:
    """What draws the phones and lets them ring; the page works without it."""
    if name not in FILES:
        raise NotFoundException
    return assets.packed(request, FILES[name], KINDS[name.rpartition(".")[2]], {"Cache-Control": "no-cache"})


def router(demo: Demo) -> Router:
    """The page over a demo."""
    return Router("/", route_handlers=[show, static], include_in_schema=False, opt={"limit": None},
                  dependencies={"demo": Provide(lambda: demo, sync_to_thread=False)})
