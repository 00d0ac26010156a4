"""The database refuses what the services would never do."""

import pytest
from django.db import IntegrityError, transaction

from testing.builders import make_hall
from theaters.models import Area, Seat, SeatCategory, SeatMap


@pytest.mark.django_db
def test_a_published_map_never_changes():
    seat_map = make_hall().seat_maps.get()
    seat = seat_map.seats.first()
    refused = [
        lambda: Seat.objects.filter(pk=seat.pk).update(number="99"),
        lambda: Seat.objects.filter(pk=seat.pk).delete(),
        lambda: seat_map.categories.update(name="Balcony"),
        lambda: SeatMap.objects.filter(pk=seat_map.pk).update(layout={"name": "other"}),
        lambda: SeatMap.objects.filter(pk=seat_map.pk).update(state=SeatMap.State.DRAFT),
        lambda: seat_map.seats.create(guid="new", number="9", category=seat.category, x=0, y=0, run=9, position=1),
    ]
    for write in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    seat_map.refresh_from_db()
    assert seat_map.seats.count() == 8
    assert seat_map.state == SeatMap.State.PUBLISHED


@pytest.mark.django_db
def test_a_seat_is_unique_on_its_map():
    hall = make_hall()
    draft = SeatMap.objects.create(hall=hall, version=2)
    category = SeatCategory.objects.create(seat_map=draft, name="I", color="#112233", rank=1)
    fields = {"seat_map": draft, "number": "1", "category": category, "x": 0, "y": 0}
    Seat.objects.create(guid="a", run=1, position=1, **fields)
    Area.objects.create(seat_map=draft, guid="a", name="Pit", capacity=5, category=category)
    refused = [
        lambda: Seat.objects.create(guid="a", run=1, position=2, **fields),
        lambda: Seat.objects.create(guid="b", run=1, position=1, **fields),
        lambda: Area.objects.create(seat_map=draft, guid="a", name="Ring", capacity=5, category=category),
        lambda: SeatCategory.objects.create(seat_map=draft, name="I", color="#445566", rank=2),
        lambda: SeatMap.objects.create(hall=hall, version=2),
    ]
    for write in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    assert draft.seats.count() == draft.areas.count() == draft.categories.count() == 1


@pytest.mark.django_db
def test_a_retired_map_stays_retired_and_is_not_deleted():
    seat_map = make_hall().seat_maps.get()
    SeatMap.objects.filter(pk=seat_map.pk).update(state=SeatMap.State.RETIRED)
    refused = [
        lambda: SeatMap.objects.filter(pk=seat_map.pk).update(state=SeatMap.State.PUBLISHED),
        lambda: SeatMap.objects.filter(pk=seat_map.pk).update(state=SeatMap.State.DRAFT),
        lambda: SeatMap.objects.filter(pk=seat_map.pk).update(capacity=1),
        lambda: SeatMap.objects.filter(pk=seat_map.pk)._raw_delete("default"),
        lambda: Seat.objects.filter(seat_map=seat_map)._raw_delete("default"),
        lambda: seat_map.areas.create(guid="x", name="x", capacity=1, category=seat_map.categories.get()),
    ]
    for write in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    seat_map.refresh_from_db()
    assert (seat_map.state, seat_map.capacity, seat_map.seats.count()) == (SeatMap.State.RETIRED, 8, 8)
