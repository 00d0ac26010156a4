"""Mailed links open nothing once the booking's mail goes to another address."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.messages import send_booking_link, send_tickets_again
from bookings.models import Booking
from bookings.services.details import correct_contact
from bookings.services.release_hold import release_hold
from events.models import Show
from notifications.models import Notification
from testing.bookings import make_hold, make_paid
from testing.builders import make_hall, make_show
from theaters.models import Theater
from waiting_list.access import entry_path
from waiting_list.join import join
from waiting_list.models import WaitingListEntry
from waiting_list.offers import offer_free_places

pytestmark = pytest.mark.django_db
OLD, NEW = "old@example.com", "new@example.com"


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=1, seats=2))


def offer(show: Show, customer: User | None = None) -> WaitingListEntry:
    """Let somebody at OLD wait, and be offered the seats that came free."""
    hold = make_hold(show, 0, 1, email="first@example.com")
    entry = join(show=show, party_size=2, email=OLD, customer=customer)
    release_hold(booking=hold)
    assert offer_free_places(show.pk) == 1
    entry.refresh_from_db()
    return entry


def mailed_links(address: str) -> set[str]:
    """Return the paths of all links in what was written to this address, which sending completes."""
    written = json.dumps(list(Notification.objects.filter(recipient=address).values_list("context", flat=True)))
    return set(re.findall(r'"(/[^"]+)"', written))


def opens(path: str, booking: Booking) -> bool:
    """Return True if somebody with nothing but this link gets to the booking, by looking or by its button."""
    browser = Client()
    pages = [browser.get(path, follow=True), browser.post(path, {"action": "book"}, follow=True)]
    shown = any(page.status_code == 200 and booking.code in page.content.decode() for page in pages)
    return shown or browser.get(reverse("bookings:checkout", args=[booking.code])).status_code != 404


@pytest.mark.slow
def test_an_offer_passes_on_with_its_booking(show: Show, manager: User):
    entry = offer(show)
    booking = entry.booking
    assert booking is not None
    links = mailed_links(OLD)
    assert entry_path(entry) in links
    assert opens(entry_path(entry), booking)
    correct_contact(booking=booking, name="Ravi", email=NEW, by=manager, reason="by phone")
    assert [path for path in links if opens(path, booking)] == []
    entry = WaitingListEntry.objects.get()
    assert entry_path(entry) not in links
    assert opens(entry_path(entry), entry.booking)  # type: ignore[arg-type]


@pytest.mark.slow
def test_so_does_what_was_paid_for(show: Show, manager: User):
    booking = make_paid(show, 0, email=OLD)
    send_tickets_again(booking)
    send_booking_link(booking)
    links = mailed_links(OLD)
    assert any(opens(path, booking) for path in links)
    correct_contact(booking=booking, name="Ravi", email=NEW, by=manager, reason="by phone")
    booking.refresh_from_db()
    assert [path for path in links if opens(path, booking)] == []


def test_a_browser_that_waited_forgets_whose_address_has_changed(show: Show, customer: User, client: Client):
    make_hold(show, 0, 1, email="first@example.com")
    client.post(reverse("waiting_list:join", args=[show.code]), {"party_size": 2, "email": OLD})
    entry = WaitingListEntry.objects.get()
    assert entry_path(entry) in client.get(reverse("bookings:list")).content.decode()
    WaitingListEntry.objects.update(email=NEW)
    entry.refresh_from_db()
    assert entry_path(entry) not in client.get(reverse("bookings:list")).content.decode()


def test_a_link_of_one_is_not_made_into_another(show: Show):
    make_hold(show, 0, 1, email="first@example.com")
    entry, other = (join(show=show, party_size=2, email=f"{name}@example.com") for name in ("a", "b"))
    assert Client().get(entry_path(entry)).status_code == 200
    assert Client().get(entry_path(entry).replace(entry.code, other.code)).status_code == 404
