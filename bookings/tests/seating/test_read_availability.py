"""What the seat map page learns about free places."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.db import transaction
from django.utils import timezone

from bookings.models import Booking, Ticket
from bookings.seating.availability import forget_availability, read_availability
from events.models import Show, ShowArea
from testing.builders import make_hall, make_show

pytestmark = pytest.mark.django_db


def make_booking(show: Show, *, state: str = Booking.State.CONFIRMED, minutes: int = 10, **fields: object) -> Booking:
    now = timezone.now()
    return Booking.objects.create(
        theater=show.hall.theater,
        state=state,
        currency="EUR",
        total=0,
        expires_at=now + timedelta(minutes=minutes),
        confirmed_at=now if state == Booking.State.CONFIRMED else None,
        **fields,
    )


def add_ticket(show: Show, booking: Booking, *, seat=None, area=None, state: str = "") -> Ticket:
    held = booking.state == Booking.State.HELD
    return Ticket.objects.create(
        booking=booking,
        show=show,
        seat=seat,
        area=area,
        category=(seat or area).category,
        ticket_type=booking.theater.ticket_types.get(),
        price=Decimal(20),
        amount=Decimal(20),
        state=state or (Ticket.State.HELD if held else Ticket.State.ISSUED),
    )


def test_held_and_issued_seats_are_taken():
    show = make_show()
    held, issued, canceled, released, _free, *_rest = show.seat_map.seats.all()
    add_ticket(show, make_booking(show, state="held"), seat=held)
    add_ticket(show, make_booking(show), seat=issued)
    add_ticket(show, make_booking(show), seat=canceled, state="canceled")
    add_ticket(show, make_booking(show, state="expired"), seat=released, state="released")
    later = make_show(hall=show.hall, in_hours=99)
    add_ticket(later, make_booking(later), seat=_free)

    assert read_availability(show.pk).taken == sorted([held.pk, issued.pk])


def test_a_lapsed_hold_takes_nothing():
    show = make_show(hall=make_hall(standing=50))
    seat, area = show.seat_map.seats.first(), show.seat_map.areas.get()
    lapsed = make_booking(show, state="held", minutes=-1)
    add_ticket(show, lapsed, seat=seat)
    add_ticket(show, lapsed, area=area)
    add_ticket(show, make_booking(show, state="held"), area=area)
    ShowArea.objects.filter(show=show).update(taken=2)

    found = read_availability(show.pk)

    assert found.taken == []
    assert found.areas == {area.pk: 49}


def test_a_house_hold_without_end_is_taken():
    show = make_show()
    booking = make_booking(show, state="held", kind=Booking.Kind.HOUSE)
    Booking.objects.filter(pk=booking.pk).update(expires_at=None)
    seat = show.seat_map.seats.first()
    add_ticket(show, booking, seat=seat)

    assert read_availability(show.pk).taken == [seat.pk]


def test_the_version_follows_the_content():
    show = make_show(hall=make_hall(standing=50))
    first = read_availability(show.pk)
    forget_availability(show.pk)
    assert read_availability(show.pk) == first

    ShowArea.objects.filter(show=show).update(taken=1)
    forget_availability(show.pk)
    second = read_availability(show.pk)
    add_ticket(show, make_booking(show), seat=show.seat_map.seats.first())
    forget_availability(show.pk)
    assert len({first.version, second.version, read_availability(show.pk).version}) == 3


def test_one_statement_cold_and_none_warm(django_assert_num_queries):
    show = make_show(hall=make_hall(rows=5, seats=20, standing=50))
    booking = make_booking(show)
    for seat in show.seat_map.seats.all()[:30]:
        add_ticket(show, booking, seat=seat)
    with django_assert_num_queries(1):
        cold = read_availability(show.pk)
    with django_assert_num_queries(0):
        assert read_availability(show.pk) == cold


@pytest.mark.django_db(transaction=True)
def test_it_is_forgotten_on_commit():
    show = make_show()
    seat = show.seat_map.seats.first()
    read_availability(show.pk)
    with transaction.atomic():
        transaction.on_commit(lambda: forget_availability(show.pk))
        add_ticket(show, make_booking(show), seat=seat)
        assert read_availability(show.pk).taken == []
    assert read_availability(show.pk).taken == [seat.pk]


def test_it_is_never_older_than_the_limit(settings):
    settings.PAGES_STALE_SECONDS = 0
    show = make_show()
    read_availability(show.pk)
    assert caches["pages"].get(f"availability-version:{show.pk}") is None
