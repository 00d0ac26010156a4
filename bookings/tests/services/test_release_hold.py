"""Release a hold, by hand or because its time is over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from bookings.errors import WrongState
from bookings.models import Booking, Ticket
from bookings.seating.availability import read_availability
from bookings.services import release_hold as module
from bookings.services.cancel import cancel_tickets
from bookings.services.release_hold import free_lapsed_holds, release_hold
from events.models import Show
from testing.bookings import choose_standing, lapse, make_hold, make_paid
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, standing=5))


def states(booking: Booking) -> tuple[str, set[str]]:
    booking.refresh_from_db()
    return booking.state, set(booking.tickets.values_list("state", flat=True))


def test_it_releases_all_places(show: Show, customer, rival, django_capture_on_commit_callbacks):
    booking = make_hold(show, 0, 1, customer=customer, areas=choose_standing(show, 2))
    assert len(read_availability(show.pk).taken) == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert release_hold(booking=booking, by=customer).state == Booking.State.EXPIRED
    assert states(booking) == ("expired", {Ticket.State.RELEASED})
    assert read_availability(show.pk).taken == []
    assert show.areas.get().taken == 0
    make_hold(show, 0, 1, customer=rival)
    assert not AuditEntry.objects.exists()


def test_a_repeated_call_is_harmless(show: Show, customer, rival):
    booking = make_hold(show, 0, customer=customer, areas=choose_standing(show, 2))
    release_hold(booking=booking)
    make_hold(show, 0, customer=rival, areas=choose_standing(show, 1))
    release_hold(booking=booking)
    assert show.areas.get().taken == 1
    assert Ticket.objects.live().filter(show=show).count() == 2


def test_a_booking_that_was_paid_is_refused(show: Show, customer):
    booking = make_paid(show, 0, customer=customer)
    with pytest.raises(WrongState):
        release_hold(booking=booking)
    assert states(booking) == ("confirmed", {Ticket.State.ISSUED})
    cancel_tickets(booking=booking, by=customer)
    with pytest.raises(WrongState):
        release_hold(booking=booking)


def test_staff_who_release_a_hold_are_recorded(show: Show, customer, box_office):
    booking = make_hold(show, 0, customer=customer)
    release_hold(booking=booking, by=box_office)
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.action, entry.theater_id) == (box_office, "release hold", show.hall.theater_id)


def test_the_sweep_frees_only_lapsed_holds(show: Show, customer, monkeypatch):
    monkeypatch.setattr(module, "SWEEP_BATCH", 2)
    lapsed = [make_hold(show, seat, areas=choose_standing(show, 1)) for seat in range(3)]
    live, paid = make_hold(show, 3), make_paid(show, 4, customer=customer)
    for booking in lapsed:
        lapse(booking)
    Booking.objects.filter(pk=paid.pk).update(expires_at=paid.created_at)
    assert free_lapsed_holds() == 3
    for booking in lapsed:
        assert states(booking) == ("expired", {Ticket.State.RELEASED})
    assert states(live) == ("held", {Ticket.State.HELD})
    assert states(paid) == ("confirmed", {Ticket.State.ISSUED})
    assert show.areas.get().taken == 0
    assert free_lapsed_holds() == 0


def test_a_hold_lapses_to_the_second(show: Show):
    booking = make_hold(show, 0)
    assert booking.expires_at is not None
    assert free_lapsed_holds(now=booking.expires_at - timedelta(microseconds=1)) == 0
    assert free_lapsed_holds(now=booking.expires_at) == 1


def test_a_house_hold_without_end_never_lapses(show: Show):
    booking = make_hold(show, 0)
    Booking.objects.filter(pk=booking.pk).update(kind=Booking.Kind.HOUSE, expires_at=None)
    assert free_lapsed_holds(now=timezone.now() + timedelta(days=365)) == 0
