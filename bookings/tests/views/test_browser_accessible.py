"""axe finds no barrier on any page of a booking, at both widths and in both schemes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from bookings.access import ticket_url
from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.services.pass_on import pass_on_ticket
from bookings.services.pay import start_payment
from bookings.services.settle import decline_payment
from events.models import Show
from testing.bookings import lapse, make_hold, make_paid, seats_of
from testing.builders import make_event, make_hall, make_show, make_theater
from testing.seat_maps import make_listed_hall

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[[str], None]


@pytest.fixture
def check(phone_page: Page, live_server: Any, assert_accessible_everywhere: Callable[[Page], None]) -> Check:
    """Open an address and let axe look at it."""

    def look(address: str) -> None:
        phone_page.goto(live_server.url + address)
        if "/shows/" in address and phone_page.locator("#seat-page").count():
            phone_page.wait_for_selector("html[data-seat-map=ready]")
        look_here()

    def look_here() -> None:
        assert_accessible_everywhere(phone_page)

    look.here = look_here  # type: ignore[attr-defined]
    return look


@pytest.fixture
def show(db: None) -> Show:
    flags = {1: "accessible", 2: "companion", 8: "restricted"}
    seats = [
        f"{section},{row},{number},{section},{flags.get(number, '')}"
        for section in ("Stalls", "Balcony")
        for row in "AB"
        for number in range(1, 9)
    ]
    theater = make_theater()
    theater.access_information = "Step-free from the street."
    theater.phone = "+43 1 234"
    theater.save()
    hall = make_listed_hall("\n".join(["section,row,number,category,flags", *seats]), theater=theater)
    return make_show(hall=hall, event=make_event(asks_attendee_names=True))


def test_choosing_seats(page: Page, check: Check, show: Show):
    make_hold(show, 3)
    seats = seats_of(show)
    check(f"{show.get_absolute_url()}?seat={seats[5].pk}&seat={seats[7].pk}")
    page.locator(".best > summary").click()
    check.here()  # type: ignore[attr-defined]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="List").click()
    page.locator(".seat-list__section > summary").first.click()
    expect(page.locator(".seat-chip").first).to_be_visible()
    check.here()  # type: ignore[attr-defined]


def test_standing_and_shows_that_cannot_be_booked(check: Check):
    hall = make_hall(rows=1, seats=3, standing=10)
    check(make_show(hall=hall).get_absolute_url())
    check(make_show(hall=hall, in_hours=96, state=Show.State.CANCELED).get_absolute_url())
    check(make_show(hall=hall, in_hours=120, sales_open_at=timezone.now() + timedelta(days=1)).get_absolute_url())


def test_checkout_and_payment(page: Page, check: Check, show: Show, sign_in: Callable[[User], None], customer: User):
    sign_in(customer)
    booking = make_hold(show, 3, 4, customer=customer)
    check(reverse("bookings:checkout", args=[booking.code]))
    for ticket in booking.tickets.all():
        ticket.attendee_name = "Asha"
        ticket.save()
    check(reverse("bookings:checkout", args=[booking.code]))

    payment = start_payment(booking=booking, gateway="sandbox", return_url="/").payment
    check(reverse("bookings:payment-return", args=[booking.code]))
    # This page moves on by itself once the state changes: leave it before.
    page.goto("about:blank")
    decline_payment(payment=payment)
    check(reverse("bookings:payment-return", args=[booking.code]))
    lapse(booking)
    check(reverse("bookings:detail", args=[booking.code]))


def test_refused_details(page: Page, check: Check, show: Show, live_server: Any):
    page.goto(f"{live_server.url}{show.get_absolute_url()}?seat={seats_of(show)[4].pk}")
    page.wait_for_selector("html[data-seat-map=ready]")
    page.get_by_role("button", name="Hold seats").click()
    page.locator("form.form").evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="Pay €").click()
    expect(page.get_by_label("Name", exact=True)).to_have_attribute("aria-invalid", "true")
    check.here()  # type: ignore[attr-defined]


def test_tickets_lists_and_cancellation(check: Check, show: Show, sign_in: Callable[[User], None], customer: User):
    sign_in(customer)
    booking = make_paid(show, 0, 1, 4, customer=customer)
    check(booking.get_absolute_url())
    check(reverse("bookings:coming-tickets"))
    check(reverse("bookings:cancel", args=[booking.code]))
    _place, given, gone = booking.tickets.order_by("pk")
    passed_on = pass_on_ticket(booking=booking, ticket=given, name="Ravi", email="ravi@example.com", by=customer)
    check(reverse("bookings:pass-on", args=[booking.code, passed_on.code]))
    check(urlsplit(ticket_url(passed_on)).path)
    check(f"{reverse('bookings:cancel', args=[booking.code])}?ticket={gone.code}")
    cancel_tickets(booking=booking, tickets=[gone], by=customer)
    check(booking.get_absolute_url())
    check(reverse("bookings:list"))
    begin = timezone.now() - timedelta(hours=1)
    Show.objects.filter(pk=show.pk).update(starts_at=begin, ends_at=begin + timedelta(hours=3))
    check(reverse("bookings:review", args=[show.event.slug]))
    Show.objects.filter(pk=show.pk).update(ends_at=begin + timedelta(minutes=1))
    check(reverse("bookings:list"))


def test_for_guests(check: Check):
    assert not Booking.objects.exists()
    check(reverse("bookings:list"))
    check(reverse("bookings:link"))
