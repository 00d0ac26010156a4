"""A provider's verified events about a message, and what follows for its address."""

import json
from base64 import b64encode

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from notifications.models import Notification, NotificationPreference, Suppression
from notifications.preferences import is_wanted
from notifications.sending import Outcome, send
from notifications.suppression import suppress
from testing.messages import write_message

SECRET = "marquee:a long secret"
HOOK = reverse("notifications:provider-events", args=["postmark"])
ADDRESS = "asha@example.com"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def postmark(settings):
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "POSTMARK_SERVER_TOKEN": "x"}


@pytest.fixture
def sent():
    notification = write_message(recipient=ADDRESS)
    Notification.objects.update(state=Notification.State.SENT, gateway_id="id-1")
    return notification


def post(client, secret=SECRET, hook=HOOK, **event):
    content = json.dumps({"MessageID": "id-1", "Recipient": ADDRESS, "Email": ADDRESS, **event})
    proof = {"HTTP_AUTHORIZATION": f"Basic {b64encode(secret.encode()).decode()}"} if secret else {}
    return client.post(hook, content, content_type="application/json", **proof).status_code


DELIVERED = {"RecordType": "Delivery", "DeliveredAt": "2026-11-22T10:00:00Z"}
OPENED = {"RecordType": "Open", "FirstOpen": True, "ReceivedAt": "2026-11-22T11:00:00Z"}
BOUNCED = {"RecordType": "Bounce", "ID": 1, "Type": "HardBounce", "TypeCode": 1, "Details": "550 5.1.1 no such user"}
SOFT = {"RecordType": "Bounce", "ID": 2, "Type": "SoftBounce", "TypeCode": 4096, "Details": "mailbox full"}
SPAM = {"RecordType": "SpamComplaint", "ID": 3, "Type": "SpamComplaint", "TypeCode": 512}


def test_a_bounced_address_gets_no_mail_until_that_is_lifted(client, sent):
    for _ in range(2):
        assert post(client, **BOUNCED) == 200
    row = Notification.objects.get()
    assert (row.state, row.delivery) == ("sent", "bounced")
    found = Suppression.objects.get()
    assert (found.address, found.reason, found.kind) == (ADDRESS, "bounced", "")
    assert "no such user" in found.detail
    assert send(write_message(recipient=ADDRESS.upper()).pk) is Outcome.SUPPRESSED


def test_a_complaint_counts_and_news_come_in_any_order(client, sent):
    assert post(client, **OPENED) == 200
    assert post(client, **DELIVERED) == 200
    assert Notification.objects.get().delivery == "opened"
    assert post(client, **SPAM) == 200
    assert post(client, **OPENED) == 200
    assert Notification.objects.get().delivery == "complained"
    assert Suppression.objects.get().reason == "complained"


def test_a_full_mailbox_does_not_suppress_the_address(client, sent):
    assert post(client, **SOFT) == 200
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("secret", ["", "marquee:wrong"])
def test_unverified_events_are_refused(client, sent, secret):
    assert post(client, secret=secret, **BOUNCED) == 400
    assert Notification.objects.get().delivery == ""
    assert not Suppression.objects.exists()


def test_it_listens_to_no_other_provider_and_never_without_a_proof(client, sent, settings):
    other = reverse("notifications:provider-events", args=["sendgrid"])
    assert post(client, hook=other, **BOUNCED) == 404
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "x"}
    assert post(client, **BOUNCED) == 404
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert post(client, **BOUNCED) == 404
    assert not Suppression.objects.exists()


def test_events_about_other_messages_or_addresses_change_nothing(client, sent):
    assert post(client, **{**BOUNCED, "MessageID": "id-2"}) == 200
    assert post(client, **{**BOUNCED, "Email": "rival@example.com", "Recipient": "rival@example.com"}) == 200
    assert Notification.objects.get().delivery == ""
    assert not Suppression.objects.exists()


def test_unsubscribing_at_the_provider_counts(client, customer):
    write_message(kind="digest", recipient=ADDRESS, user=customer)
    NotificationPreference.objects.create(user=customer, kind="digest", channel="email", is_wanted=True)
    Notification.objects.update(state=Notification.State.SENT, gateway_id="id-1")
    change = {"RecordType": "SubscriptionChange", "SuppressSending": True, "SuppressionReason": "ManualSuppression"}
    assert post(client, **change, ChangedAt="2026-11-22T11:00:00Z") == 200
    assert not is_wanted(customer, "digest", "email")


def test_the_theater_lifts_a_suppression_and_the_message_is_sent(client, manager, other_manager, door_staff, theater):
    suppress(ADDRESS, Suppression.Reason.BOUNCED)
    row = write_message(recipient=ADDRESS, theater_id=theater.pk)
    assert send(row.pk) is Outcome.SUPPRESSED
    page = reverse("admin:notifications_notification_changelist")
    action = {"action": "lift_suppression", "_selected_action": [row.pk]}
    for person in (other_manager, door_staff):
        client.force_login(person)
        client.post(page, action)
        assert Suppression.objects.exists()
    client.force_login(manager)
    assert ADDRESS in client.get(page).content.decode()
    for _ in range(2):
        client.post(page, action)
    assert not Suppression.objects.exists()
    row.refresh_from_db()
    assert row.state == "waiting"
    entry = AuditEntry.objects.get(action="lift suppression")
    assert (entry.by, ADDRESS in str(entry.__dict__)) == (manager, False)


def test_only_platform_admins_see_all_suppressed_addresses(client, manager, platform_admin):
    suppress(ADDRESS, Suppression.Reason.BOUNCED)
    row = Suppression.objects.get()
    pages = [reverse("admin:notifications_suppression_changelist")]
    pages.append(reverse("admin:notifications_suppression_delete", args=[row.pk]))
    client.force_login(manager)
    assert [client.get(page).status_code for page in pages] == [403, 403]
    client.force_login(platform_admin)
    assert ADDRESS in client.get(pages[0]).content.decode()
    assert client.post(pages[1], {"post": "yes"}).status_code == 302
    assert not Suppression.objects.exists()
    assert ADDRESS not in str(list(AuditEntry.objects.values()))
