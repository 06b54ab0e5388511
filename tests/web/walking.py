"""A person in a real browser: walks through pages and has each of them audited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
         "resultTypes": ["violations"]}  # half a megabyte on what is in order would come with it
NARROW = 320
WIDTHS = (NARROW, 640, 768, 1280)  # a page is walked at one and looked at in all that are wider too
TARGET = 44  # pixels, what a thumb needs; WCAG 2.2 asks for 24

# What can be pressed and is smaller than a thumb, besides links inside sentences.
_SMALL = """least => [...document.querySelectorAll(
    'button, input:not([type=hidden]):not([type=radio]), select, summary, nav a, a.row, a.time, a.back, a.button, '
    + '.buttons a, .choice, .change a, .rows a'
)].filter(one => one.checkVisibility() && (one.getBoundingClientRect().height < least - .5
    || one.getBoundingClientRect().width < 24)).map(one => one.outerHTML.slice(0, 120))"""
_WIDE = "document.documentElement.scrollWidth"
_INLINE = "document.querySelectorAll('[style], style, script:not([src])').length"


class Walker:
    """A browser of one width, with or without scripts; `audit` looks at the page in one that has them."""

    def __init__(self, browser: Browser, address: str, width: int, *, scripts: bool) -> None:
        self.address, self.width, self.scripts = address, width, scripts
        self._context = self._open(browser, scripts)
        self._auditor = self._context if scripts else self._open(browser, True)
        self.complaints: list[str] = []
        self.page = self._new_page(self._context)
        self._mirror = self.page if scripts else self._new_page(self._auditor)

    def _open(self, browser: Browser, scripts: bool) -> BrowserContext:
        context = browser.new_context(viewport={"width": self.width, "height": 720}, java_script_enabled=scripts,
                                      locale="id-ID", base_url=self.address)
        context.set_default_timeout(10_000)
        return context

    def _new_page(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.on("console", lambda message: self._hear(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _hear(self, complaint: str) -> None:
        if "status of 422" not in complaint:  # Chromium notes a form that is shown again
            self.complaints.append(complaint)

    def open(self, path: str) -> None:
        """Go to a path."""
        self.page.goto(path)

    def press(self, words: str, role: Any = "button", nth: int = 0) -> None:
        """Press the nth button or link that has these words."""
        self.page.get_by_role(role, name=words).nth(nth).click()

    def text(self) -> str:
        """All the words of the page."""
        return " ".join(self.page.locator("body").inner_text().split())

    def audit(self) -> None:
        """The page as it stands: accessible by axe's rules, nothing inline; at its own and every wider width no wider
        than the window, its targets large."""
        page = self._mirror
        if not self.scripts:
            self._auditor.add_cookies(self._context.cookies())  # type: ignore[arg-type]
            page.goto(self.page.url)
        where = page.url.removeprefix(self.address)
        found = Axe().run(page, options=RULES)
        assert not found.response["violations"], (where, found.generate_report())
        assert page.evaluate(_INLINE) == 0, where
        for width in self._at_each_width(page):
            assert page.evaluate(_WIDE) <= width, (where, width)
            assert page.evaluate(_SMALL, TARGET) == [], (where, width)
        assert self.complaints == [], where

    def fits(self) -> None:
        """The page with letters of twice the size is no wider than the window, at its own and every wider width."""
        self.page.evaluate("document.documentElement.style.fontSize = '200%'")
        for width in self._at_each_width(self.page):
            assert self.page.evaluate(_WIDE) <= width, (self.page.url.removeprefix(self.address), width)

    def _at_each_width(self, page: Page) -> Iterator[int]:
        yield self.width
        size = page.viewport_size
        assert size is not None
        for width in (one for one in WIDTHS if one > self.width):
            page.set_viewport_size({**size, "width": width})
            yield width
        page.set_viewport_size(size)

    def close(self) -> None:
        """Close what was opened."""
        self._context.close()
        if not self.scripts:
            self._auditor.close()
