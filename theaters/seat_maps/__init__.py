"""Read, complete, check and write seat maps.

A seat map is an open seating-plan JSON document: categories, zones, their rows of seats, and
areas. The document itself is stored, with every key that it came with; `Layout` is a view of
it with absolute positions. What the open format lacks is under the key `marquee` (see
`docs/seat-maps.md`), which other programs ignore. A CSV file is read into such a document.
"""

from theaters.seat_maps.checks import check
from theaters.seat_maps.csv_format import parse_csv
from theaters.seat_maps.json_format import parse_json, to_json
from theaters.seat_maps.layout import Category, Layout, PlacedArea, PlacedSeat, read_layout
from theaters.seat_maps.problems import InvalidSeatMap, Problem
from theaters.seat_maps.write_csv import to_csv

__all__ = [
    "Category",
    "InvalidSeatMap",
    "Layout",
    "PlacedArea",
    "PlacedSeat",
    "Problem",
    "check",
    "parse_csv",
    "parse_json",
    "read_layout",
    "to_csv",
    "to_json",
]
