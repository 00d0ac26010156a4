"""Guests reach their bookings by signed links, and get new ones without learning about other bookings."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.access import guest_token
from bookings.models import Booking
from events.models import Show
from notifications.models import Notification
from testing.bookings import make_hold, make_paid
from testing.builders import make_show

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limits_left_over() -> None:
    cache.clear()


@pytest.fixture
def show() -> Show:
    return make_show()


@pytest.fixture
def booking(show: Show) -> Booking:
    return make_paid(show, 0, email="guest@example.com")


def ask(email: str) -> str:
    Notification.objects.filter(kind="booking_link").delete()
    client = Client()
    client.post(reverse("bookings:link"), {"email": email})
    return " ".join(str(message) for message in client.get(reverse("bookings:list")).context["messages"])


def test_the_link_opens_the_booking_for_this_browser(client, booking: Booking):
    assert client.get(booking.get_absolute_url()).status_code == 404

    response = client.get(reverse("bookings:guest", args=[guest_token(booking)]))

    assert response.url == booking.get_absolute_url()
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert client.get(booking.get_absolute_url()).status_code == 200
    assert client.get(reverse("bookings:list")).context["upcoming"] == [booking]


def test_a_forged_link_does_not_exist(client, booking: Booking):
    assert client.get(reverse("bookings:guest", args=[guest_token(booking)[:-2] + "xx"])).status_code == 404


def test_an_expired_link_offers_a_new_one_and_opens_nothing(client, booking: Booking):
    token = guest_token(booking)
    with time_machine.travel(timezone.now() + timedelta(days=settings.GUEST_LINK_DAYS + 1)):
        response = client.get(reverse("bookings:guest", args=[token]))
        assert response.status_code == 410
        text = response.content.decode().split("<main")[1].split("</main")[0]
        assert "This link has expired" in text
        assert booking.code not in text
        assert client.get(booking.get_absolute_url()).status_code == 404


def test_new_links_go_to_the_address_of_the_booking(booking: Booking, show: Show):
    make_paid(show, 1, email="other@example.com")
    make_hold(show, 2, email="guest@example.com")
    ask(" Guest@Example.com ")
    (mail,) = Notification.objects.filter(kind="booking_link")
    assert mail.recipient == "guest@example.com"
    assert mail.context["code"] == booking.code


def test_the_answer_does_not_reveal_whether_there_is_a_booking(booking: Booking):
    known, unknown = ask("guest@example.com"), ask("nobody@example.com")
    assert known.replace("guest@", "") == unknown.replace("nobody@", "")
    assert not Notification.objects.filter(kind="booking_link", recipient="nobody@example.com").exists()


def test_an_invalid_address_is_refused(client):
    response = client.post(reverse("bookings:link"), {"email": "nowhere"})
    assert response.status_code == 200
    assert "Enter a valid email address." in response.content.decode()


@pytest.mark.slow
def test_one_address_gets_only_so_many(booking: Booking):
    sent = []
    for minute in range(7):
        with time_machine.travel(timezone.now() + timedelta(minutes=minute), tick=False):
            ask("guest@example.com")
            sent.append(Notification.objects.filter(kind="booking_link").count())
    assert sent == [1, 1, 1, 1, 1, 0, 0]
