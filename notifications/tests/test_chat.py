"""Messages to Google Chat and Slack, told apart at the HTTP boundary."""

import json

import pytest
import requests
import responses

from notifications.models import MailSettings, Notification
from notifications.preferences import choose
from notifications.samples import sample_context
from notifications.sending import Outcome, send
from notifications.services import notify

HOOK = "https://hooks.slack.com/services/T1/B2/secret"
pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(customer):
    MailSettings.objects.create(user=customer, chat_webhook=HOOK)
    choose(user=customer, kind="digest", channel="chat", is_wanted=True)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as service:
        yield service


def write(customer, recipient=None):
    return notify(
        kind="digest",
        channel="chat",
        recipient=recipient or f"person:{customer.pk}",
        user=customer,
        unique_key="test",
        context=sample_context("digest"),
    )


def test_it_posts_plain_text_and_keeps_the_address_out_of_the_row(chat, customer):
    chat.post(HOOK, body="ok")
    row = write(customer)
    assert send(row.pk) is Outcome.SENT
    text = json.loads(chat.calls[0].request.body)["text"]
    assert text.startswith("*On in Vienna*")
    assert "http://localhost:8000/events/nosferatu/" in text
    assert "/accounts/messages/stop/" in text
    assert send(row.pk) is Outcome.SKIPPED
    row.refresh_from_db()
    assert "secret" not in json.dumps([row.recipient, row.context, row.error, row.gateway_id])


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"status": 404}, Outcome.FAILED),
        ({"status": 429}, Outcome.DELAYED),
        ({"status": 503}, Outcome.DELAYED),
        ({"status": 302, "headers": {"Location": "http://169.254.169.254/"}}, Outcome.FAILED),
        ({"body": requests.exceptions.ConnectionError("no route to secret")}, Outcome.DELAYED),
    ],
)
def test_the_chats_answer_decides(chat, customer, answer, outcome):
    chat.post(HOOK, **answer)
    assert send(write(customer).pk) is outcome
    assert len(chat.calls) == 1
    assert "secret" not in Notification.objects.get().error


def test_a_room_of_the_settings_is_written_to_by_name(chat, customer, settings):
    settings.CHAT_ROOMS = {"foyer": {"url": "https://chat.googleapis.com/v1/spaces/A/messages?key=k"}}
    chat.post("https://chat.googleapis.com/v1/spaces/A/messages?key=k", json={})
    assert send(write(customer, "room:foyer").pk) is Outcome.SENT


def test_a_chat_that_is_gone_or_strange_is_never_spoken_to(chat, customer, settings):
    settings.CHAT_ROOMS = {"inside": {"url": "http://127.0.0.1/"}}
    for recipient in ["room:inside", "room:unknown"]:
        Notification.objects.all().delete()
        assert send(write(customer, recipient).pk) is Outcome.FAILED
    assert len(chat.calls) == 0
