"""What posters are drawn with: shapes as SVG, words by typst, both on one sheet.

Units are pixels of the sheet, y downwards, angles in degrees clockwise from the right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import cos, pi, radians, sin
from pathlib import Path
from typing import Any, Literal

import typst

Point = tuple[float, float]
WIDTH, HEIGHT = 800, 1200
FONTS = Path(__file__).parent / "fonts"

ABRIL = "Abril Fatface"
ANTON = "Anton"
BOWLBY = "Bowlby One"
CORMORANT = "Cormorant Garamond"
GLOOCK = "Gloock"
JOSEFIN = "Josefin Sans"
LALEZAR = "Lalezar"
LIMELIGHT = "Limelight"
PIRATA = "Pirata One"
POIRET = "Poiret One"
ROZHA = "Rozha One"
SHIPPORI = "Shippori Mincho"


def number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def at_angle(x: float, y: float, radius: float, angle: float) -> Point:
    """Return the point at a distance and angle from another."""
    return x + radius * cos(radians(angle)), y + radius * sin(radians(angle))


def ring(count: int, *, start: float = 0) -> list[float]:
    """Return that many angles, evenly around."""
    return [start + 360 * step / count for step in range(count)]


def attributes(values: dict[str, Any]) -> str:
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{number(value) if isinstance(value, float) else value}"'
        for name, value in values.items()
    )


@dataclass
class Sheet:
    """A sheet to draw on. Methods add to it, the last on top; words lie above all shapes."""

    paper: str
    width: int = WIDTH
    height: int = HEIGHT
    shapes: list[str] = field(default_factory=list)
    definitions: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def add(self, tag: str, **values: Any) -> None:
        self.shapes.append(f"<{tag}{attributes(values)}/>")

    def rect(self, x: float, y: float, width: float, height: float, fill: str, **more: Any) -> None:
        self.add("rect", x=float(x), y=float(y), width=float(width), height=float(height), fill=fill, **more)

    def circle(self, x: float, y: float, radius: float, fill: str, **more: Any) -> None:
        self.add("circle", cx=float(x), cy=float(y), r=float(radius), fill=fill, **more)

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: str, **more: Any) -> None:
        self.add("ellipse", cx=float(x), cy=float(y), rx=float(rx), ry=float(ry), fill=fill, **more)

    def hoop(self, x: float, y: float, radius: float, color: str, width: float, **more: Any) -> None:
        """Draw a circle's outline."""
        self.circle(x, y, radius, "none", stroke=color, stroke_width=float(width), **more)

    def poly(self, points: Iterable[Point], fill: str, **more: Any) -> None:
        self.add("polygon", points=" ".join(f"{number(x)},{number(y)}" for x, y in points), fill=fill, **more)

    def line(self, points: Sequence[Point], color: str, width: float, **more: Any) -> None:
        joined = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        self.add("polyline", points=joined, fill="none", stroke=color, stroke_width=float(width), **more)

    def path(self, d: str, fill: str = "none", **more: Any) -> None:
        self.add("path", d=d, fill=fill, **more)

    def curve(self, d: str, color: str, width: float, **more: Any) -> None:
        """Stroke a path, with round ends unless told otherwise."""
        more.setdefault("stroke_linecap", "round")
        self.path(d, "none", stroke=color, stroke_width=float(width), stroke_linejoin="round", **more)

    def wedge(self, x: float, y: float, radius: float, start: float, end: float, fill: str, **more: Any) -> None:
        """Draw a slice of a circle between two angles."""
        (ax, ay), (bx, by) = at_angle(x, y, radius, start), at_angle(x, y, radius, end)
        large = int(abs(end - start) > 180)
        sweep = int(end > start)
        self.path(
            f"M{number(x)} {number(y)}L{number(ax)} {number(ay)}"
            f"A{number(radius)} {number(radius)} 0 {large} {sweep} {number(bx)} {number(by)}Z",
            fill,
            **more,
        )

    def rays(self, x: float, y: float, radius: float, count: int, fill: str, *, start: float = 0, share: float = 0.5) -> None:  # fmt: skip
        """Draw beams from a point; `share` is how much of the circle they fill."""
        for angle in ring(count, start=start):
            self.wedge(x, y, radius, angle, angle + share * 360 / count, fill)

    def begin(self, **more: Any) -> None:
        """Open a group, with a transform, opacity or clip; close it with `end`."""
        self.shapes.append(f"<g{attributes(more)}>")

    def end(self) -> None:
        self.shapes.append("</g>")

    def clip(self, name: str, shape: str) -> str:
        """Define a clip from SVG shapes and return what `clip_path` takes."""
        self.definitions.append(f'<clipPath id="{name}">{shape}</clipPath>')
        return f"url(#{name})"

    def gradient(self, name: str, *stops: str, angle: Literal["down", "right", "radial"] = "down") -> str:
        """Define a gradient of evenly spaced colors and return what `fill` takes."""
        steps = "".join(
            f'<stop offset="{number(index / (len(stops) - 1))}" stop-color="{color}"/>'
            for index, color in enumerate(stops)
        )
        if angle == "radial":
            self.definitions.append(f'<radialGradient id="{name}">{steps}</radialGradient>')
        else:
            to = 'x2="0" y2="1"' if angle == "down" else 'x2="1" y2="0"'
            self.definitions.append(f'<linearGradient id="{name}" x1="0" y1="0" {to}>{steps}</linearGradient>')
        return f"url(#{name})"

    def text(
        self,
        words: str,
        x: float,
        y: float,
        size: float,
        color: str,
        *,
        font: str = JOSEFIN,
        align: Literal["left", "center", "right"] = "left",
        tracking: float = 0,
        weight: int = 400,
        italic: bool = False,
        turn: float = 0,
        fit: float | None = None,
        leading: float = 0.35,
    ) -> None:
        """Set words; (x, y) is the left, middle or right of the first line at the height of its capitals.

        `fit` scales them to a width. Lines are parted by newlines. `turn` turns them around (x, y).
        """
        lines = " \\ ".join(f'#text("{line}")' for line in words.split("\n"))
        body = (
            f'#text(font: "{font}", size: {size}pt, fill: rgb("{color}"), tracking: {tracking}pt, weight: {weight}, '
            f'style: "{"italic" if italic else "normal"}", top-edge: "cap-height", bottom-edge: "baseline")'
            f"[#set par(leading: {leading}em); #set align({align}); {lines}]"
        )
        width = f"{fit}pt" if fit else "none"
        self.words.append(f"#put({number(x)}pt, {number(y)}pt, {align}, {turn}deg, {width})[{body}]")

    def svg(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}"><defs>{"".join(self.definitions)}</defs>'
            f'<rect width="{self.width}" height="{self.height}" fill="{self.paper}"/>{"".join(self.shapes)}</svg>'
        )

    def png(self) -> bytes:
        """Print the sheet, one pixel to the unit."""
        escaped = self.svg().replace("\\", "\\\\").replace('"', '\\"')
        source = _PAGE % {"width": self.width, "height": self.height, "svg": escaped, "words": "\n".join(self.words)}
        compiled: Any = typst.compile  # its signature is more than mypy can solve
        return bytes(compiled(source.encode(), format="png", ppi=72, font_paths=[str(FONTS)], ignore_system_fonts=True))


_PAGE = """
#set page(width: %(width)dpt, height: %(height)dpt, margin: 0pt)
#set text(fallback: false, hyphenate: false)
#let put(x, y, side, turn, width, body) = context {
  let size = measure(body)
  let ratio = if width == none { 100%% } else { width / size.width * 100%% }
  let drawn = scale(ratio, origin: top + left, body)
  let shift = if side == center { size.width * ratio / 2 } else if side == right { size.width * ratio } else { 0pt }
  place(top + left, dx: x, dy: y, rotate(turn, origin: top + left, place(top + left, dx: -shift, box(width: size.width, drawn))))
}
#place(top + left, image(bytes("%(svg)s"), width: %(width)dpt, height: %(height)dpt))
%(words)s
"""


def wave(x0: float, x1: float, y: float, height: float, length: float, *, phase: float = 0) -> list[Point]:
    """Return the points of a sine line from x0 to x1."""
    steps = int((x1 - x0) / 6) + 1
    return [
        (x, y + height * sin(2 * pi * (x / length) + phase))
        for x in (x0 + (x1 - x0) * step / steps for step in range(steps + 1))
    ]
