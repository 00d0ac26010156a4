"""Devices without a network report late: the first scan by time is the entry, in any order of reports."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from bookings.models import Ticket
from bookings.tickets.codes import sign
from door.check_in import check_in, find_entry
from door.models import CheckIn
from door.undo import undo
from testing.bookings import make_paid, race
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db
Direction, Reason, Result = CheckIn.Direction, CheckIn.Reason, CheckIn.Result


@pytest.fixture
def ticket(theater: Theater) -> Ticket:
    show = make_show(hall=make_hall(theater=theater), in_hours=1)
    return make_paid(show, 0, email="asha@example.com").tickets.select_related("show").get()


@pytest.fixture
def opens_at(ticket: Ticket):
    with time_machine.travel(ticket.show.starts_at):
        yield ticket.show.admits_from


@pytest.fixture
def report(ticket: Ticket, opens_at: datetime, door_staff):
    """Report that the ticket was let through so many minutes after the doors opened."""

    def send(minutes: int, direction: str = Direction.IN, **fields):
        scanned_at = opens_at + timedelta(minutes=minutes)
        fields = {"gate": "North", "by": door_staff, **fields}
        return check_in(qr=sign(ticket), direction=direction, scanned_at=scanned_at, **fields)

    return send


def story(ticket: Ticket) -> list[tuple[str, str, int | None, bool]]:
    rows = ticket.check_ins.order_by("at", "pk")
    return [(row.direction, row.reason or row.result, row.passage, row.is_conflict) for row in rows]


def test_of_two_devices_the_first_by_time_has_the_entry(ticket, report, box_office):
    later = report(9, key="later")
    assert later.result == Result.ADMITTED
    earlier = report(2, gate="South", by=box_office)
    assert (earlier.result, earlier.passage, earlier.is_conflict) == (Result.ADMITTED, 1, False)
    later.refresh_from_db()
    assert (later.result, later.is_conflict) == (Result.ALREADY_IN, True)
    online = check_in(qr=sign(ticket), gate="East", by=box_office)
    assert (online.result, online.is_conflict) == (Result.ALREADY_IN, False)
    # Sent again after a lost answer.
    assert report(9, key="later").pk == later.pk
    assert find_entry(ticket) == earlier
    assert list(CheckIn.objects.conflicts()) == [later]
    assert list(CheckIn.objects.turned_away()) == [online]


def test_an_entry_that_we_admitted_ourselves_gives_way_to_an_earlier_one(ticket, report, box_office):
    online = check_in(qr=sign(ticket), gate="South", by=box_office)
    assert report(2).result == Result.ADMITTED
    online.refresh_from_db()
    assert (online.result, online.is_conflict) == (Result.ALREADY_IN, True)
    assert online.received_at >= online.at


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1), (1, 0, 2), (0, 2, 1)])
def test_in_whatever_order_reports_come_the_story_is_the_same(order, ticket, report):
    scans = [(1, Direction.IN), (2, Direction.OUT), (3, Direction.IN)]
    for number in order:
        report(*scans[number])
    assert story(ticket) == [
        ("in", "admitted", 1, False),
        ("out", "admitted", 2, False),
        ("in", "admitted", 3, False),
    ]


def test_a_house_that_lets_no_one_in_again(ticket, report, theater):
    Theater.objects.filter(pk=theater.pk).update(allows_reentry=False)
    for scan in ((3, Direction.IN), (2, Direction.OUT), (1, Direction.IN)):
        report(*scan)
    assert story(ticket) == [
        ("in", "admitted", 1, False),
        ("out", "admitted", 2, False),
        ("in", "no_reentry", None, True),
    ]


def test_who_was_admitted_all_the_same_stays_admitted(ticket, report, manager):
    report(2)
    report(5, by=manager, note="Press")
    report(1, gate="South")
    assert story(ticket) == [
        ("in", "admitted", 1, False),
        ("in", "already_in", None, True),
        ("in", "admitted", 3, False),
    ]


def test_why_someone_was_admitted_all_the_same_may_be_told_before_what_it_overrules(ticket, report, manager):
    report(5, by=manager, note="Press")
    report(2)
    assert story(ticket) == [("in", "admitted", 1, False), ("in", "admitted", 3, False)]
    assert CheckIn.objects.get(passage=3).note == "Press"


def test_a_scan_that_was_refused_without_a_network_takes_no_part(ticket, report):
    away = report(5, refused_as=(Result.ALREADY_IN, ""))
    assert (away.result, away.is_conflict, away.passage) == (Result.ALREADY_IN, False, None)
    report(2)
    assert story(ticket) == [("in", "admitted", 1, False), ("in", "already_in", None, False)]
    assert list(CheckIn.objects.turned_away()) == [away]


def test_what_the_device_did_counts_if_our_answer_was_lost(ticket, report, opens_at, door_staff, box_office):
    check_in(qr=sign(ticket), gate="South", by=box_office)
    lost = check_in(qr=sign(ticket), gate="North", by=door_staff, key="lost")
    assert (lost.result, lost.is_conflict) == (Result.ALREADY_IN, False)
    for _time in range(2):
        found = report(60, key="lost", clock_error=-150)
        assert (found.pk, found.result, found.is_conflict) == (lost.pk, Result.ALREADY_IN, True)
        assert found.clock_error == -150


def test_who_was_sent_away_is_not_in_though_our_lost_answer_admitted(ticket, report, door_staff):
    lost = check_in(qr=sign(ticket), gate="North", by=door_staff, key="lost")
    found = report(60, key="lost", refused_as=(Result.NOT_VALID, Reason.TOO_EARLY))
    assert (found.pk, found.result, found.passage) == (lost.pk, Result.UNDONE, None)
    assert find_entry(ticket) is None


def test_an_undone_entry_makes_room_for_the_other_device(ticket, report, opens_at):
    report(2, key="mistake")
    report(3, gate="South")
    with time_machine.travel(opens_at + timedelta(minutes=2, seconds=30)):
        undo(key="mistake", by=CheckIn.objects.get(key="mistake").by)
    assert story(ticket) == [("in", "undone", None, False), ("in", "admitted", 1, False)]


def test_an_admission_is_never_a_conflict(ticket):
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckIn.objects.create(ticket=ticket, result=Result.ADMITTED, passage=1, is_conflict=True)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_reports_at_the_same_moment_take_turns(ticket, opens_at, door_staff):
    reports = [
        lambda minutes=minutes: check_in(
            qr=sign(ticket), gate=str(minutes), by=door_staff, scanned_at=opens_at + timedelta(minutes=minutes)
        )
        for minutes in (3, 1, 4, 2)
    ]
    assert {type(found) for found in race(*reports)} == {CheckIn}
    assert find_entry(ticket).gate == "1"
    assert CheckIn.objects.conflicts().count() == 3
