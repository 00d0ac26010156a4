"""Halls from lists of seats, for tests that need more than straight rows of one category."""

from testing.builders import make_theater
from theaters.models import Hall, Theater
from theaters.seat_maps.publish import import_seat_map, publish_seat_map


def make_listed_hall(text: str, *, theater: Theater | None = None, name: str = "Listed") -> Hall:
    """Make a hall from CSV: section, row, number, category, and optionally x, y and flags."""
    hall = Hall.objects.create(theater=theater or make_theater(), name=name)
    seat_map = import_seat_map(hall=hall, file_name="hall.csv", content=text.encode(), by=None)
    publish_seat_map(seat_map=seat_map, by=None)
    return hall
