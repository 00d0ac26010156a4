"""Follow without an account: nothing is kept until the address is confirmed."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.throttles import MAIL_TO_ADDRESS
from events.models import Event
from events.sales.opening import open_sales
from follows import announcing
from follows.following import follow, follower_of
from follows.guests import attach_follows
from follows.links import find_guest, guest_path
from follows.models import Follow, Follower
from follows.subjects import describe
from notifications.models import Notification
from testing.builders import make_event, make_hall, make_show
from theaters.models import Theater


@pytest.fixture
def event(theater: Theater) -> Event:
    return make_event("Nosferatu", theater=theater)


def ask(client: Client, event: Event, email: str = "guest@example.com") -> str:
    """Ask to follow; return the path of the link in the mail."""
    address = reverse("follows:event", args=[event.slug])
    answer = client.post(address, {"email": f" {email.upper()} "}, follow=True)
    assert f"We sent an e-mail to {email}" in answer.content.decode()
    message = Notification.objects.filter(kind="follow_confirmation", recipient=email).latest("pk")
    return urlsplit(message.context["confirm_url"]).path


def test_a_confirmed_guest_is_told_and_stops_by_the_link(client: Client, event: Event, theater: Theater):
    path = ask(client, event)
    assert client.get(path).status_code == 200
    assert not Follower.objects.exists()
    for _again in range(2):
        page = client.post(path)["Location"]
    assert "Nosferatu" in client.get(page).content.decode()
    open_sales(show=make_show(hall=make_hall(theater=theater), event=event, state="draft"), by=None)
    announcing.tell_followers()
    message = Notification.objects.get(kind="followed_on_sale")
    assert (message.recipient, message.user) == ("guest@example.com", None)
    assert client.get(urlsplit(message.context["preferences_url"]).path).status_code == 200
    client.post(urlsplit(message.context["stop_url"]).path, {"List-Unsubscribe": "One-Click"})
    assert not Follow.objects.exists()
    # The link that once confirmed brings nothing back.
    assert client.post(path).status_code == 404
    assert not Follow.objects.exists()
    # Asking again does.
    client.post(ask(client, event))
    assert Follow.objects.count() == 1


def test_bad_and_old_links_do_nothing(client: Client, event: Event, time_machine):
    path = ask(client, event)
    assert client.post(path[:-6] + "xxxxx/").status_code == 404
    time_machine.move_to(timezone.now() + timedelta(days=8))
    assert client.post(path).status_code == 404
    assert not Follower.objects.exists()


def test_two_wishes_can_be_confirmed_in_any_order(client: Client, event: Event):
    other = make_event("Other")
    paths = [ask(client, event), ask(client, other)]
    for path in paths:
        client.post(path)
    assert Follow.objects.count() == 2
    assert Follower.objects.count() == 1


def test_an_address_of_an_account_follows_as_that_account(client: Client, event: Event, customer: User):
    client.post(ask(client, event, customer.email))
    assert Follow.objects.get().follower.user == customer


def test_what_a_guest_follows_joins_their_account(event: Event, theater: Theater, customer: User):
    guest = Follower.objects.create(email=customer.email, language="de")
    for found in (event, theater):
        follow(follower=guest, subject=describe("event" if found is event else "theater", found))
    follow(follower=follower_of(customer), subject=describe("event", event))
    page = guest_path(guest)
    assert attach_follows(user=customer) == 1
    assert Follower.objects.get().user == customer
    assert Follow.objects.count() == 2
    assert find_guest(page.split("/")[2]) is None
    assert attach_follows(user=customer) == 0


def test_nobody_floods_an_address(client: Client, event: Event):
    address = reverse("follows:event", args=[event.slug])
    for _ in range(MAIL_TO_ADDRESS.limit + 2):
        answer = client.post(address, {"email": "guest@example.com"}, follow=True)
    assert "Too many attempts" in answer.content.decode()
    assert Notification.objects.count() <= MAIL_TO_ADDRESS.limit
    assert "Enter a valid email address" in client.post(address, {"email": "nobody"}).content.decode()


def test_the_page_of_messages_lists_what_one_follows(client: Client, customer: User, rival: User, event: Event):
    follow(follower=follower_of(customer), subject=describe("event", event))
    client.force_login(rival)
    page = reverse("notifications:preferences")
    assert "Nosferatu" not in client.get(page).content.decode()
    client.force_login(customer)
    assert "Nosferatu" in client.get(page).content.decode()
