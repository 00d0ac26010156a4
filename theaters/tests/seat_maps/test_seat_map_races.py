"""Two people changing one hall's seat map at the same moment."""

import pytest

from accounts.models import AuditEntry
from testing.bookings import race
from testing.builders import make_theater
from testing.seat_maps import import_seat_map
from theaters.models import Hall, Seat, SeatMap
from theaters.seat_maps.publish import publish_seat_map

HEAD = "section,row,number,category\n"

pytestmark = pytest.mark.django_db(transaction=True)


def upload(hall: Hall, seats: int) -> SeatMap:
    content = (HEAD + "".join(f"Stalls,A,{number},I\n" for number in range(1, seats + 1))).encode()
    return import_seat_map(hall=hall, file_name=f"{seats}.csv", content=content, by=None)


def test_two_uploads_leave_one_draft():
    hall = Hall.objects.create(theater=make_theater(), name="Main")
    drafts = race(lambda: upload(hall, 3), lambda: upload(hall, 4))
    assert len({draft.pk for draft in drafts}) == 1
    assert SeatMap.objects.get().layout["name"] in ("3", "4")


def test_publishing_twice_makes_the_seats_once():
    draft = upload(Hall.objects.create(theater=make_theater(), name="Main"), 5)
    maps = race(*[lambda: publish_seat_map(seat_map=draft, by=None)] * 3)
    assert [seat_map.state for seat_map in maps] == [SeatMap.State.PUBLISHED] * 3
    assert Seat.objects.count() == 5
    assert AuditEntry.objects.filter(action="publish seat map").count() == 1


def test_an_upload_during_publishing_is_the_draft_before_or_the_next_version():
    hall = Hall.objects.create(theater=make_theater(), name="Main")
    draft = upload(hall, 5)
    published, uploaded = race(lambda: publish_seat_map(seat_map=draft, by=None), lambda: upload(hall, 7))
    assert published.state == SeatMap.State.PUBLISHED
    seats = sum(len(row["seats"]) for row in published.layout["zones"][0]["rows"])
    assert Seat.objects.filter(seat_map=published).count() == published.capacity == seats
    assert uploaded.version == (1 if seats == 7 else 2)
