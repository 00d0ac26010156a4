"""Small maps of theaters, from the tiles of a server that a setting names."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from testing.builders import make_theater
from theaters.cities import Position
from theaters.models import Theater
from theaters.tile_map import COLUMNS, ROWS, TILE_PIXELS, draw_map

TILES = "https://tile.example.org/{z}/{x}/{y}.png"
SHIBUYA: Position = (35.6590699, 139.7006793)


@pytest.fixture(autouse=True)
def server(settings: Any) -> None:
    settings.MAP_TILES_URL = TILES


def test_a_place_is_on_its_tile_in_the_middle() -> None:
    drawn = draw_map([SHIBUYA])
    assert drawn is not None
    assert len(drawn.tiles) == COLUMNS * ROWS
    [(x, y)] = drawn.points
    tile = drawn.tiles[y // TILE_PIXELS * COLUMNS + x // TILE_PIXELS]
    # A quarter of a quarter of the tile 18/232798/103246.
    assert tile == "https://tile.example.org/16/58199/25811.png"
    assert TILE_PIXELS <= x <= (COLUMNS - 1) * TILE_PIXELS
    assert TILE_PIXELS <= y <= (ROWS - 1) * TILE_PIXELS


# There are no theaters nearer to the poles than those of Tromsø and Ushuaia.
POSITIONS = st.tuples(st.floats(-60, 70), st.floats(-180, 180))


@given(st.lists(POSITIONS, min_size=1, max_size=6))
def test_all_places_are_on_the_map(positions: list[Position]) -> None:
    drawn = draw_map(positions)
    assert drawn is not None
    for x, y in drawn.points:
        assert 0 <= x <= COLUMNS * TILE_PIXELS
        assert 0 <= y <= ROWS * TILE_PIXELS
    assert len(set(drawn.tiles)) == COLUMNS * ROWS


@pytest.mark.django_db
def test_pages_have_a_map_only_with_a_server_of_tiles(client: Client, settings: Any) -> None:
    theater = make_theater("Riverside")
    Theater.objects.filter(pk=theater.pk).update(latitude="48.21", longitude="16.37")
    for address in ("/theaters/?city=vienna", theater.get_absolute_url()):
        html = client.get(address).text
        assert html.count("https://tile.example.org/16/") == COLUMNS * ROWS
        assert "openstreetmap.org/copyright" in html
    settings.MAP_TILES_URL = ""
    client.get("/theaters/?city=all")
    assert draw_map([SHIBUYA]) is None
    assert "tile-map" not in client.get("/theaters/?city=all").text
