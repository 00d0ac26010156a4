"""Follow by one tap, see that one does, and take it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from icalendar import Calendar

from accounts.models import User
from events.catalogue.search import index_event
from events.models import Event, Label, Show
from follows import following
from follows.following import find_follow, follow, follower_of
from follows.links import stop_path
from follows.models import Follow
from follows.subjects import describe
from notifications.models import Notification, NotificationPreference
from notifications.preferences import choose, is_wanted
from testing.builders import make_event, make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater


@pytest.fixture
def event(theater: Theater) -> Event:
    found = make_event("مسرحية", cast=[{"name": "AC/DC & Søn", "role": "Band"}], theater=theater)
    index_event(found)
    return found


def test_one_tap_on_the_events_page_follows_and_the_next_one_stops(client: Client, customer: User, event: Event):
    client.force_login(customer)
    page, address = event.get_absolute_url(), reverse("follows:event", args=[event.slug])
    assert f'action="{address}"' in client.get(page).content.decode()
    for _again in range(2):
        assert client.post(address, {"back": "1"})["Location"] == page
    assert "You follow this" in client.get(page).content.decode()
    assert Follow.objects.get().event == event
    client.post(address, {"back": "1", "follow": "no"})
    client.post(address, {"back": "1", "follow": "no"})
    assert not Follow.objects.exists()
    assert "You follow this" not in client.get(page).content.decode()


def test_each_kind_has_a_page_and_guests_cannot_follow_for_others(
    client: Client, customer: User, event: Event, theater: Theater
):
    label = Label.objects.create(name="Drama", slug="drama")
    show = make_show(hall=make_hall(theater=theater), event=event, sales_open_at=timezone.now() + timedelta(1))
    subjects = {"event": event, "theater": theater, "label": label, "show": show, "person": "AC/DC & Søn"}
    addresses = [describe(kind, found).address for kind, found in subjects.items()]
    for address in addresses:
        assert client.get(address).status_code == 200
        client.post(address)
    assert not Follow.objects.exists()
    client.force_login(customer)
    for address in addresses:
        client.post(address)
        assert "We will write to" in client.get(address).content.decode()
    assert Follow.objects.count() == 5
    for missing in ("follow/people/Nobody/", "follow/events/none/", "follow/shows/NONE/", "follow/labels/none/"):
        assert client.get(f"/{missing}").status_code == 404


def test_a_show_that_opens_later_says_tell_me(client: Client, event: Event, theater: Theater):
    show = make_show(hall=make_hall(theater=theater), event=event, sales_open_at=timezone.now() + timedelta(1))
    address = reverse("follows:show", args=[show.code])
    for page in (reverse("events:home"), event.get_absolute_url(), show.get_absolute_url()):
        assert address in client.get(page).content.decode(), page


def test_the_link_in_a_mail_stops_one_thing_and_lets_it_be_taken_back(client: Client, customer: User, event: Event):
    found = follow(follower=follower_of(customer), subject=describe("event", event))
    other = follow(follower=follower_of(customer), subject=describe("theater", event.theater))
    path = stop_path(found, describe("event", event))
    assert "Stop following" in client.get(path).content.decode()
    assert Follow.objects.count() == 2
    # A mail program's own button (RFC 8058), more than once.
    for _again in range(2):
        client.post(path, {"List-Unsubscribe": "One-Click"})
    assert Follow.objects.get() == other
    client.post(path, {"again": "yes"})
    assert Follow.objects.count() == 2
    assert client.get(reverse("follows:stop", args=["forged"])).status_code == 404
    customer.delete()
    assert client.get(path).status_code == 404


def test_who_follows_again_gets_the_messages_that_they_had_stopped(customer: User, event: Event):
    kind = Notification.Kind.FOLLOWED_ON_SALE
    choose(user=customer, kind=kind, channel="email", is_wanted=False)
    follow(follower=follower_of(customer), subject=describe("event", event))
    assert is_wanted(customer, kind, "email")
    assert NotificationPreference.objects.count() == 1


def test_there_is_a_limit(client: Client, customer: User, event: Event, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(following, "MAX_FOLLOWS", 1)
    follow(follower=follower_of(customer), subject=describe("theater", event.theater))
    client.force_login(customer)
    answer = client.post(reverse("follows:event", args=[event.slug]), follow=True)
    assert "Stop following something first" in answer.content.decode()
    assert find_follow(customer, describe("event", event)) is None


def test_the_opening_of_a_sale_goes_into_a_calendar_with_an_alarm(client: Client, event: Event, theater: Theater):
    opens_at = (timezone.now() + timedelta(1)).replace(microsecond=0)
    show = make_show(hall=make_hall(theater=theater), event=event, sales_open_at=opens_at)
    address = reverse("follows:opening-calendar", args=[show.code])
    page = client.get(reverse("follows:show", args=[show.code])).content.decode()
    assert address in page
    assert "asks_before" in page
    [entry] = Calendar.from_ical(client.get(address).content).walk("VEVENT")
    assert entry["dtstart"].dt == opens_at
    assert [alarm["trigger"].dt for alarm in entry.walk("VALARM")] == [timedelta(minutes=-1)]
    Show.objects.filter(pk=show.pk).update(sales_open_at=timezone.now())
    assert client.get(address).status_code == 404
    assert "asks_before" not in client.get(reverse("follows:show", args=[show.code])).content.decode()


def test_staff_see_how_many_follow_and_not_who(
    theater: Theater, customer: User, event: Event, manager: User, door_staff: User
):
    show = make_show(hall=make_hall(theater=theater), event=event)
    for kind, found in (("event", event), ("theater", theater), ("show", show)):
        follow(follower=follower_of(customer), subject=describe(kind, found))
        page = reverse(f"admin:{found._meta.app_label}_{kind}_change", args=[found.pk])
        text = signed_in(manager).get(page).content.decode()
        assert "1 person wants to be told of it" in text, kind
        assert customer.email not in text
        assert "wants to be told" not in signed_in(door_staff).get(page).content.decode()


def test_labels_and_people_are_followed_from_what_they_find(client: Client, event: Event, theater: Theater):
    event.labels.add(Label.objects.create(name="Drama", slug="drama"))
    make_show(hall=make_hall(theater=theater), event=event)
    page = client.get(event.get_absolute_url()).content.decode()
    assert 'href="/events/?person=AC/DC%20%26%20S%C3%B8n"' in page
    found = client.get(reverse("events:list"), {"person": "AC/DC & Søn"}).content.decode()
    assert escape(describe("person", "AC/DC & Søn").address) in found
    found = client.get(reverse("events:list"), {"label": "drama"}).content.decode()
    assert reverse("follows:label", args=["drama"]) in found
