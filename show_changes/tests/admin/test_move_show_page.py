"""The console's page for moving a show with its customers, and what those see afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from events.models import Show
from payments.models import Refund
from show_changes.models import ShowMove
from testing.bookings import make_hold, make_paid
from testing.builders import make_hall, make_show
from testing.console import signed_in
from theaters.models import Hall, Theater

pytestmark = pytest.mark.django_db


def address_of(show: Show) -> str:
    return reverse("admin:events_show_move", args=[show.pk])


def wish(show: Show, hall: Hall, **fields: Any) -> dict[str, Any]:
    local = timezone.localtime(show.starts_at, show.hall.theater.tz)
    return {"hall": hall.pk, "day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}", **fields}


@pytest.fixture
def show(theater: Theater) -> Show:
    soon = timezone.now().replace(second=0, microsecond=0) + timedelta(days=3)
    return make_show(hall=make_hall(theater=theater), starts_at=soon, refund_hours=None)


@pytest.fixture
def there(theater: Theater) -> Hall:
    return make_hall(theater=theater, name="Other")


@pytest.mark.slow
def test_from_the_timetable_over_the_plan_to_the_customers(show: Show, there: Hall, manager: User, customer: User):
    booking = make_paid(show, 0, 1, customer=customer)
    hold = make_hold(show, 5, email="choosing@example.com")
    client = signed_in(manager)
    # The timetable does not move what is sold, but leads to the page that does.
    answer = client.post(reverse("admin:events_show_reschedule", args=[show.pk]), wish(show, there))
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{address_of(show)}?hall={there.pk}&")
    form = client.get(answer["Location"]).context["form"]
    assert (form["hall"].value(), form["time"].value().strftime("%H:%M")) == (str(there.pk), wish(show, there)["time"])
    assert client.post(address_of(show), wish(show, show.hall, _plan=1)).status_code == 422
    client.post(address_of(show), wish(show, there, _plan=1))
    page = client.get(address_of(show))
    plan = page.context["plan"]
    assert (len(plan.rows), plan.tickets, plan.told, plan.holds, plan.is_outdated) == (1, 2, 1, 1, False)
    assert Show.objects.get(pk=show.pk).hall == show.hall

    # Other places by hand, none of them twice.
    tickets = list(booking.tickets.order_by("pk"))
    seats = list(there.seat_maps.get().seats.order_by("run", "position"))
    place = f"{address_of(show)}?booking={booking.code}"
    sent = {str(ticket.pk): f"seat:{seats[6].pk}" for ticket in tickets}
    assert client.post(place, {**sent, "version": 1}).status_code == 422
    sent[str(tickets[1].pk)] = f"seat:{seats[7].pk}"
    assert client.post(place, {**sent, "version": 1}).status_code == 302
    # What was seen before is not carried out.
    client.post(address_of(show), {"_apply": "1", "version": 1})
    assert ShowMove.objects.get().state == "planned"
    for _again in range(2):
        client.post(address_of(show), {"_apply": "1", "version": 2})
    show.refresh_from_db()
    assert show.hall == there
    assert [ticket.seat for ticket in booking.tickets.order_by("pk")] == seats[6:8]

    # The customer sees it, and gets everything back though the show's policy gives nothing.
    mine = signed_in(customer)
    assert "The theater has moved this show" in mine.get(booking.get_absolute_url()).content.decode()
    cancel = reverse("bookings:cancel", args=[booking.code])
    codes = [ticket.code for ticket in tickets]
    quote = mine.get(cancel, {"ticket": codes}).context["quote"]
    mine.post(cancel, {"ticket": codes, "amount": str(quote.amount)})
    assert Refund.objects.get().amount == booking.total
    guest = Client()
    session = guest.session
    session["bookings"] = [hold.code]
    session.save()
    assert "has just moved this show" in guest.get(hold.get_absolute_url()).content.decode()


@pytest.mark.slow
def test_only_staff_who_may_refund_pay_back_tickets_without_a_place(
    show: Show, theater: Theater, programmer: User, manager: User
):
    booking = make_paid(show, 0, 1, email="guest@example.com")
    small = make_hall(theater=theater, rows=1, seats=1)
    client = signed_in(programmer)
    client.post(address_of(show), wish(show, small, _plan=1))
    page = client.get(address_of(show))
    assert (page.context["unplaced"], page.context["may_refund"]) == (2, False)
    sent = {"_apply": "1", "version": 1, "pays_back": "1"}
    client.post(address_of(show), sent)
    assert Booking.objects.get().state == Booking.State.CONFIRMED
    signed_in(manager).post(address_of(show), sent)
    booking.refresh_from_db()
    assert (booking.state, Show.objects.get(pk=show.pk).hall) == (Booking.State.CANCELED, small)


@pytest.mark.slow
def test_a_plan_is_made_again_adjusted_and_withdrawn(show: Show, there: Hall, manager: User, customer: User):
    make_paid(show, 0, customer=customer)
    client = signed_in(manager)
    client.post(address_of(show), wish(show, there, _plan=1))
    make_paid(show, 4, email="late@example.com")
    assert client.get(address_of(show)).context["plan"].is_outdated
    client.post(address_of(show), {"_refresh": "1"})
    assert not client.get(address_of(show)).context["plan"].is_outdated
    assert "form" in client.post(address_of(show), {"_elsewhere": "1"}).context
    third = make_hall(theater=show.hall.theater, name="Third")
    client.post(address_of(show), wish(show, third, _plan=1))
    assert client.get(address_of(show)).context["move"].hall == third
    client.post(address_of(show), {"_withdraw": "1"})
    assert {move.state for move in ShowMove.objects.all()} == {"withdrawn"}
    assert "form" in client.get(address_of(show)).context


@pytest.mark.slow
@pytest.mark.parametrize("role", ["box_office", "door_staff", "accountant", "other_manager"])
def test_other_staff_may_not_move_it(role: str, show: Show, there: Hall, manager: User, request: pytest.FixtureRequest):
    make_paid(show, 0, email="guest@example.com")
    signed_in(manager).post(address_of(show), wish(show, there, _plan=1))
    client = signed_in(request.getfixturevalue(role))
    for sent in (None, {"_apply": "1", "version": 1}, {"_withdraw": "1"}, wish(show, there, _plan=1)):
        answer = client.get(address_of(show)) if sent is None else client.post(address_of(show), sent)
        assert answer.status_code in (302, 403, 404)
    assert ShowMove.objects.get().state == "planned"
    assert Show.objects.get(pk=show.pk).hall == show.hall


@pytest.mark.slow
def test_the_statements_of_the_plan_do_not_grow(
    show: Show, there: Hall, manager: User, django_assert_max_num_queries: Any
):
    client = signed_in(manager)
    for number in range(4):
        make_paid(show, number, email=f"guest{number}@example.com")
    client.post(address_of(show), wish(show, there, _plan=1))
    client.get(address_of(show))
    with django_assert_max_num_queries(14):
        client.get(address_of(show))
