"""The database refuses what the services would never do."""

import pytest
from django.db import IntegrityError, transaction

from conftest import make_hall
from theaters.models import Seat, SeatMap


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
