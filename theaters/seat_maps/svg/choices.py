"""What a person may correct about how a drawing is understood, and what is supposed at first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import log
from statistics import fmean, median

from theaters.seat_maps.stage import Side
from theaters.seat_maps.svg.read import Drawing, Mark

# A seat is at most so much longer than wide.
MAX_STRETCH = 2.2
# Sizes that differ by less count as one.
_SAME_SIZE = 1.25
# More are not categories of seats but a picture.
MAX_COLORS = 12
_SMALLER, _LARGER = 0.6, 1.6


class RowNames(StrEnum):
    LETTERS = "letters"
    NUMBERS = "numbers"


@dataclass(frozen=True)
class ColorChoice:
    """Whether shapes of a color are seats, and of which category."""

    name: str
    is_seats: bool = True


@dataclass(frozen=True)
class Choices:
    """`smallest` and `largest` are the sizes of seats in the drawing's units; `layers` those that are left out."""

    smallest: float
    largest: float
    colors: Mapping[str, ColorChoice]
    left_out: frozenset[str] = frozenset()
    row_names: RowNames = RowNames.LETTERS
    is_from_right: bool = False
    stage: Side = Side.TOP


def is_marked(mark: Mark) -> bool:
    """Return True if the drawing itself says that this is a seat."""
    return bool({"seat", "number"} & mark.data.keys())


def layer_of(mark: Mark) -> str:
    return mark.groups[0].name if mark.groups and not mark.groups[0].kind else ""


def size_of(mark: Mark) -> float:
    return max(mark.width, mark.height)


def may_be_seat(mark: Mark) -> bool:
    """Return True for a small shape that is about as wide as high, and not an area's outline."""
    if any(group.kind in ("area", "shape") for group in mark.groups) or "capacity" in mark.data:
        return False
    shorter, longer = sorted((mark.width, mark.height))
    return longer > 0 and shorter * MAX_STRETCH >= longer


def usual_size(drawing: Drawing) -> float:
    """Return the size that most small shapes have; 0 if there are none."""
    marked = [size_of(mark) for mark in drawing.marks if is_marked(mark)]
    if marked:
        return median(marked)
    sizes = [size_of(mark) for mark in drawing.marks if may_be_seat(mark)]
    steps = Counter(round(log(size) / log(_SAME_SIZE)) for size in sizes)
    if not steps:
        return 0
    ((step, _count),) = steps.most_common(1)
    return median(size for size in sizes if round(log(size) / log(_SAME_SIZE)) == step)


def seat_marks(drawing: Drawing, choices: Choices) -> list[Mark]:
    """Return the shapes that are seats: those that say so, or else those of the chosen sizes, colors and layers."""
    marked = [mark for mark in drawing.marks if is_marked(mark)]
    if marked:
        return marked
    return [
        mark
        for mark in drawing.marks
        if may_be_seat(mark)
        and choices.smallest <= size_of(mark) <= choices.largest
        and layer_of(mark) not in choices.left_out
        and mark.color in choices.colors
        and choices.colors[mark.color].is_seats
    ]


def suggest(drawing: Drawing, name_category: str) -> Choices:
    """Return what is supposed of a drawing; `name_category` has a place for a number."""
    size = usual_size(drawing)
    smallest, largest = round(size * _SMALLER, 4), round(size * _LARGER, 4)
    fitting: dict[str, list[float]] = defaultdict(list)
    others: Counter[str] = Counter()
    for mark in drawing.marks:
        if not mark.color or not may_be_seat(mark):
            continue
        if smallest <= size_of(mark) <= largest:
            fitting[mark.color].append(mark.center[1])
        else:
            others[mark.color] += 1
    # From the top to the bottom of the picture, then by number.
    colors = [*sorted(fitting, key=lambda color: fmean(fitting[color])), *(color for color, _n in others.most_common())]
    names = {color: name for name, color, _data in drawing.categories}
    stage = drawing.data.get("stage", "")
    return Choices(
        smallest=smallest,
        largest=largest,
        colors={
            color: ColorChoice(names.get(color, name_category % number), is_seats=color in fitting)
            for number, color in enumerate(list(dict.fromkeys(colors))[:MAX_COLORS], start=1)
        },
        stage=Side(stage) if stage in list(Side) else Side.TOP,
    )
