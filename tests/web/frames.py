"""What a camera at the door sees of a ticket, drawn: a real ticket picture held up well and badly.

Each manner of holding is a function of chance, so that many frames of one manner differ as hands do. Frames are grey,
640 by 480, as an old computer's camera gives them.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from ticketing import qr

WIDTH, HEIGHT = 640, 480
FAR = 3.0  # sides of the ticket between it and the lens: so much does a tilt narrow its far edge

Row = tuple[float, float, float]


@dataclass(frozen=True)
class Held:
    """How a ticket is held: `side` in pixels when flat, angles in degrees, `shift` from the middle in pixels."""

    side: float = 260
    roll: float = 0
    tilt: float = 0
    turn: float = 0
    shift: tuple[float, float] = (0, 0)


def hold(picture: Image.Image, held: Held, room: int = 96) -> Image.Image:
    """The picture in a plain grey room, seen by a pinhole camera."""
    side = picture.width
    frame = Image.new("L", (WIDTH, HEIGHT), room)
    where = _inverse(_plane(held, side))
    flat = tuple(value / where[2][2] for row in where for value in row)[:8]
    seen = picture.convert("L").transform(frame.size, Image.Transform.PERSPECTIVE, flat, Image.Resampling.BICUBIC)
    inside = Image.new("L", picture.size, 255).transform(frame.size, Image.Transform.PERSPECTIVE, flat)
    frame.paste(seen, mask=inside)
    return frame


def _plane(held: Held, side: int) -> tuple[Row, Row, Row]:
    """From the picture's pixels to the frame's: Hartley and Zisserman, Multiple View Geometry, 2004, 8.1.1."""
    (cr, sr), (ct, st), (cy, sy) = (
        (math.cos(math.radians(a)), math.sin(math.radians(a))) for a in (held.roll, held.tilt, held.turn))
    across = (cy * cr, st * sy * cr + ct * sr, -ct * sy * cr + st * sr)  # the ticket's own axes in the room
    down = (-cy * sr, -st * sy * sr + ct * cr, ct * sy * sr + st * cr)
    middle = side / 2
    where = (held.shift[0] / held.side, held.shift[1] / held.side, FAR)
    x, y, z = (
        (across[n] / side, down[n] / side, -(across[n] + down[n]) * middle / side + where[n])
        for n in range(3))
    focus = held.side * FAR
    return (
        tuple(focus * a + WIDTH / 2 * b for a, b in zip(x, z, strict=True)),  # type: ignore[return-value]
        tuple(focus * a + HEIGHT / 2 * b for a, b in zip(y, z, strict=True)), z)


def _inverse(m: tuple[Row, Row, Row]) -> tuple[Row, Row, Row]:
    (a, b, c), (d, e, f), (g, h, i) = m
    whole = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return (
        ((e * i - f * h) / whole, (c * h - b * i) / whole, (b * f - c * e) / whole),
        ((f * g - d * i) / whole, (a * i - c * g) / whole, (c * d - a * f) / whole),
        ((d * h - e * g) / whole, (b * g - a * h) / whole, (a * e - b * d) / whole))


def _light(frame: Image.Image, dark: float, bright: float, noise: float) -> Image.Image:
    """The frame between two greys, with the grain of a small lens."""
    narrowed = frame.point([round(dark + (bright - dark) * v / 255) for v in range(256)])
    grain = Image.effect_noise(frame.size, noise)
    return ImageChops.add(narrowed, grain, offset=-128)


def _hand(chance: Random, side: tuple[float, float] = (200, 300), angle: float = 8) -> Held:
    """Held roughly upright, roughly in the middle."""
    return Held(chance.uniform(*side), *(chance.uniform(-angle, angle) for _ in range(3)),
                shift=(chance.uniform(-60, 60), chance.uniform(-40, 40)))


def sharp(ticket: Image.Image, chance: Random) -> Image.Image:
    """A printed ticket or a good phone, in good light."""
    return _light(hold(ticket, _hand(chance)), 30, 225, 6)


def tilted(ticket: Image.Image, chance: Random) -> Image.Image:
    """Leaning 25 to 35 degrees back or aside."""
    lean, aside = chance.uniform(25, 35) * chance.choice((-1, 1)), chance.uniform(-15, 15)
    angles = (lean, aside) if chance.random() < .5 else (aside, lean)
    held = Held(chance.uniform(220, 300), chance.uniform(-10, 10), *angles)
    return _light(hold(ticket, held), 30, 225, 6).filter(ImageFilter.GaussianBlur(.7))


def rotated(ticket: Image.Image, chance: Random) -> Image.Image:
    """Any way round."""
    held = Held(chance.uniform(200, 280), chance.uniform(0, 360))
    return _light(hold(ticket, held), 30, 225, 6)


def dim(ticket: Image.Image, chance: Random) -> Image.Image:
    """Paper in a dark doorway: little between black and white, much grain."""
    return _light(hold(ticket, _hand(chance)), 16, chance.uniform(50, 70), 14).filter(
        ImageFilter.GaussianBlur(.8))


def grey_screen(ticket: Image.Image, chance: Random) -> Image.Image:
    """An old phone's small screen without much light: few coarse pixels with gaps between, out of focus, a moire."""
    pixels = ticket.resize((2 * (ticket.width // qr.BOX),) * 2, Image.Resampling.BOX)  # two pixels a module
    fine = pixels.resize((pixels.width * 5,) * 2, Image.Resampling.NEAREST)
    draw = ImageDraw.Draw(fine)
    for at in range(0, fine.width, 5):
        draw.line((at, 0, at, fine.height), fill=70)
        draw.line((0, at, fine.width, at), fill=70)
    held = _hand(chance, side=(150, 210), angle=10)
    soft = hold(fine, held).filter(ImageFilter.GaussianBlur(chance.uniform(.8, 1.3)))
    return _light(soft, 60, chance.uniform(130, 160), 8)


def glossy(ticket: Image.Image, chance: Random) -> Image.Image:
    """A lamp mirrored in the screen: a soft white spot over a part of the ticket, at most a corner of it."""
    held = _hand(chance)
    lamp = Image.new("L", (WIDTH, HEIGHT), 0)
    angle = chance.uniform(0, 2 * math.pi)
    x = WIDTH / 2 + held.shift[0] + math.cos(angle) * held.side * .42
    y = HEIGHT / 2 + held.shift[1] + math.sin(angle) * held.side * .42
    r = held.side * chance.uniform(.08, .2)
    ImageDraw.Draw(lamp).ellipse((x - r, y - r * .6, x + r, y + r * .6), fill=255)
    seen = _light(hold(ticket, held), 30, 200, 6)
    return ImageChops.add(seen, lamp.filter(ImageFilter.GaussianBlur(r / 3)))


MANNERS: dict[str, Callable[[Image.Image, Random], Image.Image]] = {
    one.__name__: one for one in (sharp, tilted, rotated, dim, grey_screen, glossy)}


def picture(address: str) -> Image.Image:
    """The ticket's QR picture as residents get it."""
    return Image.open(io.BytesIO(qr.png(address))).convert("L")


def frame(address: str, manner: str, n: int = 0) -> Image.Image:
    """The nth frame of a ticket held in that manner: the same each time, but for the grain."""
    return MANNERS[manner](picture(address), Random(f"{manner} {n}"))


def film(frames: Iterable[Image.Image], path: Path) -> None:
    """The frames as a film of five a second, in the raw form Chromium plays as its fake camera (YUV4MPEG2)."""
    grey = bytes([128]) * (WIDTH * HEIGHT // 2)  # both planes of colour
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F5:1 Ip C420jpeg\n".encode())
        for one in frames:
            file.write(b"FRAME\n" + one.tobytes() + grey)


def nothing(light: int = 96) -> Image.Image:
    """A frame of the room without a ticket."""
    return Image.new("L", (WIDTH, HEIGHT), light)
