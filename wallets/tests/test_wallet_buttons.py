"""Where tickets can be put into a wallet, and by whom."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from bookings.access import ticket_url
from bookings.services.pass_on import pass_on_ticket
from notifications.models import Notification
from notifications.sending import send
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from testing.wallets import read_pass, unpack
from wallets.models import WalletPass

pytestmark = pytest.mark.django_db
BUTTONS = ["Add to Apple Wallet", "Add to Google Wallet"]


@pytest.fixture
def booking(theater, customer, client):
    client.force_login(customer)
    return make_paid(make_show(hall=make_hall(theater=theater)), 0, 1, customer=customer)


def apple(booking) -> str:
    return reverse("wallets:apple", args=[booking.code])


def test_without_keys_there_is_nothing(client, booking):
    for page in (booking.get_absolute_url(), reverse("bookings:list")):
        assert not any(words in client.get(page).content.decode() for words in BUTTONS)
    assert client.get(apple(booking)).status_code == 404
    assert client.get(reverse("wallets:google", args=[booking.code])).status_code == 404
    send(Notification.objects.get(kind="booking_confirmed").pk)
    assert "wallet" not in mail.outbox[-1].body
    assert not WalletPass.objects.exists()


@pytest.mark.usefixtures("apple", "google")
def test_with_keys_each_ticket_has_them(client, booking):
    text = client.get(booking.get_absolute_url()).content.decode()
    assert [text.count(words) for words in BUTTONS] == [2, 2]
    listed = client.get(reverse("bookings:list")).content.decode()
    assert [listed.count(words) for words in BUTTONS] == [1, 1]
    send(Notification.objects.get(kind="booking_confirmed").pk)
    assert "There you can also put each ticket into the wallet of your phone." in mail.outbox[-1].body


@pytest.mark.usefixtures("apple")
def test_a_ticket_or_all_of_them(client, booking):
    ticket = booking.tickets.first()
    one = client.get(apple(booking), {"ticket": ticket.code})
    assert one["Content-Type"] == "application/vnd.apple.pkpass"
    assert read_pass(one.content)["barcodes"][0]["altText"] == ticket.code
    both = client.get(apple(booking))
    assert both["Content-Type"] == "application/vnd.apple.pkpasses"
    passes = [read_pass(data) for data in unpack(both.content).values()]
    assert {one["barcodes"][0]["altText"] for one in passes} == set(booking.tickets.values_list("code", flat=True))
    assert WalletPass.objects.count() == 2


@pytest.mark.usefixtures("apple", "google")
def test_nobody_else_gets_a_pass(booking, rival):
    stranger = Client()
    stranger.force_login(rival)
    for name in ("wallets:apple", "wallets:google"):
        assert stranger.get(reverse(name, args=[booking.code])).status_code == 404
    assert not WalletPass.objects.exists()


@pytest.mark.usefixtures("apple")
def test_a_ticket_that_was_passed_on_goes_to_its_holder_alone(client, booking, customer):
    ticket = booking.tickets.order_by("pk").first()
    made = pass_on_ticket(booking=booking, ticket=ticket, name="Ravi", email="ravi@example.com", by=customer)
    assert client.get(apple(booking), {"ticket": made.code}).status_code == 404
    friend = Client()
    text = friend.get(ticket_url(made)).content.decode()
    assert "Add to Apple Wallet" in text
    answer = friend.get(f"{ticket_url(made)}wallet/apple/")
    said = read_pass(answer.content)
    assert said["barcodes"][0]["altText"] == made.code
    assert booking.code not in answer.content.decode("latin-1")
    pass_on_ticket(booking=booking, ticket=made, name="Li", email="li@example.com", by=customer)
    assert friend.get(f"{ticket_url(made)}wallet/apple/").status_code == 404


@pytest.mark.usefixtures("apple")
def test_unknown_tickets_and_links(client, booking):
    assert client.get(apple(booking), {"ticket": "NOTHING"}).status_code == 404
    assert client.get(reverse("wallets:apple-ticket", args=["forged"])).status_code == 404
