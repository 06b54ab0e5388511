"""The QR pictures, read back by another library (ZXing) and, the SVG, as a browser would paint it."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from datetime import date

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from ticketing import qr
from ticketing.codes import TOKEN_LENGTH, Mint

MINT = Mint([b"k" * 32])
SVG = "{http://www.w3.org/2000/svg}"

hosts = st.from_regex(r"\A[a-z]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z0-9]{1,10}){0,2}(:[1-9][0-9]{1,3})?\Z")
urls = st.builds(lambda host, office: f"https://{host}/t/{MINT.token(office, date(2026, 11, 24))}",
                 hosts, st.integers(1, 500_000))


def decoded(picture: Image.Image) -> zxingcpp.Barcode:
    found = zxingcpp.read_barcodes(picture.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    assert len(found) == 1
    return found[0]


def painted(svg: str) -> Image.Image:
    """The SVG's second path filled, each of its bars as the path commands say."""
    root = ET.fromstring(svg)
    side = int(root.attrib["viewBox"].split()[2])
    background, symbol = root.findall(f"{SVG}path")
    assert background.attrib["fill"] == "#fff"
    assert "fill" not in symbol.attrib  # black by default
    picture = Image.new("L", (side * 4, side * 4), 255)
    pen_x = pen_y = 0
    bars = re.findall(r"m(-?\d+) (-?\d+)h(\d+)v1h-(\d+)z", symbol.attrib["d"])
    assert "".join("m{} {}h{}v1h-{}z".format(*bar) for bar in bars) == symbol.attrib["d"]
    for dx, dy, length, back in bars:
        assert length == back
        pen_x, pen_y = pen_x + int(dx), pen_y + int(dy)
        box = (pen_x * 4, pen_y * 4, (pen_x + int(length)) * 4 - 1, pen_y * 4 + 3)
        ImageDraw.Draw(picture).rectangle(box, fill=0)
    return picture


@given(urls)
@settings(max_examples=60, deadline=None)
def test_both_pictures_hold_the_address_in_upper_case(url: str) -> None:
    for picture in (Image.open(io.BytesIO(qr.png(url))), painted(qr.svg(url))):
        code = decoded(picture)
        assert code.text == url.upper()
        assert code.ec_level == "M"


def test_the_longest_host_still_makes_version_4() -> None:
    room = qr.MAX_CHARACTERS - len("https://") - len("/t/") - TOKEN_LENGTH
    assert room == 43
    longest = f"https://{'h' * room}/t/{MINT.token(1, date(2026, 11, 24))}"
    assert len(qr.modules(longest)) == 33  # 17 + 4 * version
    assert decoded(Image.open(io.BytesIO(qr.png(longest)))).text == longest.upper()
    with pytest.raises(ValueError, match="at most 90"):
        qr.modules(longest.replace("//h", "//hh"))


def test_a_short_host_makes_a_smaller_symbol() -> None:
    assert len(qr.modules(f"https://antre.id/t/{MINT.token(1, date(2026, 11, 24))}")) == 29


@pytest.mark.parametrize("url", ["https://antre_1.test/t/A", "https://antre.test/t/A?b=c", "", "https://ñ.test/t/A"])
def test_what_alphanumeric_mode_lacks_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        qr.png(url)


def test_the_png_is_one_bit_with_ten_pixels_a_module_and_a_quiet_zone() -> None:
    picture = Image.open(io.BytesIO(qr.png(f"https://antre.test/t/{MINT.token(1, date(2026, 11, 24))}")))
    assert picture.mode == "1"
    assert picture.size == (410, 410) or picture.size == (370, 370)
    inked = picture.convert("L").point(lambda value: 255 - value).getbbox()
    assert inked == (40, 40, picture.width - 40, picture.height - 40)


def test_pictures_are_small_and_the_same_each_time() -> None:
    url = f"https://antre.balikpapan.go.id/t/{MINT.token(1, date(2026, 11, 24))}"
    first = qr.png(url), qr.svg(url)
    for drawn in (qr.modules, qr.png, qr.svg):
        drawn.cache_clear()
    assert (qr.png(url), qr.svg(url)) == first
    assert len(first[0]) < 1_500
    assert len(first[1]) < 5_000


def test_the_caches_are_bounded() -> None:
    assert all(drawn.cache_info().maxsize == 256 for drawn in (qr.modules, qr.png, qr.svg))
