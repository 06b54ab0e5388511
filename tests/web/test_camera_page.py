"""The page of the door as browsers are told of it: who may use the camera, what runs as a worker, what is installed."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from api.web.assets import address
from tests.web.reading import Visitor

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def test_only_the_page_of_the_door_may_ask_for_the_camera(client: Any, signed_in: Callable[[str], Visitor]) -> None:
    signed_in("counter")
    policies = {path: client.get(path).headers["permissions-policy"].split(",")[0]
                for path in ("/scan", "/walk-in", "/messages", "/")}
    assert {path for path, policy in policies.items() if policy != "camera=()"} == {"/scan"}
    assert policies["/scan"] == "camera=(self)"


def test_a_worker_may_load_our_scripts_and_nothing_else(client: Any) -> None:
    policy = client.get(address("reader.js")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(("wish", "name"), [("id", "Antre: pindai tiket"), ("en-GB", "Antre: ticket scan")])
def test_it_installs_under_a_name_with_pictures_of_the_size_they_say(client: Any, wish: str, name: str) -> None:
    answer = client.get("/scan/app.webmanifest", headers={"Accept-Language": wish})
    described = answer.json()
    assert answer.headers["content-type"].startswith("application/manifest+json")
    assert (described["name"], described["start_url"], described["display"]) == (name, "/scan", "standalone")
    assert {(icon["sizes"], icon["purpose"]) for icon in described["icons"]} == {
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}
    for icon in described["icons"]:
        picture = Image.open(io.BytesIO(client.get(icon["src"]).content))
        assert f"{picture.width}x{picture.height}" == icon["sizes"]
