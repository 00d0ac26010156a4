"""A voucher at the counter: discounted at once, kept while the cart changes, returned with it."""

from __future__ import annotations

from decimal import Decimal as D  # noqa: N817
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Voucher
from box_office.day_end import read_day_end
from box_office.selectors import local_day
from box_office.tests.test_box_office_page import Till, adult, sale
from events.models import Price, Show, TicketType
from payments.models import Payment
from testing.bookings import open_till
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    show = make_show(hall=make_hall(theater=theater, rows=2, seats=6), in_hours=2, price="12.10")
    child = TicketType.objects.create(theater=theater, name="Child", order=1)
    Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=child, amount=D("7.05"))
    return show


@pytest.fixture
def till(show: Show, box_office: User) -> Till:
    return Till(box_office, show)


def used(voucher: Voucher) -> int:
    voucher.refresh_from_db()
    return voucher.used


@pytest.mark.slow
def test_it_is_taken_off_at_once_and_paid_for(till: Till, show: Show, theater: Theater, box_office: User):
    voucher = Voucher.objects.create(code="SPRING", theater=theater, percent=50, limit=1)
    child = theater.ticket_types.get(name="Child")
    open_till(box_office, theater)
    till.send("best", **{f"quantity-{adult(show)}": "2"})
    page = till.client.get(sale(show), {"cart": till.cart}).content.decode()
    assert 'data-way="v"' in page
    for code, words in (("", "Enter the voucher code"), ("NEVER", "This voucher does not exist.")):
        refused = till.send("voucher", voucher=code)
        assert words in refused.content.decode()
        assert refused.status_code in (409, 422)
    for _ in range(2):
        assert till.send("voucher", voucher="spring").status_code == 302
    page = till.client.get(sale(show), {"cart": till.cart}).content.decode()
    assert "Voucher <strong>SPRING</strong>" in page
    assert 'data-total="12.10' in page
    assert used(voucher) == 1
    # A cart that changes is held again, and still has its only use.
    hold = Booking.objects.get(state="held")
    first = hold.tickets.order_by("pk")[0]
    till.send("change", **{f"type-{first.pk}": str(child.pk)})
    hold = Booking.objects.get(state="held")
    assert (hold.voucher, hold.discount, hold.total, used(voucher)) == (voucher, D("9.58"), D("9.57"), 1)
    till.send("voucher", off="1")
    assert (Booking.objects.get(state="held").total, used(voucher)) == (D("19.15"), 0)
    till.send("voucher", voucher="SPRING")
    till.send("pay", gateway="cash", given="10")
    assert Payment.objects.get().amount == D("9.57")
    report = read_day_end(theater, local_day(timezone.now(), theater))
    assert (report.taken, report.is_balanced) == (D("9.57"), True), report.checks


@pytest.mark.slow
def test_a_cart_that_it_does_not_fit_stays_as_it_was(till: Till, show: Show, theater: Theater):
    voucher = Voucher.objects.create(code="ADULTS", theater=theater, amount=5)
    voucher.ticket_types.add(adult(show))
    child = theater.ticket_types.get(name="Child")
    till.send("best", **{f"quantity-{adult(show)}": "1"})
    till.send("voucher", voucher="ADULTS")
    ticket = Booking.objects.get(state="held").tickets.get()
    refused = till.send("change", **{f"type-{ticket.pk}": str(child.pk)})
    assert "This voucher is for other kinds of tickets." in refused.content.decode()
    hold = Booking.objects.get(state="held")
    assert (hold.total, used(voucher)) == (D("7.10"), 1)
    till.send("clear")
    assert used(voucher) == 0


@pytest.mark.parametrize("role", ["programmer", "other_manager", "door_staff"])
def test_only_sellers_may_use_one(role: str, till: Till, show: Show, theater: Theater, request: Any):
    voucher = Voucher.objects.create(code="SPRING", theater=theater, percent=50)
    till.send("best", **{f"quantity-{adult(show)}": "1"})
    stranger = Till(request.getfixturevalue(role), show)
    stranger.cart = till.cart
    assert stranger.send("voucher", voucher="SPRING").status_code in (403, 404)
    assert used(voucher) == 0
