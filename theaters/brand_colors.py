"""Colors of brands: legible in both schemes, or the nearest shade that is. Pure.

A color is used as text on all papers and on its own wash, and as the ground of buttons; WCAG 2.2 asks for a contrast
of 4.5:1 between text and ground. No single color has that on both light and dark paper, so each scheme has its own.
"""

from __future__ import annotations

from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass

MIN_CONTRAST = 4.5
# Up to it, sRGB is linear.
_DARKEST = 0.04045
# From one shade to the next.
_STEPS = 400

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Scheme:
    """The papers of `static/css/tokens.css` in one scheme, the text on buttons, and how much color is in a wash."""

    papers: tuple[str, ...]
    ink: str
    wash: float
    is_dark: bool


LIGHT = Scheme(("#f6f1e7", "#fdfaf3", "#ece5d6"), ink="#fffaf2", wash=0.09, is_dark=False)
DARK = Scheme(("#14110f", "#1f1a17", "#0d0b0a"), ink="#1b0f09", wash=0.12, is_dark=True)


@dataclass(frozen=True, slots=True)
class Shades:
    """What the tokens of a scheme are for a color: itself, stronger for pointers, on it, and a breath of it."""

    accent: str
    strong: str
    ink: str
    wash: str


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors by WCAG 2.2, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def is_legible(color: str, scheme: Scheme) -> bool:
    return lowest_contrast(color, scheme) >= MIN_CONTRAST


def lowest_contrast(color: str, scheme: Scheme) -> float:
    """Return the lowest contrast among all uses of the color."""
    return min(contrast(color, other) for other in (*scheme.papers, scheme.ink, _wash(color, scheme)))


def nearest_legible(color: str, scheme: Scheme) -> str:
    """Return the color itself, or the nearest lighter or darker shade of it that is legible."""
    if is_legible(color, scheme):
        return color
    hue, lightness, saturation = rgb_to_hls(*_parse(color))
    shades = (
        _write(hls_to_rgb(hue, at / _STEPS, saturation))
        for at in sorted(range(_STEPS + 1), key=lambda at: abs(at / _STEPS - lightness))
    )
    return next(shade for shade in shades if is_legible(shade, scheme))


def shades_of(color: str, scheme: Scheme) -> Shades:
    accent = nearest_legible(color, scheme)
    strong = _mix(accent, "#ffffff" if scheme.is_dark else "#000000", 0.18)
    return Shades(accent, strong, scheme.ink, _wash(accent, scheme))


def _wash(color: str, scheme: Scheme) -> str:
    return _mix(scheme.papers[0], color, scheme.wash)


def _mix(one: str, other: str, share: float) -> str:
    """Return the first color with a share of the other."""
    red, green, blue = (a + (b - a) * share for a, b in zip(_parse(one), _parse(other), strict=True))
    return _write((red, green, blue))


def _luminance(color: str) -> float:
    red, green, blue = (part / 12.92 if part <= _DARKEST else ((part + 0.055) / 1.055) ** 2.4 for part in _parse(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parse(color: str) -> Rgb:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _write(color: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in color)
