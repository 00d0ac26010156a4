"""Newsletters: nothing is kept until a mail is confirmed, and one press ends it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from legal.models import NewsletterConsent
from legal.newsletters import leave_path
from notifications.models import Notification
from testing.bookings import make_hold
from testing.builders import make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db
ACCOUNT = reverse("legal:newsletters")


@pytest.fixture
def offering(theater: Theater) -> Theater:
    theater.offers_newsletter = True
    theater.save()
    return theater


def link() -> str:
    mail = Notification.objects.filter(kind="newsletter_confirmation").latest("pk")
    return mail.context["confirm_url"].removeprefix("http://localhost:8000")


def subscribe(client: Client, theater: Theater) -> NewsletterConsent:
    client.post(ACCOUNT, {"theater": theater.pk})
    client.post(link())
    return NewsletterConsent.objects.in_force().get(theater=theater)


def test_the_checkout_asks_apart_and_keeps_nothing_until_it_is_confirmed(offering: Theater, customer: User):
    client = signed_in(customer)
    booking = make_hold(make_show(hall=make_hall(theater=offering)), 0, 1, customer=customer)
    address = reverse("bookings:checkout", args=[booking.code])
    page = client.get(address).content.decode()
    box = re.search(r'<input[^>]*name="newsletter"[^>]*>', page)
    assert box is not None
    assert "checked" not in box[0]
    sent = {"name": "Ada", "phone": "", "gateway": "sandbox"}
    client.post(address, sent)
    assert not Notification.objects.filter(kind="newsletter_confirmation").exists()
    client.post(address, {**sent, "newsletter": "on"})
    assert not NewsletterConsent.objects.exists()
    stranger = Client()
    # Mail programs open links by themselves.
    assert stranger.get(link()).status_code == 200
    assert not NewsletterConsent.objects.exists()
    assert "You are on the list" in stranger.post(link(), follow=True).content.decode()
    consent = NewsletterConsent.objects.get()
    assert (consent.email, consent.source) == (customer.email, "checkout")
    assert "may send me its newsletter" in consent.words
    assert consent.words in page
    assert len(consent.asked_network) == len(consent.confirmed_network) == 24
    stranger.post(link())
    assert NewsletterConsent.objects.get() == consent


def test_a_theater_that_offers_none_asks_nobody(theater: Theater, customer: User):
    client = signed_in(customer)
    booking = make_hold(make_show(hall=make_hall(theater=theater)), 0, customer=customer)
    assert 'name="newsletter"' not in client.get(reverse("bookings:checkout", args=[booking.code])).content.decode()
    assert client.post(ACCOUNT, {"theater": theater.pk}).status_code == 404
    assert client.post(ACCOUNT, {"theater": "x"}).status_code == 404
    assert client.post(ACCOUNT, {"stop": "9" * 30}).status_code == 404


def test_one_press_ends_it_and_an_old_link_brings_nothing_back(offering: Theater, customer: User, rival: User):
    client = signed_in(customer)
    consent = subscribe(client, offering)
    assert signed_in(rival).post(ACCOUNT, {"stop": consent.pk}).status_code == 404
    # As a mail program's button does it: without a cookie or a token of a form.
    machine = Client(enforce_csrf_checks=True)
    assert machine.get(leave_path(consent)).status_code == 200
    consent.refresh_from_db()
    assert consent.withdrawn_at is None
    machine.post(leave_path(consent), {"List-Unsubscribe": "One-Click"})
    consent.refresh_from_db()
    ended = consent.withdrawn_at
    assert ended is not None
    machine.post(leave_path(consent))
    Client().post(link())
    consent.refresh_from_db()
    assert consent.withdrawn_at == ended
    assert NewsletterConsent.objects.count() == 1
    assert machine.post(f"{leave_path(consent)[:-3]}x/").status_code == 404


def test_a_link_is_too_old_after_a_week(offering: Theater, customer: User):
    signed_in(customer).post(ACCOUNT, {"theater": offering.pk})
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert "no longer works" in Client().get(link()).content.decode()
        assert "no longer works" in Client().post(link()).content.decode()
    assert not NewsletterConsent.objects.exists()


def test_the_proof_never_changes(offering: Theater, customer: User):
    consent = subscribe(signed_in(customer), offering)
    mine = NewsletterConsent.objects.filter(pk=consent.pk)
    for change in ({"words": "Anything"}, {"email": "other@example.com"}, {"confirmed_at": timezone.now()}):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            mine.update(**change)
    mine.update(withdrawn_at=timezone.now())
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        mine.update(withdrawn_at=None)


def test_an_address_is_not_flooded(offering: Theater, customer: User):
    client = signed_in(customer)
    for _time in range(5):
        client.post(ACCOUNT, {"theater": offering.pk})
    page = client.post(ACCOUNT, {"theater": offering.pk}, follow=True).content.decode()
    assert "That was too often." in page


def test_managers_export_who_wants_it_and_no_others(
    offering: Theater, customer: User, rival: User, manager: User, other_manager: User
):
    subscribe(signed_in(customer), offering)
    signed_in(rival).post(ACCOUNT, {"theater": offering.pk})
    Client().post(link())
    gone = NewsletterConsent.objects.get(email=rival.email)
    Client().post(leave_path(gone))
    export = reverse("admin:legal_newsletterconsent_export")
    written = b"".join(signed_in(manager).get(export).streaming_content).decode()
    assert customer.email in written
    assert rival.email not in written
    assert "/newsletter/leave/" in written
    assert AuditEntry.objects.filter(action="download", by=manager).exists()
    assert customer.email not in b"".join(signed_in(other_manager).get(export).streaming_content).decode()
