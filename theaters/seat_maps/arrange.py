"""Lay out seats that come without coordinates: straight or curved rows, with aisles, around tables.

The stage is at the top, rows follow downwards, and left and right are as the audience sees them on
the plan. Units are the plan's own; with the defaults a seat is about 20 wide.
"""

from collections.abc import Collection, Sequence
from math import ceil, cos, pi, sin
from string import ascii_uppercase
from typing import Any, Literal

from theaters.seat_maps.geometry import Point

SEAT_PITCH = 20.0
ROW_PITCH = 26.0
AISLE_WIDTH = 28.0
# A front row with a smaller radius has no room for its stage.
LEAST_RADIUS = 60.0
# A block's first seat is numbered 1, the next block's 101, then 201.
BLOCK_STEP = 100
Numbering = Literal[
    "left to right", "right to left", "odd left, even right", "even left, odd right", "hundreds by block"
]


def row_labels(count: int, *, start: str = "A", skip: str = "IO") -> list[str]:
    """Return A, B, C … Z, AA, AB …, without the letters that people mistake for digits; or 1, 2, 3 …

    Raises `ValueError` if `start` is neither a number nor letters from A to Z that aren't skipped.
    """
    first = _index_of(start, skip)
    return [_label_at(first + index, start, skip) for index in range(count)]


def row_labels_between(start: str, end: str, *, skip: str = "IO") -> list[str]:
    """Return the labels from `start` to `end`, downwards if `end` comes first. Raises as `row_labels` does."""
    skip = "".join(letter for letter in skip if letter not in {*start, *end})
    first, last = _index_of(start, skip), _index_of(end, skip)
    if start.isdecimal() != end.isdecimal():
        raise ValueError(f"not a row label after {start}: {end!r}")
    step = 1 if first <= last else -1
    return [_label_at(index, start, skip) for index in range(first, last + step, step)]


def _letters(skip: str) -> list[str]:
    return [letter for letter in ascii_uppercase if letter not in skip]


def _index_of(label: str, skip: str) -> int:
    if label.isascii() and label.isdecimal():
        return int(label)
    letters = _letters(skip)
    if not label or not set(label) <= set(letters):
        raise ValueError(f"not a row label: {label!r}")
    index = 0
    for letter in label:
        index = index * len(letters) + letters.index(letter) + 1
    return index


def _label_at(index: int, start: str, skip: str) -> str:
    if start.isdecimal():
        return str(index)
    letters = _letters(skip)
    label = ""
    while index:
        index, letter = divmod(index - 1, len(letters))
        label = letters[letter] + label
    return label


def seat_numbers(blocks: Sequence[int], numbering: Numbering) -> list[str]:
    """Number the seats of a row, given from left to right as blocks between aisles.

    Odd and even sides count outwards from the middle: … 5 3 1 | 2 4 6 …
    """
    count = sum(blocks)
    match numbering:
        case "left to right":
            return [str(number) for number in range(1, count + 1)]
        case "right to left":
            return [str(number) for number in range(count, 0, -1)]
        case "hundreds by block":
            return [
                str(BLOCK_STEP * block + number) for block, size in enumerate(blocks) for number in range(1, size + 1)
            ]
        case "odd left, even right":
            left, first_left, first_right = (count + 1) // 2, 1, 2
        case "even left, odd right":
            left, first_left, first_right = count // 2, 2, 1
    numbers = [first_left + 2 * step for step in range(left)][::-1]
    return [str(number) for number in numbers + [first_right + 2 * step for step in range(count - left)]]


def place_row(
    count: int,
    *,
    breaks: Collection[int] = (),
    radius: float | None = None,
    pitch: float = SEAT_PITCH,
    aisle_width: float = AISLE_WIDTH,
) -> list[Point]:
    """Place a row's seats around x = 0; an aisle comes after each seat in `breaks`.

    Straight rows lie on y = 0. Curved ones bend around a point `radius` above their middle.
    """
    along = _distances(count, breaks, pitch, aisle_width)
    middle = along[-1] / 2 if along else 0
    if not radius:
        return [(round(s - middle, 2), 0.0) for s in along]
    angles = [(s - middle) / radius for s in along]
    return [(round(radius * sin(angle), 2), round(radius * cos(angle) - radius, 2)) for angle in angles]


def _distances(count: int, breaks: Collection[int], pitch: float, aisle_width: float) -> list[float]:
    """Return how far each seat is from the first, along the row."""
    along = []
    at = 0.0
    for seat in range(count):
        along.append(at)
        at += pitch + (aisle_width if seat in breaks else 0)
    return along


def front_radius(blocks: Sequence[Sequence[int]], bend: float) -> float:
    """Return the front row's radius with which no row spans more than `bend`, in radians.

    `blocks` are as for `arrange_rows`.
    """
    radii = [
        ((sum(parts) - 1) * SEAT_PITCH + (len(parts) - 1) * AISLE_WIDTH) / bend - index * ROW_PITCH
        for index, parts in enumerate(blocks)
    ]
    return max([LEAST_RADIUS, *radii])


def place_long_table(count: int, *, pitch: float = SEAT_PITCH) -> list[Point]:
    """Place seats along both sides of a table across the plan, from its upper left around it."""
    above = ceil(count / 2)
    sides = [(above, -1, 1), (count - above, 1, -1)]
    return [
        (round(way * (seat - (size - 1) / 2) * pitch, 2), round(side * pitch * 0.9, 2))
        for size, side, way in sides
        for seat in range(size)
    ]


def place_table(count: int, *, pitch: float = SEAT_PITCH) -> list[Point]:
    """Place seats around a round table in the middle, the first at its upper left."""
    radius = max(pitch * 0.8, pitch * count / (2 * pi))
    angles = [2 * pi * (seat + 0.5) / count - pi for seat in range(count)]
    return [(round(radius * cos(angle), 2), round(radius * sin(angle), 2)) for angle in angles]


def arrange_rows(
    labels: Sequence[str],
    blocks: Sequence[Sequence[int]],
    *,
    category: str | Sequence[str],
    prefix: str = "",
    numbering: Numbering = "left to right",
    radius: float | None = None,
    pitch: float = SEAT_PITCH,
    row_pitch: float = ROW_PITCH,
    aisle_width: float = AISLE_WIDTH,
) -> list[dict[str, Any]]:
    """Build the rows of a zone, front row first, centered on the zone's position.

    `blocks` gives per row how many seats stand between its aisles, from left to right. `radius` is
    the front row's; each row further back bends with its own. `category` is one for all rows or one
    per row. Ids are made of `prefix`, row and number; without one they are left out.
    """
    categories = [category] * len(labels) if isinstance(category, str) else category
    rows = []
    for index, (label, parts, name) in enumerate(zip(labels, blocks, categories, strict=True)):
        ends = [sum(parts[: part + 1]) - 1 for part in range(len(parts) - 1)]
        own_radius = radius + index * row_pitch if radius else None
        points = place_row(sum(parts), breaks=ends, radius=own_radius, pitch=pitch, aisle_width=aisle_width)
        aisles = {*ends, *(end + 1 for end in ends)}
        seats: list[dict[str, Any]] = []
        for seat, (number, (x, y)) in enumerate(zip(seat_numbers(parts, numbering), points, strict=True)):
            seats.append(
                {
                    **({"seat_guid": f"{prefix}-{label}-{number}".lower()} if prefix else {}),
                    "seat_number": number,
                    "position": {"x": x, "y": y},
                    "category": name,
                }
            )
            if seat in aisles:
                seats[-1]["marquee"] = {"aisle": True}
        rows.append(
            {
                "row_number": label,
                "row_number_position": "both",
                "position": {"x": 0, "y": round(index * row_pitch, 2)},
                "seats": seats,
            }
        )
    return rows
