"""Finds the side of the seats where the stage is, and thus the front rows and the best seats.

A plan may name it (`stage` under its key `marquee`), the publisher may set it; otherwise it is
where a shape is labeled as a stage or screen. Failing all that, it is at the top, as the
open format has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from theaters.seat_maps.complete import extension_of
from theaters.seat_maps.drawing import SeatPoint, Shape, corners, read_shapes

# Labels of a drawn stage or screen, in the languages of plans we have seen.
STAGE_WORDS = frozenset(
    word
    for words in (
        "stage|screen|main stage|bühne|leinwand|scene|scène|la scène|écran|escenario|pantalla|palco|tela|palcoscenico",
        "schermo|podium|toneel|doek|scen|scena|ekran|jeviště|plátno|színpad|сцена|экран|σκηνή|οθόνη|sahne|perde|במה",
        "מסך|المسرح|الشاشة|صحنه|मंच|पर्दा|เวที|จอ|舞台|舞臺|銀幕|银幕|ステージ|スクリーン|무대|스크린",
    )
    for word in words.split("|")
)


class Side(StrEnum):
    TOP = "top"
    BOTTOM = "bottom"
    LEFT = "left"
    RIGHT = "right"

    def turn(self, x: float, y: float) -> tuple[float, float]:
        """Turn a point of the plan so that the stage is at the top."""
        match self:
            case Side.TOP:
                return x, y
            case Side.BOTTOM:
                return -x, -y
            case Side.LEFT:
                return -y, x
            case Side.RIGHT:
                return y, -x

    def turn_back(self, x: float, y: float) -> tuple[float, float]:
        """Undo `turn`."""
        match self:
            case Side.TOP:
                return x, y
            case Side.BOTTOM:
                return -x, -y
            case Side.LEFT:
                return y, -x
            case Side.RIGHT:
                return -y, x


def find_stage(document: dict[str, Any], seats: Sequence[SeatPoint]) -> Side:
    """Return where the stage of a plan is."""
    said = extension_of(document).get("stage")
    if said in list(Side):
        return Side(said)
    stage = find_drawn_stage(document)
    return nearest_side(stage, seats) if seats and stage else Side.TOP


def find_drawn_stage(document: dict[str, Any]) -> Shape | None:
    """Return the shape that a plan draws as its stage or screen, if there is one."""
    shapes = (one.shape for one in read_shapes(document) if not one.is_for_sale)
    return next((shape for shape in shapes if _words(shape) in STAGE_WORDS), None)


def draw_stage(box: Sequence[float], side: Side, pitch: float) -> Shape:
    """Return a stage in front of the first row, for a plan that draws none; `box` is the frame around the seats.

    Its position is the middle of its front edge, `half` is half that edge's length. Unrotated, it is above.
    """
    left, top, width, height = box
    half = min((width if side in (Side.TOP, Side.BOTTOM) else height) * 0.36, pitch * 14)
    # How far the curve of its back edge reaches.
    depth, gap = pitch * 2.45, pitch * 0.2
    x, y = left + width / 2, top + height / 2
    match side:
        case Side.TOP:
            y, turn, reach = top + gap, 0, (0, -1)
        case Side.BOTTOM:
            y, turn, reach = top + height - gap, 180, (0, 1)
        case Side.LEFT:
            x, turn, reach = left + gap, -90, (-1, 0)
        case Side.RIGHT:
            x, turn, reach = left + width - gap, 90, (1, 0)
    across = (abs(reach[1]), abs(reach[0]))
    far = [x + reach[0] * depth, y + reach[1] * depth]
    ends = [[x + way * across[0] * half, y + way * across[1] * half] for way in (-1, 1)]
    return {
        "kind": "stage",
        "x": round(x, 2),
        "y": round(y, 2),
        "rotation": turn,
        "half": round(half, 2),
        "corners": [[round(value, 2) for value in point] for point in (*ends, far)],
    }


def set_stage(document: dict[str, Any], side: Side) -> None:
    """Record in the document where its stage is."""
    document["marquee"] = {**extension_of(document), "stage": side.value}


def _words(shape: Shape) -> str:
    return " ".join(str(shape.get("text", {}).get("text", "")).casefold().split())


def nearest_side(shape: Shape, seats: Sequence[SeatPoint]) -> Side:
    """Return the side of the seats on which a shape lies."""
    points = list(corners(shape))
    x = sum(point[0] for point in points) / len(points)
    y = sum(point[1] for point in points) / len(points)
    xs, ys = [seat.x for seat in seats], [seat.y for seat in seats]
    beyond = {
        Side.TOP: min(ys) - y,
        Side.BOTTOM: y - max(ys),
        Side.LEFT: min(xs) - x,
        Side.RIGHT: x - max(xs),
    }
    return max(beyond, key=lambda side: beyond[side])
