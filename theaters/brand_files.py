"""Files that pages of a brand load: its style sheet and its icons. Their addresses name the brand's version."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.generic import View
from PIL import Image, ImageDraw, ImageFont

from lib.pictures import rendition_name
from theaters.brand_colors import DARK, LIGHT, shades_of
from theaters.brands import find_brand
from theaters.directory import BrandItem
from theaters.models import Brand

log = structlog.get_logger(__name__)

ICON_SIZES = (32, 180, 192, 512, 660)
YEAR_SECONDS = 365 * 24 * 3600
SITE_COLOR = "#c22e12"
# For letters beyond Latin and within.
_LETTER_FONTS = ("mukta-600.ttf", "gloock-400.ttf")


class StyleView(View):
    """The brand's colors in both schemes, as the tokens of `static/css/tokens.css`."""

    def get(self, request: HttpRequest, slug: str, version: str) -> HttpResponse:
        brand = _find(slug)
        return _lasting(HttpResponse(write_style(brand), content_type="text/css; charset=utf-8"), brand, version)


class IconView(View):
    """The brand's icon as PNG, or the first letter of its name on its color."""

    def get(self, request: HttpRequest, slug: str, version: str, size: int) -> HttpResponse:
        brand = _find(slug)
        if size not in ICON_SIZES:
            raise Http404
        buffer = BytesIO()
        draw_icon(brand, size).save(buffer, "PNG", optimize=True)
        return _lasting(HttpResponse(buffer.getvalue(), content_type="image/png"), brand, version)


def write_style(brand: BrandItem) -> str:
    """Return the style sheet; empty for a brand with the site's own color."""
    if not brand.color:
        return ""
    light, dark = shades_of(brand.color, LIGHT), shades_of(brand.color_dark or brand.color, DARK)
    tokens = {
        "accent": (light.accent, dark.accent),
        "accent-text": (light.accent, dark.accent),
        "accent-strong": (light.strong, dark.strong),
        "accent-ink": (light.ink, dark.ink),
        "accent-wash": (light.wash, dark.wash),
    }
    rules = "".join(f"--{name}: light-dark({one}, {other});" for name, (one, other) in tokens.items())
    return f"@layer tokens {{ :root {{ {rules} }} }}\n"


def draw_icon(brand: BrandItem, size: int) -> Image.Image:
    """Draw the brand's icon; the first letter of its name on its color if there is none that can be read."""
    if brand.favicon:
        try:
            return _fit(_open(rendition_name(brand.favicon, Brand.ICON_WIDTHS[-1])), size)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            log.warning("icon_unreadable", name=brand.favicon, error=str(error))
    shades = shades_of(brand.color or SITE_COLOR, LIGHT)
    square = Image.new("RGB", (size, size), shades.accent)
    letter = next((sign for sign in brand.name if sign.isalnum()), "")
    face = ImageFont.truetype(settings.BASE_DIR / "templates/pdf/fonts" / _LETTER_FONTS[letter.isascii()], size * 0.68)
    ImageDraw.Draw(square).text((size / 2, size / 2), letter.upper(), font=face, fill=shades.ink, anchor="mm")
    return square


@lru_cache(maxsize=16)
def _open(name: str) -> Image.Image:
    with default_storage.open(name) as file:
        return Image.open(file, formats=["WEBP"]).convert("RGBA")


def _fit(icon: Image.Image, size: int) -> Image.Image:
    picture = icon.copy()
    picture.thumbnail((size, size), Image.Resampling.LANCZOS)
    square = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    square.paste(picture, ((size - picture.width) // 2, (size - picture.height) // 2))
    return square


def _find(slug: str) -> BrandItem:
    brand = find_brand(slug)
    if brand is None:
        raise Http404
    return brand


def _lasting(response: HttpResponse, brand: BrandItem, version: str) -> HttpResponse:
    """Let browsers keep a file for ever under the address that names its version, and no other."""
    is_named = version == brand.version
    patch_cache_control(response, public=True, max_age=YEAR_SECONDS if is_named else 0, immutable=is_named)
    return response
