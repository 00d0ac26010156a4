"""A price has its fees from the first page on, and each fee its name; by page, counter and API."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.messages import notify_confirmed
from bookings.models import Booking
from bookings.seating.plan import read_seat_plan
from bookings.services.hold_seats import hold_seats
from events.models import FeeRule, Show
from events.prices.notes import describe_charges
from notifications.email import compose
from testing.api_client import ApiClient
from testing.bookings import choose, seats_of
from testing.builders import make_event, make_fee, make_show, make_tax_rate, make_theater, make_user

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def show() -> Show:
    show = make_show(event=make_event("Hamlet"))
    theater = show.hall.theater
    make_tax_rate(theater, "fee", "20")
    make_fee(theater, is_at_box_office=False)
    make_fee(theater, "1.00", name="Booking fee", per=FeeRule.Per.BOOKING, order=1, is_at_box_office=False)
    show.refresh_from_db()
    return show


def say(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_pages_show_what_is_paid_and_what_is_in_it(client: Client, show: Show) -> None:
    notes = (
        "Prices include Service fee (€2.50).",
        "Plus Booking fee (€1.00) per booking.",
        "Prices include tax: 10 % on admission, 20 % on fees.",
    )
    page = say(client, show.event.get_absolute_url())
    assert "from €22.50" in page
    assert not [note for note in notes if note not in page]
    page = say(client, show.get_absolute_url())
    # Above the map, and beside the total of the basket.
    assert {page.count(note) for note in notes} == {2}
    assert "€22.50" in page
    assert "€20.00" not in page

    client.post(reverse("bookings:hold", args=[show.code]), {"seat": [seat.pk for seat in seats_of(show)[:2]]})
    booking = Booking.objects.get()
    assert (booking.total, booking.fees) == (D(46), D(6))
    page = say(client, reverse("bookings:checkout", args=[booking.code]))
    for words in ("Service fee", "€5.00", "Booking fee", "€1.00", "€46.00", "of which tax, 10 %", "of which tax, 20 %"):
        assert words in page
    booking.email = "asha@example.com"
    notification = notify_confirmed(booking)
    assert notification is not None
    message = compose(notification)
    for text in (message.body, message.alternatives[0][0]):
        assert "of which Service fee: €5.00" in text
        assert "of which Booking fee: €1.00" in text


@pytest.mark.parametrize(
    ("is_included", "fee_rate", "note"),
    [
        (True, "10", "Prices include 10 % tax."),
        (False, "10", "Plus 10 % tax, added at the checkout."),
        (False, "20", "Plus tax, added at the checkout: 10 % on admission, 20 % on fees."),
    ],
)
def test_the_tax_is_said_as_it_is_charged(is_included: bool, fee_rate: str, note: str) -> None:
    theater = make_theater()
    make_fee(theater)
    make_tax_rate(theater, "fee", fee_rate)
    theater.refresh_from_db()
    theater.prices_include_tax = is_included
    assert describe_charges(theater, None, timezone.now())[-1].replace("\N{NO-BREAK SPACE}", " ") == note


def test_the_api_tells_price_fees_and_total(show: Show) -> None:
    api: Any = ApiClient(make_user("api@example.com"))
    (price,) = api.get(f"/shows/{show.code}").json()["prices"]
    assert [D(price[name]) for name in ("amount", "fees", "total")] == [D(20), D("2.5"), D("22.5")]
    made = api.post("/bookings", {"show": show.code, "seats": [{"seat": seats_of(show)[0].pk}]}).json()
    assert [D(made[name]) for name in ("total", "fees")] == [D("23.5"), D("3.5")]
    assert [(fee["name"], D(fee["amount"]), D(fee["tax_rate"])) for fee in made["fee_lines"]] == [
        ("Service fee", D("2.5"), D(20)),
        ("Booking fee", D(1), D(20)),
    ]


def test_the_counter_has_its_own_fees(show: Show) -> None:
    channel = Booking.Channel.BOX_OFFICE
    assert {amount for by_type in read_seat_plan(show, channel).prices.values() for amount in by_type.values()} == {
        D(20)
    }
    sold = hold_seats(show=show, seats=choose(show, 0), channel=channel)
    assert (sold.total, sold.fees) == (D(20), D(0))
