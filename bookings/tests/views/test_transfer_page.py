"""The page that says where and by when the money goes, and how a customer comes there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from events.levels.change import change_settings
from events.models.settings import Scope
from payments.models import BankAccount, Payment
from testing.bookings import make_hold
from testing.builders import make_event, make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(theater: Theater, customer: User) -> Booking:
    BankAccount.objects.create(theater=theater, holder="مسرح النهر", iban="AT611904300234573201", bic="BKAUATWW")
    change_settings(scope=Scope(theater.pk), values={"transfers": "accounts"}, by=None)
    hall = make_hall(theater=theater)
    show = make_show(hall=hall, event=make_event(theater=theater), starts_at=timezone.now() + timedelta(days=30))
    return make_hold(show, 0, customer=customer)


def test_a_customer_chooses_a_transfer_and_reads_where_it_goes(booking: Booking, customer: User, rival: User) -> None:
    client = signed_in(customer)
    checkout, page = (reverse(f"bookings:{name}", args=[booking.code]) for name in ("checkout", "transfer"))
    assert "Bank transfer by" in client.get(checkout).content.decode()
    answer = client.post(checkout, {"name": "Asha", "phone": "", "gateway": "transfer"})
    assert answer.url == page
    payment = Payment.objects.get()
    shown = client.get(page).content.decode()
    for part in ("<bdi>مسرح النهر</bdi>", "AT61 1904 3002 3457 3201", "BKAUATWW", "€20.00", "<svg role="):
        assert part in shown
    assert payment.reference in shown.replace(" ", "")
    # From the booking's own address and from that of its payment the way leads here.
    assert client.get(booking.get_absolute_url()).url == page
    assert client.get(reverse("bookings:payment-return", args=[booking.code])).url == page
    again = client.get(checkout).content.decode()
    assert "Bank transfer by" not in again
    assert "voucher" not in again
    assert "This is an exchange" not in again
    assert page in again
    for stranger in (Client(), signed_in(rival)):
        assert stranger.get(page).status_code == 404
    # The next choice of seats begins another booking.
    show = booking.shows[0]
    seat = show.seat_map.seats.order_by("pk")[3]
    client.post(reverse("bookings:hold", args=[show.code]), {"seat": [seat.pk]})
    assert Booking.objects.count() == 2
    assert booking.tickets.count() == 1


def test_who_may_not_choose_it_cannot(booking: Booking, theater: Theater, customer: User) -> None:
    change_settings(scope=Scope(theater.pk), values={"transfers": ""}, by=None)
    client = signed_in(customer)
    checkout = reverse("bookings:checkout", args=[booking.code])
    assert "Bank transfer" not in client.get(checkout).content.decode()
    assert client.post(checkout, {"name": "Asha", "gateway": "transfer"}).url == checkout
    assert not Payment.objects.exists()
    page = client.get(reverse("bookings:transfer", args=[booking.code]))
    assert page.url == booking.get_absolute_url()
