"""How an element of SVG looks: by attributes, its `style`, and classes of a style sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from PIL import ImageColor

from theaters.seat_maps.svg.paths import read_length

Sheet = dict[str, dict[str, str]]
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]{1,2000})\{([^{}]*)\}")
_CLASS = re.compile(r"\s*(?:[a-zA-Z]+)?\.([\w-]{1,100})\s*")
_KNOWN = frozenset({"fill", "stroke", "display", "visibility", "font-size", "text-anchor"})
_BLACK = "#000000"


@dataclass(frozen=True)
class Look:
    """What is inherited. `fill` and `stroke` are as the file writes them."""

    fill: str = ""
    stroke: str = ""
    size: float = 16
    anchor: str = "start"
    is_hidden: bool = False

    @property
    def color(self) -> str:
        """The color in which a shape is seen, as #rrggbb: its fill, or its stroke if it has no fill."""
        if self.fill in ("none", "transparent"):
            return read_color(self.stroke) or ""
        return read_color(self.fill) or _BLACK

    def with_element(self, element: Any, sheet: Sheet) -> Look:
        """Return the look that an element inherits from this one and its own attributes."""
        said = {key: value for key, value in element.attrib.items() if key in _KNOWN}
        for name in (element.get("class") or "").split():
            said |= sheet.get(name, {})
        if style := element.get("style"):
            said |= _declarations(style)
        if not said:
            return self
        return replace(
            self,
            fill=said.get("fill", self.fill),
            stroke=said.get("stroke", self.stroke),
            size=read_length(said.get("font-size"), self.size),
            anchor=said.get("text-anchor", self.anchor),
            is_hidden=self.is_hidden or said.get("display") == "none" or said.get("visibility") == "hidden",
        )


def read_style_sheet(text: str) -> Sheet:
    """Return what the classes of a style sheet say; other selectors are not looked at."""
    sheet: Sheet = {}
    for selectors, inside in _RULE.findall(_COMMENT.sub("", text)):
        said = _declarations(inside)
        for selector in selectors.split(","):
            if said and (match := _CLASS.fullmatch(selector)):
                sheet.setdefault(match[1], {}).update(said)
    return sheet


@lru_cache(maxsize=1000)
def _declarations(text: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in text.split(";"))
    return {name: value.strip() for key, _colon, value in pairs if (name := key.strip().lower()) in _KNOWN}


@lru_cache(maxsize=1000)
def read_color(text: str) -> str:
    """Return a color as #rrggbb; "" for what is none, such as a gradient."""
    try:
        red, green, blue = ImageColor.getrgb(text.strip())[:3]
    except ValueError:
        return ""
    return f"#{red:02x}{green:02x}{blue:02x}"
