"""Pages as a browser without scripts sees them: text, links, and forms that are filled in and sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from httpx import Response

VOID = frozenset({"input", "meta", "link", "br", "hr", "img", "wbr", "path", "rect", "circle"})


@dataclass
class Form:
    """A form: its fields hold what would be sent if nothing were changed; `buttons` are the words on them."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)  # values of radio buttons and lists
    buttons: list[str] = field(default_factory=list)


@dataclass
class Link:
    """A link: where it leads and its words."""

    href: str
    text: str


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.links: list[Link] = []
        self.forms: list[Form] = []
        self.attributes: list[tuple[str, dict[str, str]]] = []
        self._open: list[tuple[str, int]] = []
        self._select = ""
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.attributes.append((tag, given))
        if tag in ("style", "script"):
            self._hidden += 1
        if tag == "a":
            self.links.append(Link(given.get("href", ""), ""))
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        if tag == "select":
            self._select = given.get("name", "")  # one without a name is a script's own
        if self.forms:
            self._field(tag, given)
        if tag not in VOID:
            self._open.append((tag, len(self.text)))

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form = self.forms[-1]
        if tag == "input" and "name" in given:
            value = given.get("value", "")
            if given.get("type") != "radio":
                form.fields[given["name"]] = value
            else:
                form.offered.setdefault(given["name"], []).append(value)
                if "checked" in given:
                    form.fields[given["name"]] = value
        if tag == "option" and self._select:
            form.offered.setdefault(self._select, []).append(given["value"])
            if "selected" in given or self._select not in form.fields:
                form.fields[self._select] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script"):
            self._hidden -= 1
        while self._open:
            name, start = self._open.pop()
            words = " ".join("".join(self.text[start:]).split())
            if name == "a":
                self.links[-1].text = words
            if name == "button" and self.forms:
                self.forms[-1].buttons.append(words)
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


class Page:
    """One answer, read."""

    def __init__(self, response: Response) -> None:
        self.response = response
        self.status = response.status_code
        self.url = response.url
        self.html = response.text
        reader = _Reader()
        reader.feed(response.text)
        self.text = " ".join("".join(reader.text).split())
        self.links, self.forms, self.attributes = reader.links, reader.forms, reader.attributes

    @property
    def title(self) -> str:
        """What stands in the tab."""
        return self.html.partition("<title>")[2].partition("</title>")[0]

    def link(self, words: str, nth: int = 0) -> str:
        """The address behind the link with these words in it."""
        found = [one.href for one in self.links if words in one.text]
        assert len(found) > nth, (words, [one.text for one in self.links])
        return found[nth]

    def form(self, button: str) -> Form:
        """The form with a button that has these words on it."""
        found = [form for form in self.forms if any(button in words for words in form.buttons)]
        assert found, (button, [form.buttons for form in self.forms])
        return found[0]


@contextmanager
def another_browser(visitor: Visitor) -> Iterator[Visitor]:
    """Somebody else at a browser of their own, for the block."""
    kept = dict(visitor.client.cookies)
    visitor.client.cookies.clear()
    yield Visitor(visitor.client)
    visitor.client.cookies.clear()
    for name, value in kept.items():
        visitor.client.cookies.set(name, value, domain="antre.test")


class Visitor:
    """Somebody with a browser without scripts: opens pages, follows links, sends forms, keeps cookies."""

    def __init__(self, client: Any, language: str = "id") -> None:
        self.client = client
        self.headers = {"Accept": "text/html", "Accept-Language": language}
        self.page: Page

    def open(self, address: str) -> Page:
        """Open an address, and whatever it leads to."""
        self.page = Page(self.client.get(address, headers=self.headers, follow_redirects=True))
        return self.page

    def follow(self, words: str, nth: int = 0) -> Page:
        """Press the link with these words."""
        return self.open(urljoin(str(self.page.url), self.page.link(words, nth)))

    def send(self, button: str, **fields: str) -> Page:
        """Fill in the form of this button and press it; what is offered as a choice must be among the choices."""
        form = self.page.form(button)
        for name, value in fields.items():
            assert name in form.fields or name in form.offered, (name, form)
            assert value in form.offered.get(name, [value]), (value, form.offered)
        given = {**form.fields, **fields}
        address = urljoin(str(self.page.url), form.action)
        ask = {"params": given} if form.method == "get" else {"data": given}
        self.page = Page(self.client.request(form.method.upper(), address, headers=self.headers,
                                             follow_redirects=True, **ask))
        return self.page
