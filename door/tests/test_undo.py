"""An admission by mistake is taken back within a minute, by who made it."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from bookings.models import Ticket
from door.check_in import check_in
from door.models import CheckIn
from door.undo import TooLateToUndo, undo
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from theaters.models import StaffMembership, Theater

pytestmark = pytest.mark.django_db
Direction, Result = CheckIn.Direction, CheckIn.Result


@pytest.fixture
def ticket(theater: Theater) -> Ticket:
    show = make_show(hall=make_hall(theater=theater), in_hours=1)
    return make_paid(show, 0, email="asha@example.com").tickets.get()


def test_the_ticket_admits_again(ticket, door_staff):
    check_in(ticket_code=ticket.code, gate="", by=door_staff, key="one")
    for _time in range(2):
        assert undo(key="one", by=door_staff).result == Result.UNDONE
    assert not CheckIn.objects.turned_away().exists()
    assert check_in(ticket_code=ticket.code, gate="", by=door_staff, key="one").result == Result.UNDONE
    assert check_in(ticket_code=ticket.code, gate="", by=door_staff, key="two").passage == 1


def test_a_way_out_is_undone_too(ticket, door_staff):
    check_in(ticket_code=ticket.code, gate="", by=door_staff, key="in")
    check_in(ticket_code=ticket.code, gate="", by=door_staff, key="out", direction=Direction.OUT)
    with pytest.raises(TooLateToUndo):
        undo(key="in", by=door_staff)
    undo(key="out", by=door_staff)
    assert check_in(ticket_code=ticket.code, gate="", by=door_staff).result == Result.ALREADY_IN


def test_not_after_a_minute(ticket, door_staff):
    check_in(ticket_code=ticket.code, gate="", by=door_staff, key="one")
    with time_machine.travel(timezone.now() + timedelta(seconds=61)), pytest.raises(TooLateToUndo):
        undo(key="one", by=door_staff)
    assert CheckIn.objects.get().result == Result.ADMITTED


def test_a_refusal_is_not_undone(ticket, door_staff):
    for key in ("one", "two"):
        check_in(ticket_code=ticket.code, gate="", by=door_staff, key=key)
    with pytest.raises(TooLateToUndo):
        undo(key="two", by=door_staff)


def test_only_by_who_admitted_and_still_works_there(ticket, door_staff, manager):
    check_in(ticket_code=ticket.code, gate="", by=door_staff, key="one")
    with pytest.raises(PermissionDenied):
        undo(key="one", by=manager)
    StaffMembership.objects.filter(user=door_staff).delete()
    with pytest.raises(PermissionDenied):
        undo(key="one", by=door_staff)
    assert CheckIn.objects.get().result == Result.ADMITTED
