"""Theaters are rated by those who were there, once each, and moderated by their staff."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.services.review import NotYetSeen, may_review, save_theater_review
from events.models import Show, TheaterReview
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from testing.caches import forget_pages
from theaters.models import Theater

pytestmark = pytest.mark.django_db


def visit(theater: Theater, user: User, *, has_started: bool = True) -> Show:
    show = make_show(hall=make_hall(theater=theater))
    make_paid(show, 0, customer=user)
    if has_started:
        start = timezone.now() - timedelta(hours=1)
        Show.objects.filter(pk=show.pk).update(starts_at=start, ends_at=start + timedelta(hours=2))
    return show


def read(theater: Theater) -> str:
    forget_pages()
    return Client().get(theater.get_absolute_url()).text


def test_visitors_rate_it_and_its_page_says_so(client: Client, theater: Theater, customer: User, rival: User) -> None:
    assert 'id="reviews"' not in read(theater)
    visit(theater, customer)
    visit(theater, rival)
    address = reverse("bookings:review-theater", args=[theater.slug])
    assert address in read(theater)
    client.force_login(customer)
    assert "can review it" not in client.get(address).text
    for stars in ("2", "5"):
        answer = client.post(address, {"stars": stars, "text": "A warm foyer."})
        assert answer["Location"] == f"{theater.get_absolute_url()}#reviews"
    save_theater_review(theater=theater, user=rival, stars=4)

    theater.refresh_from_db()
    assert (theater.rating_average, theater.rating_count) == (Decimal("4.50"), 2)
    html = read(theater)
    assert "2 reviews by people who were there" in html
    assert "A warm foyer." in html
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert data
    assert '"reviewCount": 2' in data[1]
    assert json.loads(data[1])
    assert "4.5" in Client().get("/theaters/").text


def test_not_by_those_who_were_not_there(
    client: Client, theater: Theater, other_theater: Theater, customer: User, rival: User
) -> None:
    visit(theater, customer, has_started=False)
    visit(other_theater, rival)
    for user in (customer, rival):
        assert not may_review(theater, user)
        with pytest.raises(NotYetSeen):
            save_theater_review(theater=theater, user=user, stars=1)
        client.force_login(user)
        assert (
            "can review it" in client.post(reverse("bookings:review-theater", args=[theater.slug]), {"stars": "1"}).text
        )
    assert not TheaterReview.objects.exists()


def test_staff_hide_what_is_said_of_their_own_theater(
    client: Client, theater: Theater, other_manager: User, manager: User, customer: User
) -> None:
    visit(theater, customer)
    review = save_theater_review(theater=theater, user=customer, stars=1, text="Insult")
    address = reverse(f"admin:{TheaterReview._meta.app_label}_theaterreview_changelist")
    hide = {"action": "hide", admin.helpers.ACTION_CHECKBOX_NAME: review.pk}
    client.force_login(other_manager)
    client.post(address, hide)
    assert "Insult" in read(theater)
    client.force_login(manager)
    client.post(address, hide)
    assert "Insult" not in read(theater)
    theater.refresh_from_db()
    assert (theater.rating_average, theater.rating_count) == (None, 0)
    entry = AuditEntry.objects.get(action="hide review")
    assert (entry.by, entry.theater_id) == (manager, theater.pk)
    # It stays hidden when it is written again.
    assert save_theater_review(theater=theater, user=customer, stars=2).state == TheaterReview.State.HIDDEN
