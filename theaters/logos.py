"""A brand's logo for mails, which can't choose between two files as pages do. Broken or gone, there is none."""

from __future__ import annotations

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
    """Return the stored logo on a ground of its own, so that it can be seen whatever a mail program puts behind it.

    It is remembered by its name, since that says its content; a failure is not.
    """
    if not name:
        return None
    try:
        return _draw_for_mail(name)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        log.warning("logo_unreadable", name=name, error=str(error))
        return None


@lru_cache(maxsize=64)
def _draw_for_mail(name: str) -> Picture:
    room = (_FINENESS * (_MAIL_WIDTH - 2 * _MARGIN), _FINENESS * (_MAIL_HEIGHT - 2 * _MARGIN))
    logo = ImageOps.contain(_open(name), room, Image.Resampling.LANCZOS)
    edge = _FINENESS * _MARGIN if _has_clear_parts(logo) else 0
    ground = Image.new("RGB", (logo.width + 2 * edge, logo.height + 2 * edge), _ground_of(logo))
    ground.paste(logo, (edge, edge), logo)
    return Picture(_encode(ground), max(1, ground.width // _FINENESS), max(1, ground.height // _FINENESS))


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
