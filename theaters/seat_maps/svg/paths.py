"""The points of paths, and what transforms and lengths of SVG mean."""

from __future__ import annotations

import re
from functools import lru_cache
from math import isfinite, radians, tan
from typing import Any

from fontTools.misc.transform import Transform
from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path

from theaters.seat_maps.geometry import Point

# Longer ones are ornaments, and take long to read.
MAX_PATH_LENGTH = 100_000
_CURVE_STEPS = 6
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?", re.ASCII)
_LENGTH = re.compile(rf"\s*({_NUMBER.pattern})\s*(px|mm|cm|in|pt|pc|q)?\s*", re.ASCII | re.IGNORECASE)
_TRANSFORM = re.compile(r"(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)", re.ASCII)
# In CSS's pixels.
_UNITS = {"px": 1, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96, "pt": 96 / 72, "pc": 16, "q": 96 / 101.6}


def read_length(text: str | None, usual: float = 0) -> float:
    """Return a length in user units; `usual` for a missing, relative or unreadable one."""
    match = _LENGTH.fullmatch(text or "")
    if match is None:
        return usual
    value = float(match[1]) * _UNITS[(match[2] or "px").lower()]
    return value if isfinite(value) else usual


def read_numbers(text: str | None) -> list[float]:
    return [value for number in _NUMBER.findall(text or "") if isfinite(value := float(number))]


def read_transform(text: str | None) -> Transform:
    """Return the matrix of a `transform` attribute; what can't be read is left out."""
    matrix = Transform()
    for name, inside in _TRANSFORM.findall(text or ""):
        values = read_numbers(inside)
        match name, values:
            case "matrix", [a, b, c, d, e, f]:
                matrix = matrix.transform((a, b, c, d, e, f))
            case "translate", [x, *rest]:
                matrix = matrix.translate(x, rest[0] if rest else 0)
            case "scale", [x, *rest]:
                matrix = matrix.scale(x, rest[0] if rest else x)
            case "rotate", [angle]:
                matrix = matrix.rotate(radians(angle))
            case "rotate", [angle, x, y]:
                matrix = matrix.translate(x, y).rotate(radians(angle)).translate(-x, -y)
            case "skewX", [angle]:
                matrix = matrix.transform((1, 0, tan(radians(angle)), 1, 0, 0))
            case "skewY", [angle]:
                matrix = matrix.transform((1, tan(radians(angle)), 0, 1, 0, 0))
    return matrix


@lru_cache(maxsize=256)
def read_path(text: str | None) -> list[list[Point]]:
    """Return points along each part of a path; none of one that can't be read."""
    if not text or len(text) > MAX_PATH_LENGTH:
        return []
    pen = _Points()
    try:
        parse_path(text, pen)
    except (ValueError, IndexError, TypeError, AssertionError, ZeroDivisionError, OverflowError, NotImplementedError):
        return []
    return [part for part in pen.parts if all(isfinite(x) and isfinite(y) for x, y in part)]


class _Points(BasePen):
    """Collects the ends of lines and points along curves."""

    def __init__(self) -> None:
        super().__init__(None)
        self.parts: list[list[Point]] = []

    def _moveTo(self, pt: Any) -> None:  # noqa: N802 (the pen's own name)
        self.parts.append([pt])

    def _lineTo(self, pt: Any) -> None:  # noqa: N802
        self.parts[-1].append(pt)

    def _curveToOne(self, pt1: Any, pt2: Any, pt3: Any) -> None:  # noqa: N802
        start = self._getCurrentPoint()
        for step in range(1, _CURVE_STEPS + 1):
            t = step / _CURVE_STEPS
            u = 1 - t
            weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
            x, y = (
                sum(weight * point[axis] for weight, point in zip(weights, (start, pt1, pt2, pt3), strict=True))
                for axis in (0, 1)
            )
            self.parts[-1].append((x, y))

    def _closePath(self) -> None:  # noqa: N802
        pass

    def _endPath(self) -> None:  # noqa: N802
        pass
