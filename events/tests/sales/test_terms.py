"""Ticket limit and refunds: a show's own, its event's rule, its theater's rule, and many shows at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from events.models import Event, SalesRule, Show
from events.sales.rules import apply_rules
from events.sales.terms import Refunds, Terms, describe_terms, set_terms
from events.timetable.scheduling import create_show
from testing.bookings import make_paid
from testing.builders import make_event, make_hall, make_show
from testing.console import signed_in
from theaters.models import Hall, Theater

pytestmark = pytest.mark.django_db

UNTIL, NEVER = SalesRule.Refunds.UNTIL, SalesRule.Refunds.NEVER


@pytest.fixture
def hall(theater: Theater) -> Hall:
    return make_hall(theater=theater)


@pytest.fixture
def event(theater: Theater) -> Event:
    return make_event(theater=theater)


def terms(show: Show) -> tuple[int, int | None, int]:
    show.refresh_from_db()
    return show.tickets_per_customer, show.refund_hours, show.refund_percent


def new_show(hall: Hall, event: Event, day: int, **details: object) -> Show:
    return create_show(event=event, hall=hall, starts_at=timezone.now() + timedelta(days=day), by=None, **details)


def test_a_show_takes_its_own_terms_then_the_events_then_the_theaters(hall: Hall, event: Event, theater: Theater):
    assert terms(new_show(hall, event, 1)) == (10, None, 100)
    SalesRule.objects.create(theater=theater, tickets_per_customer=6, refunds=UNTIL, refund_hours=48, refund_percent=80)
    assert terms(new_show(hall, event, 2)) == (6, 48, 80)
    own = SalesRule.objects.create(theater=theater, event=event, tickets_per_customer=4)
    assert terms(new_show(hall, event, 3)) == (4, 48, 80)
    SalesRule.objects.filter(pk=own.pk).update(refunds=NEVER)
    assert terms(new_show(hall, event, 4)) == (4, None, 100)
    assert terms(new_show(hall, event, 5, tickets_per_customer=2, refund_hours=24)) == (2, 24, 100)


def test_applied_to_existing_shows_refunds_stay_where_tickets_are_sold(
    hall: Hall, event: Event, theater: Theater, manager: User
):
    sold, unsold = (make_show(hall=hall, event=event, in_hours=hours) for hours in (72, 96))
    make_paid(sold, 0, email="guest@example.com")
    SalesRule.objects.create(theater=theater, tickets_per_customer=6, refunds=NEVER)
    for count in (2, 0):
        assert apply_rules(shows=[sold, unsold], by=manager) == count
    assert (terms(sold), terms(unsold)) == ((6, 24, 100), (6, None, 100))


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
    assert (terms(sold), terms(unsold)) == ((10, 24, 100), (10, 12, 50))
    client.post(page, {"shows": sent["shows"], "tickets_per_customer": "3", "refunds": "", "_do": "1"})
    assert (terms(sold), terms(unsold)) == ((3, 24, 100), (3, 12, 50))
    response = client.post(page, {"shows": sent["shows"], "refunds": UNTIL, "_look": "1"})
    assert "refund_hours" in response.context["form"].errors


@pytest.mark.slow
def test_a_rule_without_hours_is_refused_at_its_field(theater: Theater, manager: User):
    sent = {"theater": theater.pk, "refunds": UNTIL}
    response = signed_in(manager).post(reverse("admin:events_salesrule_add"), sent)
    assert set(response.context["adminform"].form.errors) == {"refund_hours"}
    response = signed_in(manager).post(
        reverse("admin:events_salesrule_add"), {**sent, "refund_hours": 24, "tickets_per_customer": 5}
    )
    assert response.status_code == 302
    rule = SalesRule.objects.get()
    assert (rule.refund_hours, rule.refund_percent, rule.tickets_per_customer) == (24, None, 5)


def test_setting_terms_twice_writes_once(hall: Hall, event: Event, manager: User):
    show = make_show(hall=hall, event=event)
    for _ in range(2):
        set_terms(terms={show.pk: Terms(4, Refunds(None))}, by=manager)
    assert AuditEntry.objects.filter(action="set terms").count() == 1


def test_the_terms_in_words():
    assert describe_terms(Terms(1, Refunds(None))) == ["at most 1 ticket per customer", "never returnable"]
    assert describe_terms(Terms()) == []
