"""A brand's logo for mail and paper, which can't choose between two files. Broken or gone, there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

import structlog
from django.core.files.storage import default_storage
from PIL import Image, ImageOps

log = structlog.get_logger(__name__)

# Grounds of the mails' page in each scheme; a logo stands on the one on which it can be seen.
_LIGHT_GROUND, _DARK_GROUND = "#f6f1e7", "#14110f"
# A logo whose visible parts are lighter than this, of 255, is made for a dark ground.
_LIGHT_LOGO = 170
# As shown in mails, in pixels; twice as many are sent, for fine screens.
_MAIL_WIDTH, _MAIL_HEIGHT = 240, 56
_FINENESS = 2
# In points; a pass holds what is three times as fine.
_PASS_WIDTH, _PASS_HEIGHT, _PASS_FINENESS = 160, 50, 3
# In pixels: 300 to the inch for 40 mm.
_PAPER_SIZE = (480, 240)
_MARGIN = 8
# What lets less through than this, of 255, is seen.
_OPAQUE = 128


@dataclass(frozen=True)
class Picture:
    """A PNG and the size at which it is shown."""

    content: bytes
    width: int
    height: int


def logo_for_mail(name: str) -> Picture | None:
    """Return the stored logo on a ground of its own, so that it can be seen whatever a mail program puts behind it."""
    return _read(_draw_for_mail, name)


def logo_for_pass(name: str) -> Picture | None:
    """Return the stored logo for a wallet's pass, on light paper or on a dark plate; three times as fine as shown."""
    return _read(_draw_for_pass, name)


def logo_for_paper(name: str) -> Picture | None:
    """Return the stored logo on white, or on black if it can't be seen on white."""
    return _read(_draw_for_paper, name)


def logo_in_black(name: str) -> Picture | None:
    """Return the stored logo for printers that have black ink alone."""
    return _read(_draw_in_black, name)


def _read(draw: Callable[[str], Picture], name: str) -> Picture | None:
    """Draw a logo, which is remembered by its name, since that says its content. A failure is not remembered."""
    if not name:
        return None
    try:
        return draw(name)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        log.warning("logo_unreadable", name=name, error=str(error))
        return None


@lru_cache(maxsize=64)
def _draw_for_mail(name: str) -> Picture:
    room = (_FINENESS * (_MAIL_WIDTH - 2 * _MARGIN), _FINENESS * (_MAIL_HEIGHT - 2 * _MARGIN))
    return _lay_on_paper(_open(name), room, edge=_FINENESS * _MARGIN, fineness=_FINENESS)


@lru_cache(maxsize=64)
def _draw_for_pass(name: str) -> Picture:
    logo = _open(name)
    # On a dark plate, it needs room around it.
    edge = 2 * _PASS_FINENESS if _has_clear_parts(logo) and _is_light(logo) else 0
    room = (_PASS_FINENESS * _PASS_WIDTH - 2 * edge, _PASS_FINENESS * _PASS_HEIGHT - 2 * edge)
    return _lay_on_paper(logo, room, edge=edge, fineness=_PASS_FINENESS)


def _lay_on_paper(logo: Image.Image, room: tuple[int, int], *, edge: int, fineness: int) -> Picture:
    logo = ImageOps.contain(logo, room, Image.Resampling.LANCZOS)
    edge = edge if _has_clear_parts(logo) else 0
    ground = Image.new("RGB", (logo.width + 2 * edge, logo.height + 2 * edge), _ground_of(logo))
    ground.paste(logo, (edge, edge), logo)
    return Picture(_encode(ground), max(1, ground.width // fineness), max(1, ground.height // fineness))


@lru_cache(maxsize=64)
def _draw_for_paper(name: str) -> Picture:
    logo = _open(name)
    logo.thumbnail(_PAPER_SIZE, Image.Resampling.LANCZOS)
    if not (_has_clear_parts(logo) and _is_light(logo)):
        laid = _lay_on(logo, "white")
    else:
        laid = ImageOps.expand(_lay_on(logo, "black"), logo.height // 8, "black")
    return Picture(_encode(laid), *laid.size)


@lru_cache(maxsize=64)
def _draw_in_black(name: str) -> Picture:
    logo = _open(name)
    logo.thumbnail(_PAPER_SIZE, Image.Resampling.LANCZOS)
    if _has_clear_parts(logo) and _is_light(logo):
        # White letters become black ones, without a ground that is all black.
        drawn = ImageOps.invert(_lay_on(logo, "black").convert("L"))
    else:
        drawn = _lay_on(logo, "white").convert("L")
    return Picture(_encode(ImageOps.autocontrast(drawn)), *logo.size)


def _lay_on(logo: Image.Image, ground: str) -> Image.Image:
    laid = Image.new("RGB", logo.size, ground)
    laid.paste(logo, mask=logo)
    return laid


def _open(name: str) -> Image.Image:
    with default_storage.open(name) as file:
        return Image.open(BytesIO(file.read()), formats=["WEBP", "PNG", "JPEG"]).convert("RGBA")


def _has_clear_parts(logo: Image.Image) -> bool:
    lowest = logo.getchannel("A").getextrema()[0]
    return isinstance(lowest, int) and lowest < _OPAQUE


def _is_light(logo: Image.Image) -> bool:
    seen = logo.getchannel("A").point(lambda part: 255 if part >= _OPAQUE else 0)
    counts = logo.convert("L").histogram(mask=seen)
    return sum(light * count for light, count in enumerate(counts)) > _LIGHT_LOGO * max(1, sum(counts))


def _ground_of(logo: Image.Image) -> str:
    return _DARK_GROUND if _has_clear_parts(logo) and _is_light(logo) else _LIGHT_GROUND


def _encode(picture: Image.Image) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
