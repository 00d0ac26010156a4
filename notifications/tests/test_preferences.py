"""What people want to be sent is honored, on the page, by the link in a message and when sending."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from notifications.kinds import KINDS
from notifications.models import MailSettings, Notification, NotificationPreference, Suppression
from notifications.preferences import choose, is_wanted, people_who_want, report_format
from notifications.samples import sample_context
from notifications.sending import Outcome, send
from notifications.services import notify
from notifications.suppression import suppress

PAGE = reverse("notifications:preferences")
State = Notification.State


def write(kind, user=None, recipient="", **fields):
    return notify(
        kind=kind,
        recipient=recipient or user.email,
        user=user,
        unique_key=f"test:{kind}:{Notification.objects.count()}",
        context=sample_context(kind),
        **fields,
    )


@pytest.fixture
def signed_in(client, customer):
    client.force_login(customer)
    return client


def test_the_page_saves_choices_and_is_safe_to_repeat(signed_in, customer):
    page = signed_in.get(PAGE).content.decode()
    assert 'name="digest:email"' in page
    assert "staff_alert" not in page
    # Webhooks are for those who work here.
    assert "chat" not in page
    wish = {"language": "de", "report_format": "pdf", "chat_webhook": "", "digest:email": "on"}
    for _ in range(2):
        assert signed_in.post(PAGE, wish).status_code == 302
    customer.refresh_from_db()
    assert customer.language == "de"
    assert report_format(customer) == "pdf"
    assert is_wanted(customer, "digest", "email")
    # A box that is on by default and was left empty.
    assert not is_wanted(customer, "show_reminder", "email")
    assert list(people_who_want("digest", "email")) == [customer]
    assert customer not in people_who_want("show_reminder", "email")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://hooks.slack.com/x",
        "https://hooks.slack.com.evil.example/x",
        "https://a@hooks.slack.com/",
        "https://127.0.0.1/",
    ],
)
def test_a_chat_is_only_one_that_we_know(client, manager, address):
    client.force_login(manager)
    wish = {"language": "en", "report_format": "html", "chat_webhook": address, "digest:chat": "on"}
    response = client.post(PAGE, wish)
    assert response.status_code == 200
    assert response.context["form"].errors["chat_webhook"]
    assert not NotificationPreference.objects.exists()
    assert not MailSettings.objects.exists()


def test_no_one_chooses_for_others_and_staff_choose_their_alerts(client, manager):
    assert client.get(PAGE).status_code == 302
    client.force_login(manager)
    assert 'name="staff_alert:email"' in client.get(PAGE).content.decode()


def test_unwanted_messages_are_not_sent(customer):
    waiting = write("show_reminder", customer)
    choose(user=customer, kind="show_reminder", channel="email", is_wanted=False)
    assert send(waiting.pk) is Outcome.SUPPRESSED
    waiting.refresh_from_db()
    assert (waiting.state, mail.outbox) == (State.SUPPRESSED, [])
    assert send(write("booking_confirmed", customer).pk) is Outcome.SENT


def test_a_suppressed_address_gets_nothing_whatever_its_letters(customer):
    suppress("Customer@Example.com", Suppression.Reason.BOUNCED, detail="550 5.1.1 no such user")
    row = write("booking_confirmed", customer)
    assert send(row.pk) is Outcome.SUPPRESSED
    assert "5.1.1" in Notification.objects.get().error
    assert mail.outbox == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_only_marketing_carries_the_headers_of_one_click(customer, kind):
    assert send(write(kind, customer, recipient=customer.email).pk) is (
        Outcome.SENT if is_wanted(customer, kind, "email") else Outcome.SUPPRESSED
    )
    choice = KINDS[kind].choice
    if mail.outbox:
        headers = mail.outbox[0].extra_headers
        assert ("List-Unsubscribe" in headers) == bool(choice and choice.is_marketing)
        assert ("/accounts/messages/stop/" in mail.outbox[0].body) == bool(choice)


def unsubscribe_address(message):
    return re.fullmatch(r"<http://localhost:8000(/\S+)>", message.extra_headers["List-Unsubscribe"])[1]


def test_one_click_works_without_signing_in_and_looking_changes_nothing(client, customer):
    send(write("review_ask", customer).pk)
    assert mail.outbox[0].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = unsubscribe_address(mail.outbox[0])
    assert "Stop these messages?" in client.get(address).content.decode()
    assert is_wanted(customer, "review_ask", "email")
    # As mail programs post it: no cookie, no token of ours.
    for _ in range(2):
        assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert not is_wanted(customer, "review_ask", "email")
    assert client.post(address, {"again": "yes"}).status_code == 200
    assert is_wanted(customer, "review_ask", "email")


def test_a_guest_unsubscribes_an_address_from_one_kind(client, db):
    send(write("show_reminder", recipient="Guest@example.com").pk)
    address = re.search(r"http://localhost:8000(/accounts/messages/stop/\S+)", mail.outbox[0].body)[1]
    client.post(address)
    assert send(write("show_reminder", recipient="guest@example.com").pk) is Outcome.SUPPRESSED
    assert send(write("booking_confirmed", recipient="guest@example.com").pk) is Outcome.SENT
    client.post(address, {"again": "yes"})
    assert not Suppression.objects.exists()


def test_a_forged_link_does_nothing(client, customer):
    response = client.post(reverse("notifications:unsubscribe", args=["WzEsImRpZ2VzdCIsImVtYWlsIl0~1x~forged"]))
    assert response.status_code == 404
    assert not NotificationPreference.objects.exists()
