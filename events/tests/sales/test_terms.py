"""Ticket limit and refunds of many shows at once; what shows inherit is tested in `tests/levels`."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, User
from events.models import Event, RefundPolicy, Show
from events.models.settings import Refunds
from events.sales.terms import Terms, describe_terms, set_terms
from testing.bookings import make_paid
from testing.builders import make_event, make_hall, make_show
from testing.console import signed_in
from theaters.models import Hall, Theater

pytestmark = pytest.mark.django_db

UNTIL = RefundPolicy.UNTIL


@pytest.fixture
def hall(theater: Theater) -> Hall:
    return make_hall(theater=theater)


@pytest.fixture
def event(theater: Theater) -> Event:
    return make_event(theater=theater)


def terms(show: Show) -> tuple[int | None, int | None, int | None]:
    show.refresh_from_db()
    return show.tickets_per_customer, show.refund_hours, show.refund_percent


@pytest.mark.slow
def test_many_shows_at_once(hall: Hall, event: Event, manager: User):
    sold, unsold = (make_show(hall=hall, event=event, in_hours=hours) for hours in (72, 96))
    make_paid(sold, 0, email="guest@example.com")
    client = signed_in(manager)
    page = reverse("admin:events_show_bulk_terms")
    sent = {"shows": f"{sold.pk},{unsold.pk}", "refunds": UNTIL, "refund_hours": "12", "refund_percent": "50"}
    text = client.post(page, {**sent, "_look": "1"}).content.decode()
    assert "returnable until 12 h before the start, for 50 %" in text
    assert "its refunds stay" in text
    client.post(page, {**sent, "_do": "1"})
    assert (terms(sold), terms(unsold)) == ((None, 24, None), (None, 12, 50))
    client.post(page, {"shows": sent["shows"], "tickets_per_customer": "3", "refunds": "", "_do": "1"})
    assert (terms(sold), terms(unsold)) == ((3, 24, None), (3, 12, 50))
    client.post(page, {"shows": sent["shows"], "refunds": "inherit", "_do": "1"})
    assert (terms(sold), terms(unsold)) == ((3, 24, None), (3, None, None))
    response = client.post(page, {"shows": sent["shows"], "refunds": UNTIL, "_look": "1"})
    assert "refund_hours" in response.context["form"].errors


def test_setting_terms_twice_writes_once(hall: Hall, event: Event, manager: User):
    show = make_show(hall=hall, event=event)
    for _ in range(2):
        set_terms(terms={show.pk: Terms(4, Refunds(None))}, by=manager)
    assert AuditEntry.objects.filter(action="set terms").count() == 1


def test_the_terms_in_words():
    assert describe_terms(Terms(1, Refunds(None))) == ["at most 1 ticket per customer", "never returnable"]
    assert describe_terms(Terms()) == []
