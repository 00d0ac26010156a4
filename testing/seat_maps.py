"""Halls from lists of seats, for tests that need more than straight rows of one category."""

from accounts.models import User
from testing.builders import make_theater
from theaters.models import Hall, SeatMap, Theater
from theaters.seat_maps.parse_file import parse_file
from theaters.seat_maps.publish import import_layout, publish_seat_map


def import_seat_map(*, hall: Hall, file_name: str, content: bytes, by: User | None) -> SeatMap:
    """Make a file the hall's draft, as an upload does once its checks have passed."""
    return import_layout(hall=hall, layout=parse_file(file_name, content), file_name=file_name, by=by)


def make_listed_hall(text: str, *, theater: Theater | None = None, name: str = "Listed") -> Hall:
    """Make a hall from CSV: section, row, number, category, and optionally x, y and flags."""
    hall = Hall.objects.create(theater=theater or make_theater(), name=name)
    publish_version(hall, text)
    return hall


def publish_version(hall: Hall, text: str, by: User | None = None) -> SeatMap:
    """Publish the next version of a hall's map from CSV."""
    draft = import_seat_map(hall=hall, file_name="hall.csv", content=text.encode(), by=by)
    return publish_seat_map(seat_map=draft, by=by)
