"""The console's pages of settings: who opens which, what they say, and what they ask before saving."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, User
from events.levels.change import change_settings
from events.models import Level, OwnSettings, Show
from events.models.settings import HOLD_MINUTES, SITE, TICKETS_PER_CUSTOMER, Scope
from testing.bookings import make_paid
from testing.builders import make_event, make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db


def test_an_empty_field_says_what_holds_and_from_where(theater: Theater, manager: User, platform_admin: User):
    change_settings(scope=SITE, values={"hold_minutes": 7}, by=None)
    page = reverse("admin:settings_theater", args=[theater.slug])
    text = signed_in(manager).get(page).content.decode()
    assert (
        "Empty: 7 minutes, from the site&#x27;s settings." in text
        or "Empty: 7 minutes, from the site's settings." in text
    )
    assert "Empty: 24 hours, the default" in text
    assert f'href="{reverse("admin:settings")}"' not in text.partition("settings-form")[2]
    text = signed_in(platform_admin).get(page).content.decode()
    assert f'href="{reverse("admin:settings")}"' in text.partition("settings-form")[2]


def test_above_the_site_is_only_the_default(platform_admin: User):
    change_settings(scope=SITE, values={"tickets_per_customer": 4}, by=None)
    client, page = signed_in(platform_admin), reverse("admin:settings")
    assert "Empty: 10 tickets, the default." in client.get(page).content.decode()
    client.post(page, {"tickets_per_customer": ""})
    assert TICKETS_PER_CUSTOMER.resolve(SITE) == (10, Level.DEFAULT)


def test_a_manager_is_led_to_their_own_theater(theater: Theater, other_theater: Theater, manager: User):
    client = signed_in(manager)
    assert client.get(reverse("admin:settings")).url == reverse("admin:settings_theater", args=[theater.slug])
    assert client.get(reverse("admin:settings_theater", args=[other_theater.slug])).status_code == 404
    client.post(reverse("admin:settings"), {"hold_minutes": 2})
    assert not OwnSettings.objects.exists()


def test_another_theaters_event_has_no_settings_here(theater: Theater, other_theater: Theater, manager: User):
    own, foreign, shared = make_event(theater=theater), make_event(theater=other_theater), make_event()
    client = signed_in(manager)
    answers = [
        client.get(reverse("admin:settings_event", args=[theater.slug, one.pk])).status_code
        for one in (own, foreign, shared)
    ]
    assert answers == [200, 404, 200]


def test_errors_stand_at_their_fields_and_nothing_is_lost(theater: Theater, manager: User):
    page = reverse("admin:settings_theater", args=[theater.slug])
    sent = {"hold_minutes": "99", "refunds": "until", "tickets_per_customer": "6"}
    answer = signed_in(manager).post(page, sent)
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"hold_minutes", "refund_hours"}
    assert 'value="6"' in answer.content.decode()
    assert not OwnSettings.objects.exists()


def test_a_change_for_people_with_tickets_is_explained_before_it_is_saved(theater: Theater, manager: User):
    show = make_show(hall=make_hall(theater=theater), event=make_event(theater=theater))
    client, page = signed_in(manager), reverse("admin:settings_theater", args=[theater.slug])
    client.post(page, {"hold_minutes": 8})
    assert HOLD_MINUTES.of(Scope(theater.pk)) == 8
    make_paid(show, 0, email="guest@example.com")
    answer = client.post(page, {"hold_minutes": 5})
    assert "Now: 8 minutes. Then: 5 minutes." in answer.content.decode()
    assert (answer.context["effects"].shows, answer.context["effects"].with_tickets) == (1, 1)
    assert HOLD_MINUTES.of(Scope(theater.pk)) == 8
    client.post(page, {"hold_minutes": 5, "_sure": "1"})
    assert HOLD_MINUTES.of(Scope(theater.pk)) == 5
    entries = AuditEntry.objects.filter(action="change settings", by=manager).order_by("pk")
    assert [entry.after for entry in entries] == [{"hold_minutes": 8}, {"hold_minutes": 5}]
    client.post(page, {"hold_minutes": "", "_sure": "1"})
    assert HOLD_MINUTES.of(Scope(theater.pk)) == HOLD_MINUTES.default()


def test_what_a_search_leaves_out_stays_as_it_is(theater: Theater, manager: User):
    change_settings(scope=Scope(theater.pk), values={"reminder_hours": 48, "hold_minutes": 5}, by=None)
    client, page = signed_in(manager), reverse("admin:settings_theater", args=[theater.slug])
    answer = client.get(page, {"q": "Réminder"})
    assert set(answer.context["form"].fields) == {"reminder_hours"}
    client.post(f"{page}?q=reminder", {"reminder_hours": 12})
    row = OwnSettings.objects.get(theater=theater)
    assert (row.reminder_hours, row.hold_minutes) == (12, 5)
    assert "No setting matches" in client.get(page, {"q": "xyzzy"}).content.decode()


def test_a_shows_form_says_what_it_inherits(theater: Theater, manager: User):
    event = make_event(theater=theater)
    show = make_show(hall=make_hall(theater=theater), event=event, state="draft", refunds="", refund_hours=None)
    change_settings(scope=Scope(theater.pk, event.pk), values={"tickets_per_customer": 4, "doors_minutes": 45}, by=None)
    page = reverse("admin:events_show_change", args=[show.pk])
    text = signed_in(manager).get(page).content.decode()
    assert 'placeholder="4"' in text
    assert f'href="{reverse("admin:settings_event", args=[theater.slug, event.pk])}"' in text
    assert "as above: never returnable" in text
    assert "45 minutes" in text
    Show.objects.filter(pk=show.pk).update(state=Show.State.ON_SALE)
    # Its own terms can't be changed any more, and what holds can be read.
    assert "never returnable, the default" in signed_in(manager).get(page).content.decode()


def test_an_event_leads_to_its_settings(theater: Theater, manager: User):
    event = make_event(theater=theater)
    answer = signed_in(manager).get(reverse("admin:events_event_open_settings", args=[event.pk]))
    assert answer.url == reverse("admin:settings_event", args=[theater.slug, event.pk])
