"""Tickets that were sold before a show got another version of its map: at the door, on paper and in wallets."""

from __future__ import annotations

import pytest
from django.utils import timezone
from icalendar import Calendar

from accounts.models import User
from bookings.models import Booking, Ticket
from bookings.services.move_tickets import move_tickets
from bookings.services.pass_on import pass_on_ticket
from bookings.tickets.codes import sign
from bookings.tickets.documents import calendar_ics
from door.check_in import check_in
from door.models import CheckIn
from door.ticket_list import list_tickets
from events.models import Show
from notifications.models import Notification
from show_changes.bring import bring_show
from show_changes.same_places import read_new_map
from testing.bookings import choose, choose_standing, make_paid
from testing.builders import make_show
from testing.seat_maps import make_listed_hall, publish_version
from theaters.models import Theater
from wallets.models import Platform, WalletPass
from wallets.passes import issue_pass, renew_changed

pytestmark = pytest.mark.django_db
TABLE = "section,row,number,category,capacity,id\nStalls,A,1-4,Front,,\nFloor,,,Front,10,floor\n"
OTHER_NAMES = (
    "section,row,number,category,capacity,id\n"
    + "".join(f"Parkett,1,{n},Front,,stalls-a-{n}\n" for n in range(1, 5))
    + "Pit,,,Front,10,floor\n"
)


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_listed_hall(TABLE, theater=theater), in_hours=1)


@pytest.fixture
def booking(show: Show, customer: User) -> Booking:
    return make_paid(show, 0, 1, customer=customer)


def rename(show: Show, by: User) -> None:
    seat_map = publish_version(show.hall, OTHER_NAMES)
    bring_show(show=show, new=read_new_map(seat_map), sources={}, fact="names", by=by)


def tickets_of(booking: Booking) -> list[Ticket]:
    return list(booking.tickets.issued().select_related("show", "seat", "booking").order_by("seat__position"))


def test_the_codes_that_customers_have_admit_to_the_same_seats(
    show: Show, booking: Booking, manager: User, door_staff: User
):
    codes = [sign(ticket) for ticket in tickets_of(booking)]
    assert check_in(qr=codes[0], gate="", by=door_staff).result == CheckIn.Result.ADMITTED
    rename(show, manager)
    again, second = (check_in(qr=code, gate="", by=door_staff) for code in codes)
    # Who was in stays in.
    assert again.result == CheckIn.Result.ALREADY_IN
    assert (second.result, second.ticket.label) == (CheckIn.Result.ADMITTED, "Parkett, row 1, seat 2")


def test_the_door_s_list_has_the_names_of_now(show: Show, booking: Booking, manager: User, door_staff: User):
    make_paid(show, areas=choose_standing(show, 1), email="stands@example.com")
    # One that was moved before: its old print stands for the new ticket, also on the new version.
    moved = tickets_of(booking)[1]
    move_tickets(booking=booking, tickets=[moved], seats=choose(show, 3), by=None)
    before = {one["code"]: one["stands_for"] for one in _listed(show, door_staff)}
    rename(show, manager)
    listed = _listed(show, door_staff)
    assert {one["code"]: one["stands_for"] for one in listed} == before
    places = {one["place"] for one in listed if not one["refusal"] and not one["stands_for"]}
    assert places == {"Parkett, row 1, seat 1", "Parkett, row 1, seat 4", "Pit"}
    old = next(one for one in listed if one["stands_for"])
    assert check_in(qr=sign(moved), gate="", by=door_staff).ticket.code == old["stands_for"]


def _listed(show: Show, by: User) -> list[dict[str, str]]:
    found: list[dict[str, str]] = list_tickets(shows=[show], user=by, now=timezone.now())["tickets"]
    return found


def test_calendars_take_the_entry_with_the_names_of_now(show: Show, booking: Booking, manager: User):
    before = Calendar.from_ical(calendar_ics(booking)).events[0]
    rename(show, manager)
    after = Calendar.from_ical(calendar_ics(Booking.objects.get(pk=booking.pk))).events[0]
    assert "Stalls, row A, seat 1" in before["description"]
    assert "Parkett, row 1, seat 1" in after["description"]
    assert (after["uid"], after["sequence"]) == (before["uid"], before["sequence"] + 1)


def test_the_person_who_was_passed_a_ticket_gets_the_new_one(show: Show, booking: Booking, manager: User):
    ticket = tickets_of(booking)[0]
    pass_on_ticket(booking=booking, ticket=ticket, name="Ravi", email="ravi@example.com", by=booking.customer)
    Notification.objects.all().delete()
    rename(show, manager)
    told = sorted(Notification.objects.values_list("kind", "recipient"))
    assert told == [("places_renamed", booking.customer.email), ("ticket_passed_on", "ravi@example.com")]


@pytest.mark.parametrize("platform", Platform.values)
def test_passes_in_wallets_are_renewed(platform: str, show: Show, booking: Booking, manager: User):
    made = issue_pass(tickets_of(booking)[0], platform)
    stands = make_paid(show, areas=choose_standing(show, 1), email="stands@example.com").tickets.get()
    issue_pass(stands, platform)
    assert renew_changed() == 0
    rename(show, manager)
    assert renew_changed() == 2
    assert WalletPass.objects.get(pk=made.pk).ticket.label == "Parkett, row 1, seat 1"
