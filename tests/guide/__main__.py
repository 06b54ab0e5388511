"""Makes the pictures of `docs/clerks.md` and the README anew: `python -m tests.guide [NAME ...]`."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from playwright.sync_api import Browser, sync_playwright

from tests import scratch
from tests.chromium import chromium_path
from tests.guide.invented import morning
from tests.guide.paper import save
from tests.guide.walks import Walk
from tests.web import frames
from tests.web.conftest import FLAGS

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


def make(names: list[str], into: Path) -> None:
    """The pictures of these names, or all, with what each weighs."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with scratch.folder() as folder, morning(folder) as today, browser(folder / "camera.y4m") as chromium:
        for name, found in Walk(chromium, today, folder / "camera.y4m").everything():
            if not names or name in names:
                print(f"{name}.png {found.width}x{found.height} {save(found, into / f'{name}.png') / 1024:.0f} KB")


@contextmanager
def browser(film: Path) -> Iterator[Browser]:
    """A Chromium with that film for a camera."""
    frames.film([frames.nothing()], film)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=chromium_path(), args=[*FLAGS, *CAMERA, f"--use-file-for-fake-video-capture={film}"])
        yield chromium
        chromium.close()


if __name__ == "__main__":
    make(sys.argv[1:], PICTURES)
