"""Seat maps as SVG: written so that they can be read back, and read from any program's drawing."""

from theaters.seat_maps.svg.choices import Choices, ColorChoice, RowNames
from theaters.seat_maps.svg.read import Drawing, is_drawing, read_drawing
from theaters.seat_maps.svg.understand import Understood, describe, suggest_choices, understand
from theaters.seat_maps.svg.write import to_svg

__all__ = [
    "Choices",
    "ColorChoice",
    "Drawing",
    "RowNames",
    "Understood",
    "describe",
    "is_drawing",
    "read_drawing",
    "suggest_choices",
    "to_svg",
    "understand",
]
