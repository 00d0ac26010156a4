"""At the door: who gets in, once, and who may let people in."""

from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from bookings import locking
from bookings.errors import IdempotencyKeyReused
from bookings.models import Booking, Ticket
from bookings.services.cancel import cancel_tickets
from bookings.tickets.codes import InvalidTicketCode, sign
from conftest import _make_staff
from door import check_in as module
from door.answers import Unrecorded, answer_scan
from door.check_in import check_in, find_entry
from door.models import CheckIn
from events.models import Show
from testing.bookings import choose_standing, make_hold, make_paid, race
from testing.builders import make_hall, make_show, make_theater
from theaters.models import Theater

pytestmark = pytest.mark.django_db
Direction, Reason, Result = CheckIn.Direction, CheckIn.Reason, CheckIn.Result


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, standing=10), in_hours=1)


@pytest.fixture
def ticket(show: Show) -> Ticket:
    return make_paid(show, 0, 1, email="asha@example.com").tickets.select_related("show").first()


def test_a_ticket_lets_in_once(ticket, door_staff, box_office):
    first = check_in(qr=sign(ticket), gate="North", by=door_staff, device="scanner 1")
    second = check_in(qr=sign(ticket), gate="South", by=box_office)

    assert (first.result, first.gate, first.by, first.device) == (Result.ADMITTED, "North", door_staff, "scanner 1")
    assert second.result == Result.ALREADY_IN
    entry = find_entry(second.ticket)
    assert (entry.at, entry.gate) == (first.at, "North")
    assert ticket.check_ins.count() == 2


def test_each_ticket_of_a_booking_lets_in_one(ticket, door_staff):
    other = ticket.booking.tickets.select_related("show").exclude(pk=ticket.pk).get()
    for each in (ticket, other):
        assert check_in(qr=sign(each), gate="", by=door_staff).result == Result.ADMITTED


def test_a_standing_place_lets_in(show, door_staff):
    booking = make_paid(show, areas=choose_standing(show, 1), email="asha@example.com")
    found = check_in(qr=sign(booking.tickets.select_related("show").get()), gate="", by=door_staff)
    assert found.result == Result.ADMITTED
    assert found.ticket.label == "Floor"


def test_a_visitor_who_went_out_comes_in_again(ticket, door_staff):
    qr = sign(ticket)
    results = [
        check_in(qr=qr, gate="", by=door_staff, direction=direction).result
        for direction in ("out", "in", "in", "out", "out", "in", "in")
    ]
    assert results == [
        Result.NOT_VALID, Result.ADMITTED, Result.ALREADY_IN, Result.ADMITTED, Result.NOT_VALID, Result.ADMITTED,
        Result.ALREADY_IN,
    ]  # fmt: skip
    admitted = ticket.check_ins.filter(result=Result.ADMITTED).order_by("passage")
    assert [(one.passage, one.direction) for one in admitted] == [(1, "in"), (2, "out"), (3, "in")]


def test_a_canceled_ticket_does_not_let_in(show, door_staff):
    show = make_show(hall=show.hall, in_hours=100)
    ticket = make_paid(show, 0, 1, email="asha@example.com").tickets.select_related("show").first()
    cancel_tickets(booking=ticket.booking, tickets=[ticket], by=None)
    found = check_in(qr=sign(ticket), gate="", by=door_staff)
    assert (found.result, found.reason) == (Result.NOT_VALID, Reason.CANCELED)
    assert find_entry(ticket) is None


def test_an_unpaid_ticket_does_not_let_in(show, door_staff):
    ticket = make_hold(show, 3, email="asha@example.com").tickets.select_related("show").get()
    found = check_in(qr=sign(ticket), gate="", by=door_staff)
    assert (found.result, found.reason) == (Result.NOT_VALID, Reason.NOT_ISSUED)


def test_a_canceled_or_finished_show_admits_nobody(ticket, show, door_staff):
    with time_machine.travel(show.ends_at + timedelta(minutes=1)):
        found = check_in(qr=sign(ticket), gate="", by=door_staff)
    assert (found.result, found.reason) == (Result.NOT_VALID, Reason.OVER)
    Show.objects.filter(pk=show.pk).update(state=Show.State.CANCELED)
    found = check_in(qr=sign(ticket), gate="", by=door_staff)
    assert (found.result, found.reason) == (Result.NOT_VALID, Reason.SHOW_CANCELED)


@pytest.mark.parametrize("doors_at", [timedelta(hours=1), None])
def test_nobody_goes_in_before_the_doors_open(show, door_staff, doors_at):
    later = make_show(hall=show.hall, in_hours=200)
    opens_at = later.starts_at - (doors_at or timedelta(hours=2))
    if doors_at:
        Show.objects.filter(pk=later.pk).update(doors_at=opens_at)
    ticket = make_paid(later, 0, email="asha@example.com").tickets.select_related("show").get()
    for gate in (None, later):
        with time_machine.travel(opens_at - timedelta(seconds=1), tick=False):
            found = check_in(qr=sign(ticket), gate="", by=door_staff, shows=[gate] if gate else [])
        assert (found.result, found.reason, found.passage) == (Result.NOT_VALID, Reason.TOO_EARLY, None)
    with time_machine.travel(opens_at, tick=False):
        assert check_in(qr=sign(ticket), gate="", by=door_staff).result == Result.ADMITTED
        assert check_in(qr=sign(ticket), gate="", by=door_staff).result == Result.ALREADY_IN


def test_a_repeated_call_gets_the_first_answer(ticket, door_staff, box_office):
    first = check_in(qr=sign(ticket), gate="North", by=door_staff, key="scan-1")
    again = check_in(qr=sign(ticket), gate="North", by=door_staff, key="scan-1")
    assert (again.pk, again.result) == (first.pk, Result.ADMITTED)
    assert check_in(qr=sign(ticket), gate="", by=box_office, key="scan-1").result == Result.ALREADY_IN
    assert check_in(qr=sign(ticket), gate="", by=door_staff, key="scan-2").result == Result.ALREADY_IN
    other = ticket.booking.tickets.select_related("show").exclude(pk=ticket.pk).get()
    with pytest.raises(IdempotencyKeyReused):
        check_in(qr=sign(other), gate="", by=door_staff, key="scan-1")
    assert other.check_ins.count() == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckIn.objects.create(ticket=other, result=Result.NOT_VALID, by=door_staff, key="scan-1")


def test_a_gate_may_be_for_one_show(ticket, show, door_staff):
    other = make_show(hall=show.hall, in_hours=200)
    found = check_in(qr=sign(ticket), gate="", by=door_staff, shows=[other])
    assert (found.result, found.reason) == (Result.NOT_VALID, Reason.OTHER_SHOW)
    assert check_in(qr=sign(ticket), gate="", by=door_staff, shows=[show]).result == Result.ADMITTED


@pytest.mark.parametrize("person", ["customer", "programmer", "accountant", "other_manager"])
def test_only_door_staff_of_the_theater_let_in(person, ticket, request):
    with pytest.raises(PermissionDenied):
        check_in(qr=sign(ticket), gate="", by=request.getfixturevalue(person))
    assert not CheckIn.objects.exists()
    assert check_in(qr=sign(ticket), gate="", by=request.getfixturevalue("manager")).result == Result.ADMITTED


def test_a_stranger_learns_nothing_about_codes(customer):
    with pytest.raises(PermissionDenied):
        check_in(qr="forged", gate="", by=customer)


def test_a_moved_show_that_is_not_open_yet_says_so(show, door_staff):
    later = make_show(hall=show.hall, in_hours=100)
    ticket = make_paid(later, 0, email="asha@example.com").tickets.select_related("show").get()
    Ticket.objects.filter(pk=ticket.pk).update(show_moved_at=timezone.now())
    answer = answer_scan(qr=sign(ticket), gate="", by=door_staff)
    assert (answer.result, answer.reason) == (Result.NOT_VALID, Reason.SHOW_MOVED)
    assert (answer.is_early, answer.opens_at) == (True, later.admits_from)


def test_a_theater_may_let_no_one_in_again(ticket, show, door_staff, theater):
    Theater.objects.filter(pk=theater.pk).update(allows_reentry=False)
    for direction in (Direction.IN, Direction.OUT):
        assert check_in(qr=sign(ticket), gate="", by=door_staff, direction=direction).result == Result.ADMITTED
    found = check_in(qr=sign(ticket), gate="", by=door_staff)
    assert (found.result, found.reason) == (Result.NOT_VALID, Reason.NO_REENTRY)


def test_each_text_that_is_no_ticket_of_ours_says_why(ticket, door_staff, other_manager, settings):
    ours = sign(ticket)
    settings.TICKET_SIGNING_KEY = "b2YtYW5vdGhlci1zaXRlLWFuZC0zMi1ieXRlcy4uLi4="
    theirs = sign(ticket)
    settings.TICKET_SIGNING_KEY = ""
    *claim, signature = ours.split(".")
    forged = ".".join([*claim, ("B" if signature[0] == "A" else "A") + signature[1:]])
    gone = sign(Ticket(code="NOSUCHTICKET", show=ticket.show))
    texts = {"https://example.com": "unreadable", theirs: "other_issuer", forged: "forged", gone: "unknown"}
    for text, reason in texts.items():
        answer = answer_scan(qr=text, gate="", by=door_staff)
        assert (answer.result, answer.reason, answer.show) == (Result.NOT_VALID, reason, None)
        assert answer.words
    answer = answer_scan(qr=ours, gate="", by=other_manager)
    assert (answer.reason, answer.show, answer.ticket) == (Unrecorded.OTHER_THEATER, ticket.show, None)
    assert not CheckIn.objects.exists()


def test_a_second_scan_says_when_where_and_by_whom_it_was_used(ticket, door_staff, box_office):
    check_in(qr=sign(ticket), gate="North", by=door_staff)
    answer = answer_scan(qr=sign(ticket), gate="South", by=box_office)
    assert (answer.result, answer.entry.gate, answer.entry.by) == (Result.ALREADY_IN, "North", door_staff)


def test_a_ticket_that_staff_found_is_admitted_by_its_code(ticket, door_staff, other_manager):
    with pytest.raises(PermissionDenied):
        check_in(ticket_code=ticket.code, gate="", by=other_manager)
    assert check_in(ticket_code=ticket.code, gate="", by=door_staff).result == Result.ADMITTED


def test_staff_admit_all_the_same_and_say_why(show, manager, door_staff):
    later = make_show(hall=show.hall, in_hours=100)
    ticket = make_paid(later, 0, email="asha@example.com").tickets.select_related("show").get()
    with pytest.raises(PermissionDenied):
        check_in(qr=sign(ticket), gate="", by=door_staff, note="Sponsor")
    assert not CheckIn.objects.exists()
    first = check_in(qr=sign(ticket), gate="", by=manager, note=" Sponsor,\n early ")
    assert (first.result, first.reason, first.note) == (Result.ADMITTED, Reason.TOO_EARLY, "Sponsor, early")
    assert check_in(qr=sign(ticket), gate="", by=door_staff).result == Result.ALREADY_IN
    # Went out by a door where no one scans.
    second = check_in(qr=sign(ticket), gate="", by=manager, note="Fire drill")
    assert (second.result, second.passage) == (Result.ADMITTED, 3)
    assert check_in(qr=sign(ticket), gate="", by=door_staff, direction=Direction.OUT).passage == 4


def test_no_one_is_admitted_on_a_ticket_that_lost_its_place(show, manager):
    later = make_show(hall=show.hall, in_hours=100)
    canceled = make_paid(later, 0, email="asha@example.com").tickets.select_related("show").get()
    cancel_tickets(booking=canceled.booking, by=None)
    held = make_hold(show, 3, email="asha@example.com").tickets.select_related("show").get()
    for ticket, reason in ((canceled, Reason.CANCELED), (held, Reason.NOT_ISSUED)):
        answer = answer_scan(qr=sign(ticket), gate="", by=manager, note="A friend")
        assert (answer.result, answer.reason, answer.may_yield, answer.found.note) == ("not_valid", reason, False, "")
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckIn.objects.create(ticket=held, result=Result.NOT_VALID, note="A friend")


def test_a_forged_code_is_refused(ticket, door_staff):
    elsewhere = Ticket(code="NOSUCHTICKET", show=ticket.show)
    for text in ("", "hello", ticket.code, sign(ticket)[:-1], sign(elsewhere)):
        with pytest.raises(InvalidTicketCode):
            check_in(qr=text, gate="", by=door_staff)
    assert not CheckIn.objects.exists()


def test_a_late_report_counts_as_of_its_scan(ticket, show, door_staff):
    opens_at = show.admits_from
    scanned_at = opens_at + timedelta(minutes=5)
    # By the time the device has a network again, the show is over.
    with time_machine.travel(show.ends_at + timedelta(hours=3)):
        found = check_in(qr=sign(ticket), gate="North", by=door_staff, scanned_at=scanned_at)
        assert (found.result, found.at, found.is_conflict) == (Result.ADMITTED, scanned_at, False)
        assert found.received_at >= show.ends_at
        assert find_entry(ticket).at == scanned_at
        other = ticket.booking.tickets.select_related("show").exclude(pk=ticket.pk).get()
        early = check_in(qr=sign(other), gate="", by=door_staff, scanned_at=opens_at - timedelta(minutes=1))
        assert (early.result, early.reason, early.is_conflict) == (Result.NOT_VALID, Reason.TOO_EARLY, True)


def test_a_clock_that_is_ahead_says_now(ticket, door_staff):
    found = check_in(qr=sign(ticket), gate="", by=door_staff, scanned_at=timezone.now() + timedelta(minutes=1))
    assert (found.result, found.at) == (Result.ADMITTED, found.received_at)


def test_an_entry_before_the_ticket_was_canceled_is_a_conflict(show, manager):
    later = make_show(hall=show.hall, in_hours=30)
    ticket = make_paid(later, 0, email="asha@example.com").tickets.select_related("show").get()
    cancel_tickets(booking=ticket.booking, by=None)
    with time_machine.travel(later.starts_at):
        found = check_in(qr=sign(ticket), gate="", by=manager, scanned_at=later.admits_from)
    assert (found.result, found.reason, found.is_conflict) == (Result.NOT_VALID, Reason.CANCELED, True)


def test_no_scan_is_later_than_its_report(ticket):
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckIn.objects.create(ticket=ticket, result=Result.NOT_VALID, at=now + timedelta(seconds=1), received_at=now)


@pytest.mark.slow
def test_staff_see_conflicts(ticket, show, door_staff, manager):
    with time_machine.travel(show.starts_at):
        for gate in ("North", "South"):
            check_in(qr=sign(ticket), gate=gate, by=door_staff, scanned_at=show.admits_from)
        conflict = CheckIn.objects.conflicts().get()
        client = Client()
        client.force_login(manager)
        today = client.get(reverse("admin:index")).content.decode()
        assert "1 person was let in without a network on a ticket that does not admit them." in today
        assert reverse("admin:door_checkin_change", args=[conflict.pk]) in today
        found = client.get(reverse("admin:door_checkin_changelist"), {"needs": "look"})
        assert list(found.context["cl"].result_list) == [conflict]
        assert "conflict: already in" in found.content.decode()
        story = client.get(reverse("admin:bookings_booking_change", args=[ticket.booking_id])).content.decode()
        assert story.count("Let through: a device had no network.") == 1


def test_statements(ticket, door_staff, django_assert_max_num_queries):
    qr = sign(ticket)
    # Of these, two open and close a savepoint, which only a test needs.
    with django_assert_max_num_queries(9):
        check_in(qr=qr, gate="", by=door_staff)


@pytest.mark.parametrize(
    ("direction", "result", "passage"),
    [
        ("in", "admitted", 1),  # at once, at another gate
        ("in", "admitted", 2),  # without having gone out
        ("out", "admitted", 3),
        ("in", "admitted", None),
        ("in", "already_in", 2),
        ("out", "not_valid", 2),
    ],
)
def test_the_database_refuses_a_second_entry(direction, result, passage, ticket):
    CheckIn.objects.create(ticket=ticket, direction="in", result="admitted", passage=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckIn.objects.create(ticket=ticket, direction=direction, result=result, passage=passage)
    CheckIn.objects.create(ticket=ticket, direction="out", result="admitted", passage=2)


def _make_ticket_and_staff() -> tuple[Ticket, object]:
    theater = make_theater()
    staff = _make_staff("door@example.com", Role.DOOR, theater)
    show = make_show(hall=make_hall(theater=theater), in_hours=48, doors_at=timezone.now())
    booking = make_paid(show, 0, email="asha@example.com")
    return booking.tickets.select_related("show").get(), staff


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_gates_at_the_same_moment_one_admits():
    ticket, staff = _make_ticket_and_staff()
    results = race(*[lambda: check_in(qr=sign(ticket), gate="", by=staff)] * 4)
    assert sorted(one.result for one in results) == ["admitted", *["already_in"] * 3]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_gates_would_admit_and_the_database_stops_one(monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite's writers take turns.")
    ticket, staff = _make_ticket_and_staff()
    both_have_looked = Barrier(2, timeout=20)
    judge = module._judge

    def judge_together(*args):
        verdict = judge(*args)
        both_have_looked.wait()
        return verdict

    monkeypatch.setattr(module, "_judge", judge_together)
    monkeypatch.setattr(locking, "lock_booking", lambda pk: Booking.objects.get(pk=pk))
    results = race(*[lambda: check_in(qr=sign(ticket), gate="", by=staff)] * 2)
    assert sorted(type(one).__name__ for one in results) == ["CheckIn", "IntegrityError"]


@pytest.mark.django_db(transaction=True)
def test_nobody_is_admitted_and_refunded():
    ticket, staff = _make_ticket_and_staff()
    entry, _refund = race(
        lambda: check_in(qr=sign(ticket), gate="", by=staff),
        lambda: cancel_tickets(booking=ticket.booking, by=None),
    )
    ticket.refresh_from_db()
    assert (entry.result == Result.ADMITTED) == (ticket.state == Ticket.State.ISSUED)
    assert timezone.now() >= entry.at
