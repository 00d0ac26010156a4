"""A small map of theaters, put together from the tiles of a server that `MAP_TILES_URL` names; without one, none.

Tiles are squares of the Web Mercator projection, as OpenStreetMap numbers them: `x` to the east, `y` to the south.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import asinh, floor, pi, radians, tan

from django.conf import settings

from theaters.cities import Position

COLUMNS, ROWS = 4, 3
TILE_PIXELS = 256
# A street with its neighbors; the whole world, but for its poles.
CLOSEST, FARTHEST = 16, 2
# Past these, the projection ends.
MOST_NORTHERN = 85.05


@dataclass(frozen=True, slots=True)
class TileMap:
    """The addresses of its tiles, row by row, and where its points are, in pixels from the top left corner."""

    tiles: tuple[str, ...]
    points: tuple[tuple[int, int], ...]


def draw_map(positions: Sequence[Position]) -> TileMap | None:
    """Return the closest map that shows all of these positions; None without any, or without a tile server."""
    if not positions or not settings.MAP_TILES_URL:
        return None
    for zoom in range(CLOSEST, FARTHEST - 1, -1):
        places = [_project(position, zoom) for position in positions]
        columns, rows = zip(*places, strict=True)
        left, is_wide_enough = _fit(columns, COLUMNS)
        top, is_high_enough = _fit(rows, ROWS)
        if (is_wide_enough and is_high_enough) or zoom == FARTHEST:
            break
    # The world goes on at its other end, but not above its upper one.
    side = 2**zoom
    top = min(max(top, 0), side - ROWS)
    tiles = [
        settings.MAP_TILES_URL.format(z=zoom, x=(left + column) % side, y=top + row)
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]
    points = [(round((x - left) * TILE_PIXELS), round((y - top) * TILE_PIXELS)) for x, y in places]
    return TileMap(tuple(tiles), tuple(points))


def _project(position: Position, zoom: int) -> tuple[float, float]:
    """Return where a position is, in tiles from the north-western end of the world."""
    latitude = radians(max(-MOST_NORTHERN, min(MOST_NORTHERN, position[0])))
    side = 2**zoom
    return (position[1] + 180) / 360 * side, (1 - asinh(tan(latitude)) / pi) / 2 * side


def _fit(places: Sequence[float], tiles: int) -> tuple[int, bool]:
    """Return the first of so many tiles that have these places in their middle, and whether all are on them."""
    middle = (min(places) + max(places)) / 2
    first = floor(middle - tiles / 2 + 0.5)
    return first, first <= min(places) and max(places) < first + tiles
