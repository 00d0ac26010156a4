"""Any program's drawing, read into shapes and words with absolute positions. Nothing in it is run or loaded.

Entities are refused, and so is what is too deep or too much; scripts, pictures and other files' contents are
never looked at.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from django.utils.translation import gettext
from fontTools.misc.transform import Transform

from theaters.seat_maps.geometry import Point, bounds
from theaters.seat_maps.problems import InvalidSeatMap, Problem
from theaters.seat_maps.svg.colors import Look, read_style_sheet
from theaters.seat_maps.svg.paths import read_length, read_numbers, read_path, read_transform

# 60,000 seats, each with its number, in groups. They take 150 MB while they are read.
MAX_ELEMENTS = 150_000
MAX_BYTES = 10 * 1024**2
MAX_DEPTH = 60
# How often `use` may lead on to another one.
MAX_USES = 8
MAX_WORD_LENGTH = 200
# The parts of a path are shapes by themselves if the whole is so much wider than they are.
_WIDER = 3
# Of most letters, and from their middle to the line they stand on, as shares of the size of the type.
_LETTER_WIDTH, _HALF_HEIGHT = 0.5, 0.35
_HEAD = 4000
_INKSCAPE = "{http://www.inkscape.org/namespaces/inkscape}"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_GROUPS = frozenset({"svg", "g", "a", "symbol", "switch"})
_DRAWN = frozenset({"circle", "ellipse", "rect", "path", "polygon", "polyline"})
# What drawing programs call things by themselves.
_AUTOMATIC_NAME = re.compile(
    r"(?:g|svg|path|rect|circle|ellipse|use|text|tspan|layer|ebene|calque|xmlid|group|shape|polygon|defs|_x30_|id)"
    r"[-_ ]?[\d_-]*\d?[\d_-]*|_?\d[\d_.-]*_?",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class Group:
    """A group that has a name; `key` tells groups of one name apart. `kind` is section, row, area, shape or ""."""

    key: int
    name: str
    kind: str = ""
    data: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mark:
    """A drawn shape. `points` are along its outline, `center` is the middle of its box."""

    kind: str
    center: Point
    width: float
    height: float
    points: list[Point]
    matrix: Transform
    size: tuple[float, float]
    color: str
    look: Look
    groups: tuple[Group, ...]
    data: dict[str, str]
    name: str


@dataclass(frozen=True)
class Word:
    """A text, and about where its middle is."""

    text: str
    center: Point
    size: float
    groups: tuple[Group, ...]
    data: dict[str, str]
    matrix: Transform
    start: Point
    look: Look


@dataclass
class Drawing:
    marks: list[Mark] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    # The groups with `data-section`.
    sections: list[Group] = field(default_factory=list)
    # The areas that it names itself, each with the groups around it and then its own.
    areas: list[tuple[Group, ...]] = field(default_factory=list)
    # Marks of categories in `defs`, from best to cheapest: name, color and attributes.
    categories: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    data: dict[str, str] = field(default_factory=dict)
    name: str = ""


def is_drawing(content: bytes) -> bool:
    """Return True for what looks like SVG, whatever its name says."""
    head = content[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--")) and b"<svg" in head


def read_drawing(content: bytes) -> Drawing:
    """Read an SVG file. Raises `InvalidSeatMap` if it is not one, or can't be read safely."""
    if len(content) > MAX_BYTES:
        raise _refusal("too-large", gettext("The drawing is larger than %d MB.") % (MAX_BYTES // 1024**2))
    root = _parse(content)
    if _tag(root) != "svg":
        raise _refusal("not-svg", gettext("This is not an SVG drawing."))
    return _Reader(root).read()


def _refusal(code: str, message: str, where: str = "") -> InvalidSeatMap:
    return InvalidSeatMap([Problem(code, message, where)])


def _parse(content: bytes) -> Any:
    """Return the root of an XML document within the limits."""
    depth = count = 0
    root = None
    try:
        for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=False):
            if event == "end":
                depth -= 1
                continue
            root = element if root is None else root
            depth, count = depth + 1, count + 1
            if depth > MAX_DEPTH:
                raise _refusal("too-deep", gettext("The drawing is nested more than %d levels deep.") % MAX_DEPTH)
            if count > MAX_ELEMENTS:
                raise _refusal("too-large", gettext("The drawing has more than %d elements.") % MAX_ELEMENTS)
    except ParseError as error:
        line, column = error.position
        where = gettext("line %(line)d, column %(column)d") % {"line": line, "column": column + 1}
        raise _refusal("not-xml", gettext("This is not a complete SVG drawing."), where) from error
    except DefusedXmlException as error:
        message = gettext("The drawing defines entities, which can be harmful. Save it as plain SVG, and try again.")
        raise _refusal("entities", message) from error
    except (ValueError, LookupError) as error:
        raise _refusal("not-xml", gettext("The drawing’s encoding is not known. Save it in UTF-8.")) from error
    return root


def _tag(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _data(element: Any) -> dict[str, str]:
    return {key[5:]: value for key, value in element.attrib.items() if key.startswith("data-")}


def _name(element: Any) -> str:
    """Return what a person called the element, "" if only its program did."""
    given = element.get(f"{_INKSCAPE}label") or element.get("id") or ""
    # Illustrator writes signs that an id can't have by their numbers.
    given = re.sub(r"_x([0-9A-F]{2,4})_", lambda match: chr(int(match[1], 16)), given)
    given = " ".join(given.replace("_", " ").split())
    return "" if _AUTOMATIC_NAME.fullmatch(given) else given[:80]


@dataclass(frozen=True)
class _Place:
    """What an element gets from those around it; `data` are the attributes of the `use` that led to it."""

    matrix: Transform = Transform()  # noqa: RUF009 (immutable)
    look: Look = field(default_factory=Look)
    groups: tuple[Group, ...] = ()
    data: dict[str, str] = field(default_factory=dict)
    uses: int = 0


class _Reader:
    def __init__(self, root: Any) -> None:
        self.root = root
        self.drawing = Drawing(data=_data(root), name=next((_text(one) for one in root if _tag(one) == "title"), ""))
        self.by_id = {element.get("id"): element for element in root.iter() if element.get("id")}
        styles = ("".join(one.itertext()) for one in root.iter() if _tag(one) == "style")
        self.sheet = read_style_sheet("\n".join(styles))
        self.keys = self.visits = 0

    def read(self) -> Drawing:
        for element in self.root.iter():
            if _tag(element) == "defs":
                for one in element.iter():
                    if name := one.get("data-category"):
                        color = Look().with_element(one, self.sheet).color
                        self.drawing.categories.append((name, color, _data(one)))
        self.walk(self.root, _Place())
        return self.drawing

    def walk(self, element: Any, place: _Place) -> None:
        """Read an element and all in it."""
        self.visits += 1
        if self.visits > 2 * MAX_ELEMENTS:
            raise _refusal("too-large", gettext("The drawing has more than %d elements.") % MAX_ELEMENTS)
        tag = _tag(element)
        look = place.look.with_element(element, self.sheet)
        if look.is_hidden or "data-words" in element.attrib or "data-ignore" in element.attrib:
            return
        matrix = place.matrix.transform(read_transform(element.get("transform")))
        if tag in ("svg", "symbol") and element is not self.root:
            matrix = matrix.transform(_view(element))
        place = replace(place, matrix=matrix, look=look)
        if tag in _GROUPS:
            place = place if place.uses else replace(place, groups=self.enter(element, place.groups))
            for child in element:
                # A symbol is only drawn where it is used.
                if _tag(child) != "symbol":
                    self.walk(child, place)
        elif tag == "use":
            self.follow(element, place)
        elif tag in _DRAWN:
            self.draw(element, tag, place)
        elif tag == "text":
            self.write(element, place)

    def enter(self, element: Any, groups: tuple[Group, ...]) -> tuple[Group, ...]:
        """Return the groups around what is in this one."""
        self.keys += 1
        found = [
            Group(self.keys, element.get(f"data-{kind}"), kind, _data(element))
            for kind in ("section", "row", "area", "shape")
            if f"data-{kind}" in element.attrib
        ]
        if not found and element is not self.root and (name := _name(element)):
            found.append(Group(self.keys, name))
        self.drawing.sections += [group for group in found if group.kind == "section"]
        if found and found[-1].kind in ("area", "shape"):
            self.drawing.areas.append((*groups, *found))
        return (*groups, *found)

    def follow(self, element: Any, place: _Place) -> None:
        """Read what a `use` leads to."""
        target = self.by_id.get((element.get("href") or element.get(_XLINK_HREF) or "").removeprefix("#"))
        if target is None or place.uses >= MAX_USES:
            return
        # What else a mark says is about its category.
        data = {**_data(target), "more": "", **_data(element)}
        if name := _name(element):
            data.setdefault("name", name)
        matrix = place.matrix.translate(read_length(element.get("x")), read_length(element.get("y")))
        if _tag(target) == "symbol":
            scale = _scale(element, read_numbers(target.get("viewBox")))
            matrix = matrix.scale(scale, scale)
        self.walk(target, replace(place, matrix=matrix, data=data, uses=place.uses + 1))

    def draw(self, element: Any, tag: str, place: _Place) -> None:
        own = {**_data(element), **place.data}
        title = next((_text(child) for child in element if _tag(child) == "title"), "")
        name = title or own.get("label", "") or own.get("name", "") or _name(element)
        kind, matrix, size, parts = _outline(element, tag, place.matrix)
        for part in parts:
            points = [matrix.transformPoint(point) for point in part]
            left, top, right, bottom = bounds(points)
            center = ((left + right) / 2, (top + bottom) / 2)
            if "seat" in place.data:
                # A mark that is used for many seats is drawn around its own zero.
                center = matrix.transformPoint((0, 0))
            self.add(
                Mark(
                    kind=kind, center=center, width=right - left, height=bottom - top, points=points, matrix=matrix,
                    size=size, color=place.look.color, look=Look(fill="").with_element(element, self.sheet),
                    groups=place.groups, data=own, name=name,
                )
            )  # fmt: skip

    def add(self, mark: Mark) -> None:
        self.drawing.marks.append(mark)
        if len(self.drawing.marks) > MAX_ELEMENTS:
            raise _refusal("too-large", gettext("The drawing has more than %d elements.") % MAX_ELEMENTS)

    def write(self, element: Any, place: _Place) -> None:
        """Read a text, or each of its lines that has a place of its own."""
        start = (_first(element.get("x")), _first(element.get("y")))
        placed = [child for child in element if _tag(child) == "tspan" and (child.get("x") or child.get("y"))]
        for piece in placed or [element]:
            words = _text(piece)
            look = place.look if piece is element else place.look.with_element(piece, self.sheet)
            at = (_first(piece.get("x"), start[0]), _first(piece.get("y"), start[1]))
            width = look.size * _LETTER_WIDTH * len(words)
            x = at[0] + {"middle": 0, "end": -width / 2}.get(look.anchor, width / 2)
            y = at[1] if element.get("dy") else at[1] - look.size * _HALF_HEIGHT
            a, b, c, d, _x, _y = place.matrix
            word = Word(
                text=words, center=place.matrix.transformPoint((x, y)), size=look.size * abs(a * d - b * c) ** 0.5,
                groups=place.groups, data=_data(element), matrix=place.matrix, start=at,
                look=Look().with_element(element, self.sheet),
            )  # fmt: skip
            if words:
                self.drawing.words.append(word)


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())[:MAX_WORD_LENGTH]


def _first(text: str | None, usual: float = 0) -> float:
    """Return the first of the lengths in a list."""
    return read_length((text or "").replace(",", " ").split(" ")[0], usual)


def _view(element: Any) -> Transform:
    """Return what a drawing within the drawing does to its content."""
    matrix = Transform().translate(read_length(element.get("x")), read_length(element.get("y")))
    view = read_numbers(element.get("viewBox"))
    scale = _scale(element, view)
    return matrix.scale(scale, scale).translate(-view[0], -view[1]) if len(view) == 4 else matrix  # noqa: PLR2004


def _scale(element: Any, view: list[float]) -> float:
    """Return how a view box of x, y, width and height is scaled to fit an element."""
    if len(view) != 4 or view[2] <= 0 or view[3] <= 0:  # noqa: PLR2004
        return 1
    width, height = read_length(element.get("width"), view[2]), read_length(element.get("height"), view[3])
    return min(width / view[2], height / view[3])


def _outline(
    element: Any, tag: str, matrix: Transform
) -> tuple[str, Transform, tuple[float, float], list[list[Point]]]:
    """Return a shape's kind, the matrix to its own corner or middle, its size, and points along each of its parts."""

    def length(name: str, usual: float = 0) -> float:
        return read_length(element.get(name), usual)

    match tag:
        case "rect":
            width, height = length("width"), length("height")
            corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
            parts = [corners] if width > 0 and height > 0 else []
            return "rectangle", matrix.translate(length("x"), length("y")), (width, height), parts
        case "circle" | "ellipse":
            rx = length("r") if tag == "circle" else length("rx")
            ry = rx if tag == "circle" else length("ry")
            parts = [_ellipse(rx, ry)] if rx > 0 and ry > 0 else []
            return tag, matrix.translate(length("cx"), length("cy")), (rx, ry), parts
        case "path":
            return "polygon", matrix, (0, 0), list(_apart(read_path(element.get("d"))))
    numbers = read_numbers(element.get("points"))
    points = list(zip(numbers[::2], numbers[1::2], strict=False))
    return "polygon", matrix, (0, 0), [points] if len(points) > 1 else []


# Points around a circle of the radius 1.
_CIRCLE = [
    (1.0, 0.0), (0.7071, 0.7071), (0.0, 1.0), (-0.7071, 0.7071), (-1.0, 0.0), (-0.7071, -0.7071), (0.0, -1.0),
    (0.7071, -0.7071),
]  # fmt: skip


def _ellipse(rx: float, ry: float) -> list[Point]:
    return [(x * rx, y * ry) for x, y in _CIRCLE]


def _apart(parts: list[list[Point]]) -> Iterator[list[Point]]:
    """Yield the parts of a path that are shapes by themselves: programs join many seats into one path."""
    parts = [part for part in parts if len(part) > 1]
    if not parts:
        return
    whole = [point for part in parts for point in part]

    def extent(points: list[Point]) -> float:
        left, top, right, bottom = bounds(points)
        return max(right - left, bottom - top)

    if len(parts) > 1 and extent(whole) > _WIDER * max(map(extent, parts)):
        yield from parts
    else:
        yield whole
