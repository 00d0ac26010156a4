"""What a room is like: its stage and its parts, from the stage to the rear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from theaters.seat_maps.arrange import Numbering

# Larger halls are uploaded as a file: their maps are made of many unlike blocks.
MAX_GENERATED_SEATS = 20_000
# Degrees. With more, the ends of a row would be behind the stage.
MAX_BEND = 180.0

Front = Literal["stage", "screen", "none"]
# Where a part is: behind the one before it, on its left or right, or turned to a stage in the middle from its left,
# its right or beyond it. The first part is in front of the stage.
Place = Literal["behind", "left", "right", "stage left", "stage right", "beyond"]


class ImpossibleRoom(ValueError):
    """A part of a room that can't be drawn; `field` names what is wrong with it."""

    def __init__(self, part: int, field: str, message: str) -> None:
        self.part, self.field, self.message = part, field, message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Row:
    """`blocks` are the seats between aisles, from left to right."""

    label: str
    blocks: Sequence[int]
    category: str

    @property
    def seat_count(self) -> int:
        return sum(self.blocks)


def widen(blocks: Sequence[int], seats: int) -> list[int]:
    """Return a row's blocks with so many seats more, or fewer, shared by its outer blocks.

    Raises `ValueError` if a block would be left without a seat.
    """
    wider = list(blocks)
    left = (seats + 1) // 2 if len(wider) > 1 else 0
    wider[0] += left
    wider[-1] += seats - left
    if min(wider) < 1:
        raise ValueError(f"no seats left in {wider}")
    return wider


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of seats, front row first.

    `bend` is the angle in degrees that the widest row spans around the stage; 0 makes straight rows.
    Wheelchair places are named by their row and number; the seat beside each becomes a companion's.
    """

    name: str = ""
    rows: Sequence[Row]
    numbering: Numbering = "left to right"
    bend: float = 0
    wheelchair_places: Sequence[tuple[str, str]] = ()
    place: Place = "behind"

    @property
    def seat_count(self) -> int:
        return sum(row.seat_count for row in self.rows)

    @property
    def categories(self) -> list[str]:
        return [row.category for row in self.rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class _OneCategory:
    name: str = ""
    category: str
    place: Place = "behind"

    @property
    def categories(self) -> list[str]:
        return [self.category]


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes(_OneCategory):
    """Boxes around the parts before them: odd numbers on the left, even ones on the right.

    They stand along both sides, or, with a `bend`, on an arc behind that spans so many degrees.
    """

    count: int
    seats: int
    bend: float = 0

    @property
    def seat_count(self) -> int:
        return self.count * self.seats


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables(_OneCategory):
    """Tables in lines, numbered from the left; each has `seats` around it."""

    count: int
    seats: int
    per_line: int
    shape: Literal["round", "long"] = "round"

    @property
    def seat_count(self) -> int:
        return self.count * self.seats


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(_OneCategory):
    """Standing or unreserved space for `capacity` people."""

    capacity: int

    @property
    def seat_count(self) -> int:
        return 0


Part = Rows | Boxes | Tables | Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    name: str = ""
    parts: Sequence[Part]
    front: Front = "stage"
    # What customers read on the stage or screen.
    front_label: str = "Stage"
    # Categories by rank, the best first; those that it leaves out follow as the parts and rows name them.
    ranking: Sequence[str] = ()

    @property
    def seat_count(self) -> int:
        return sum(part.seat_count for part in self.parts)

    @property
    def categories(self) -> list[str]:
        """The names of the categories, the best first."""
        used = list(dict.fromkeys(name for part in self.parts for name in part.categories))
        return list(dict.fromkeys([*(name for name in self.ranking if name in used), *used]))
