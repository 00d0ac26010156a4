"""Staff reserve places for a group, and the group pays for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from box_office import reservations
from box_office.sale import hold_at_counter
from events.models import Show
from inquiries.access import inquiry_path
from inquiries.models import Inquiry
from notifications.models import Notification
from notifications.rendering import render
from testing.bookings import choose, lapse, make_hold
from testing.builders import make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db

State = Inquiry.State


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=3, seats=6), tickets_per_customer=2)


@pytest.fixture
def inquiry(show: Show) -> Inquiry:
    inquiry = Inquiry.objects.create(
        theater=show.hall.theater, event=show.event, party_size=11, kind="school", name="Maja", email="maja@example.com"
    )
    inquiry.shows.add(show)
    return inquiry


def page_of(inquiry: Inquiry, action: str = "reserve") -> str:
    return reverse(f"admin:inquiries_inquiry_{action}", args=[inquiry.pk])


def reserve(person: User, inquiry: Inquiry, show: Show, **changes: Any) -> Any:
    until = timezone.localtime(timezone.now() + timedelta(days=2), show.hall.theater.tz)
    kind = show.prices.get().ticket_type_id
    sent = {f"quantity-{kind}": 11, "until_0": f"{until:%Y-%m-%d}", "until_1": "12:00", "paid_by": "link", **changes}
    return signed_in(person).post(f"{page_of(inquiry)}?show={show.code}", sent)


def state(inquiry: Inquiry) -> str:
    return Inquiry.objects.select_related("booking").get(pk=inquiry.pk).state_at(timezone.now())


def test_places_are_reserved_told_paid_and_booked(show: Show, inquiry: Inquiry, box_office: User, client: Client):
    desk = signed_in(box_office)
    assert "18 places left" in desk.get(page_of(inquiry)).content.decode()
    assert reserve(box_office, inquiry, show).url == page_of(inquiry, "answer")
    assert reserve(box_office, inquiry, show).status_code == 200
    booking = Booking.objects.get()
    assert (booking.tickets.live().count(), booking.reservation.made_by, booking.email) == (
        11,
        box_office,
        inquiry.email,
    )
    assert state(inquiry) == State.RESERVED
    begun = desk.get(page_of(inquiry, "answer")).content.decode()
    assert "We are holding 11 places for you." in begun
    desk.post(page_of(inquiry, "answer"), {"text": "Here you are.", "key": str(uuid4())})
    mail = Notification.objects.get(kind="inquiry_answered")
    text = render(mail.kind, mail.context, mail.language).text
    assert "€220.00" in text
    assert "Stalls, row A: 1, 2, 3, 4, 5" in text
    page = client.get(inquiry_path(inquiry)).content.decode()
    assert "Pay for these places" in page
    checkout = client.post(inquiry_path(inquiry), {"action": "pay"}, follow=True)
    assert checkout.redirect_chain[-1][0] == reverse("bookings:checkout", args=[booking.code])
    paying = {"name": "Maja", "email": "maja@example.com", "gateway": "sandbox", "terms": "on"}
    started = client.post(checkout.redirect_chain[-1][0], paying)
    client.post(started.url, {"decision": "approve"})
    client.get(reverse("bookings:payment-return", args=[booking.code]))
    assert state(inquiry) == State.BOOKED
    assert "You have booked" in client.get(inquiry_path(inquiry)).content.decode()


def test_a_lapsed_reservation_gives_way_to_another(show: Show, inquiry: Inquiry, box_office: User):
    reserve(box_office, inquiry, show)
    lapse(Booking.objects.get())
    assert state(inquiry) == State.IN_WORK
    assert reserve(box_office, inquiry, show).status_code == 302
    assert state(inquiry) == State.RESERVED


def test_a_refusal_holds_nothing(show: Show, inquiry: Inquiry, box_office: User):
    make_hold(show, *range(2), email="early@example.com")
    later = timezone.localtime(show.ends_at + timedelta(days=1), show.hall.theater.tz)
    refused = reserve(box_office, inquiry, show, until_0=f"{later:%Y-%m-%d}")
    assert "must end before the show does" in refused.content.decode()
    kind = show.prices.get().ticket_type_id
    assert (
        "not that many seats left together"
        in reserve(box_office, inquiry, show, **{f"quantity-{kind}": 17}).content.decode()
    )
    assert Booking.objects.filter(state=Booking.State.HELD).count() == 1
    assert state(inquiry) == State.NEW


def test_a_reservation_chosen_on_the_map_is_taken(show: Show, inquiry: Inquiry, box_office: User):
    hold = hold_at_counter(show=show, seller=box_office, cart=uuid4().hex, seats=choose(show, 3, 4, 5))
    until = timezone.now() + timedelta(days=1)
    reservations.reserve(hold=hold, name="Maja", phone="1", until=until, seller=box_office)
    desk = signed_in(box_office)
    assert hold.code in desk.get(page_of(inquiry)).content.decode()
    assert desk.post(page_of(inquiry), {"booking": hold.pk, "paid_by": "counter"}).status_code == 302
    page = Client().get(inquiry_path(inquiry)).content.decode()
    assert "pay for them at the box office" in page
    assert state(inquiry) == State.RESERVED
    # The group does not come: the places are free at once.
    Client().post(inquiry_path(inquiry), {"action": "withdraw"})
    assert Booking.objects.get().state == Booking.State.EXPIRED


def test_those_who_do_not_sell_reserve_nothing(
    show: Show, inquiry: Inquiry, programmer: User, accountant: User, other_manager: User
):
    for person in (programmer, accountant, other_manager):
        assert reserve(person, inquiry, show).status_code in (403, 404)
    assert not Booking.objects.exists()
