"""Seat maps as SVG: written so that they can be read back, and read from any program's drawing."""

from theaters.seat_maps.svg.write import to_svg

__all__ = ["to_svg"]
