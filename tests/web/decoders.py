"""How many frames of a ticket a decoder reads, and how long one takes: our reader, and others for comparison.

`python -m tests.web.decoders [FOLDER]` prints the table of docs/decisions/18-camera.md. FOLDER holds workers of other
decoders: scripts that answer `{width, height, data}` (RGBA) with `{text}`, as api/web/static/reader.js does.
"""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.chromium import chromium_path
from tests.web import frames
from ticketing.codes import Mint

STATIC = Path(__file__).parents[2] / "api" / "web" / "static"
SITE = "http://decoders.test/"
OURS = "/reader.js#/vendor/qr.js"
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
DAY = date(2026, 11, 24)

_START = """address => { window.worker = new Worker(address); }"""
_READ = """async png => {
    const picture = await createImageBitmap(await (await fetch(png)).blob());
    const canvas = new OffscreenCanvas(picture.width, picture.height), pen = canvas.getContext("2d");
    pen.drawImage(picture, 0, 0);
    const { width, height, data } = pen.getImageData(0, 0, canvas.width, canvas.height), began = performance.now();
    worker.postMessage({ width, height, data }, [data.buffer]);
    const { text } = await new Promise(answer => { worker.onmessage = event => answer(event.data); });
    return [text, performance.now() - began];
}"""


@dataclass
class Score:
    """Of one manner of holding: how many frames were read, and the milliseconds of each."""

    read: int = 0
    times: list[float] = field(default_factory=list)


@contextmanager
def bench(browser: Browser, folder: Path = STATIC, before: str = "") -> Iterator[Callable[[str], Page]]:
    """Opens an empty page with a worker of the folder or of ours; `before` is script put before our reader."""
    context = browser.new_context()

    def serve(route: Route) -> None:
        name = route.request.url.removeprefix(SITE)
        if not name:
            route.fulfill(body="<!doctype html>", content_type="text/html")
        elif name == "reader.js":
            route.fulfill(body=before + (STATIC / name).read_text("utf-8"), content_type="text/javascript")
        else:
            route.fulfill(path=next(at / name for at in (folder, STATIC) if (at / name).is_file()))

    context.route(f"{SITE}**", serve)

    def open_(address: str) -> Page:
        page = context.new_page()
        page.goto(SITE)
        page.evaluate(_START, address)
        return page

    yield open_
    context.close()


def read(page: Page, address: str, manner: str, n: int) -> tuple[str | None, float]:
    """The text read from that frame of the ticket with this address, and the milliseconds it took."""
    file = io.BytesIO()
    frames.frame(address, manner, n).save(file, "PNG")
    png = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    text, took = page.evaluate(_READ, png)
    return text, took


def measure(page: Page, count: int) -> dict[str, Score]:
    """So many frames of each manner, each of another ticket. Raises AssertionError if one is read as another text."""
    mint = Mint([b"a key for measuring alone, of 32."])
    scores = {manner: Score() for manner in frames.MANNERS}
    for manner, score in scores.items():
        for n in range(count):
            address = f"HTTPS://ANTRE.BALIKPAPAN.GO.ID/T/{mint.token(1, DAY)}"
            text, took = read(page, address, manner, n)
            assert text in (address, None), text
            score.read += text == address
            score.times.append(took)
    return scores


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else STATIC
    others = [f"/{path.name}" for path in sorted(folder.glob("*.js"))] if folder != STATIC else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        with bench(browser, folder) as open_:
            for address in [OURS, *others]:
                scores = measure(open_(address), 40)
                print(address, *(f"{manner} {score.read}/40 {median(score.times):.0f} ms"
                                 for manner, score in scores.items()), sep="  ")
        browser.close()


if __name__ == "__main__":
    main()
