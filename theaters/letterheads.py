"""What a paper bears of a brand: its logo, or its name without one, and its color.

`templates/pdf/house.typ` sets it. A logo that can't be read leaves the name.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lib.typesetting import direct
from theaters.brand_colors import LIGHT, shades_of
from theaters.brands import brand_of
from theaters.logos import Picture, logo_for_paper, logo_in_black
from theaters.models import Theater


@dataclass(frozen=True, slots=True)
class Letterhead:
    """`accent` is "#rrggbb", legible on white, or "" for the template's own; `logo` is an SVG, or ""."""

    name: str
    accent: str = ""
    logo: str = ""

    @property
    def content(self) -> dict[str, Any]:
        """What templates read as `letterhead`."""
        return {"letterhead": {"name": direct(self.name), "accent": self.accent, "logo": self.logo}}


def letterhead_of(theater: Theater | int | None, *, in_black: bool = False) -> Letterhead:
    """Return what papers of a theater bear, or of none: the site's. `in_black` is for printers without colors.

    No query while the directory is known. A logo is read from its file once per process.
    """
    brand = brand_of(theater)
    if in_black:
        return Letterhead(brand.name, logo=_wrap(logo_in_black(brand.logo)))
    return Letterhead(brand.name, _accent(brand.color), _wrap(logo_for_paper(brand.logo)))


@lru_cache(maxsize=256)
def _accent(color: str) -> str:
    return shades_of(color, LIGHT).accent if color else ""


@lru_cache(maxsize=64)
def _wrap(logo: Picture | None) -> str:
    """Return the picture as an SVG: what goes to typst beside its templates has to be text."""
    if logo is None:
        return ""
    data = b64encode(logo.content).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{logo.width}" height="{logo.height}">'
        f'<image width="{logo.width}" height="{logo.height}" href="data:image/png;base64,{data}"/></svg>'
    )
