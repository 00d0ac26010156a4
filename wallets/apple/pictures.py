"""The pictures of a pass, each in the three sizes that Wallet asks for."""

from functools import cache, lru_cache
from io import BytesIO

from django.conf import settings
from django.db.models.fields.files import ImageFieldFile
from PIL import Image, ImageOps

from theaters.brand_files import draw_icon
from theaters.directory import BrandItem
from theaters.logos import Picture, logo_for_pass

# In points: so many pixels on a plain screen, and two or three times as many on finer ones.
_ICON, _SIGN, _THUMBNAIL = (29, 29), (50, 50), (60, 90)
_SCALES = {"": 1, "@2x": 2, "@3x": 3}


def draw_pictures(brand: BrandItem, poster: ImageFieldFile) -> dict[str, bytes]:
    """Return the pictures by file name: icon, logo, and the event's poster if there is one that can be read.

    A brand without a logo has its icon in that place, and the site its sign.
    """
    drawn = _draw_brand(brand) if brand.version else _draw_sign()
    logo = logo_for_pass(brand.logo)
    return {**drawn, **(_draw_logo(logo) if logo else {}), **(_draw_poster(poster) if poster else {})}


@cache
def _draw_sign() -> dict[str, bytes]:
    with Image.open(settings.BASE_DIR / "static" / "img" / "icon-512.png") as sign:
        whole = sign.convert("RGBA")
    return {**_scale("icon", whole, _ICON), **_scale("logo", whole, _SIGN)}


def _draw_brand(brand: BrandItem) -> dict[str, bytes]:
    icon = draw_icon(brand, 3 * _SIGN[0])
    return {**_scale("icon", icon, _ICON), **_scale("logo", icon, _SIGN)}


@lru_cache(maxsize=64)
def _draw_logo(logo: Picture) -> dict[str, bytes]:
    with Image.open(BytesIO(logo.content)) as picture:
        return _scale("logo", picture, (logo.width, logo.height))


def _draw_poster(poster: ImageFieldFile) -> dict[str, bytes]:
    try:
        with poster.open() as file, Image.open(file) as picture:
            return _scale("thumbnail", picture.convert("RGB"), _THUMBNAIL)
    except OSError:
        # The ticket is worth more than its picture.
        return {}


def _scale(name: str, picture: Image.Image, points: tuple[int, int]) -> dict[str, bytes]:
    made = {}
    for suffix, scale in _SCALES.items():
        content = BytesIO()
        size = (points[0] * scale, points[1] * scale)
        ImageOps.fit(picture, size, Image.Resampling.LANCZOS).save(content, "PNG", optimize=True)
        made[f"{name}{suffix}.png"] = content.getvalue()
    return made
