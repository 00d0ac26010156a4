"""The evening reminder comes at six in the evening of one's own city, to those who stayed away."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from accounts.last_seen import remember
from accounts.models import User
from bookings.models import Booking
from events.models import Label, Review
from mailings import digest
from mailings.tasks import send_digests
from notifications.models import Channel, MailSettings, Notification
from notifications.preferences import choose
from notifications.sending import Outcome, send
from testing.bookings import make_paid
from testing.builders import make_city, make_event, make_hall, make_show, make_theater, make_user

pytestmark = pytest.mark.django_db
UTC = ZoneInfo("UTC")


def make_reader(city, email="reader@example.com", *, away_days=30, channel=Channel.EMAIL, **fields):
    user = make_user(email, preferred_city=city, **fields)
    User.objects.filter(pk=user.pk).update(last_seen_at=timezone.now() - timedelta(days=away_days))
    choose(user=user, kind="digest", channel=channel, is_wanted=True)
    return User.objects.get(pk=user.pk)


def on_in(city, title="Hamlet", *, labels=(), hours=72):
    hall = make_hall(theater=make_theater(city=city))
    event = make_event(title)
    event.labels.set(labels)
    make_show(hall=hall, event=event, in_hours=hours)
    return event


def evening(city, day=1, clock="18:00"):
    """Return a moment of an evening to come, by the city's own clock."""
    date = timezone.localdate() + timedelta(days=day)
    return datetime.fromisoformat(f"{date} {clock}").replace(tzinfo=city.tz)


def titles(row):
    return [event["title"] for event in row.context["events"]]


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("Europe/Vienna", ["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25"]),
        ("America/New_York", ["2026-03-07", "2026-03-08", "2026-10-31", "2026-11-01"]),
        ("Asia/Kolkata", ["2026-03-29", "2026-10-25"]),
    ],
)
def test_it_comes_from_the_minute_of_six_on_every_day_of_a_change_of_clocks(zone, days, monkeypatch):
    city = make_city(zone.replace("/", "-"), zone)
    make_theater(city=city)
    asked = []
    monkeypatch.setattr(digest, "read_offers", lambda city, now: asked.append(now))
    for day in days:
        local = datetime.fromisoformat(f"{day} 18:00").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        for now, is_evening in [
            (local - timedelta(minutes=1), False),
            (local, True),
            (local + timedelta(hours=2, minutes=59), True),
            (local + timedelta(hours=3), False),
        ]:
            asked.clear()
            digest.send_digests(now)
            assert bool(asked) is is_evening, (zone, now)


def test_it_is_sent_once_a_day_and_repeats_nothing():
    city = make_city()
    reader = make_reader(city)
    on_in(city, "Hamlet")
    now = evening(city)
    assert digest.send_digests(now) == 1
    assert digest.send_digests(now + timedelta(hours=1)) == 0
    # The next day there is nothing that was not told.
    assert digest.send_digests(evening(city, 2)) == 0
    on_in(city, "Macbeth", hours=96)
    assert digest.send_digests(evening(city, 2)) == 1
    first, second = Notification.objects.order_by("pk")
    assert (titles(first), titles(second)) == (["Hamlet"], ["Macbeth"])
    assert send(first.pk) is Outcome.SENT
    assert mail.outbox[0].to == [reader.email]
    assert "List-Unsubscribe" in mail.outbox[0].extra_headers
    assert "€20.00" in mail.outbox[0].body


def test_only_people_who_asked_and_stayed_away_get_it():
    city, elsewhere = make_city(), make_city("Graz")
    on_in(city)
    on_in(elsewhere)
    make_user("never-asked@example.com", preferred_city=city)
    make_reader(city, "was-here@example.com", away_days=4)
    make_reader(None, "homeless@example.com")
    booker = make_reader(city, "booked@example.com")
    show = on_in(city, "Seen", hours=48).shows.get()
    booking = make_paid(show, 0, customer=booker)
    # At home where the last booking was, when the profile does not say.
    guest = make_reader(None, "by-booking@example.com")
    earlier = make_paid(show, 1, customer=guest)
    Booking.objects.filter(pk=earlier.pk).update(created_at=timezone.now() - timedelta(days=20))
    Notification.objects.all().delete()
    away = make_reader(city, "away@example.com")
    assert digest.send_digests(evening(city)) == 2
    assert set(Notification.objects.values_list("recipient", flat=True)) == {away.email, guest.email}
    assert titles(Notification.objects.get(user=guest)) == ["Hamlet"]
    assert booking.customer == booker


def test_new_events_come_first_then_favorites():
    city = make_city()
    reader = make_reader(city)
    opera, noise = (Label.objects.create(name=name, slug=name) for name in ("opera", "noise"))
    for title, labels, hours in [("Loud", [noise], 24), ("Plain", [], 36), ("Aida", [opera], 60)]:
        event = on_in(city, title, labels=labels, hours=hours)
        type(event).objects.filter(pk=event.pk).update(created_at=reader.last_seen_at - timedelta(days=1))
    on_in(city, "Premiere", hours=72)
    Review.objects.create(event=make_event("Tosca"), user=reader, stars=5).event.labels.set([opera])
    Review.objects.create(event=make_event("Din"), user=reader, stars=1).event.labels.set([noise])
    digest.send_digests(evening(city, 0, "20:59") if evening(city, 0, "18:00") > timezone.now() else evening(city, 1))
    row = Notification.objects.get()
    assert [title for title in titles(row) if title != "Loud"] == ["Premiere", "Aida", "Plain"]


def test_chats_and_rooms_get_it_too(settings):
    city = make_city()
    on_in(city)
    reader = make_reader(city, channel=Channel.CHAT)
    MailSettings.objects.create(user=reader, chat_webhook="https://hooks.slack.com/services/x")
    settings.CHAT_ROOMS = {"foyer": {"url": "https://hooks.slack.com/y", "city": city.slug, "language": "de"}}
    now = evening(city)
    assert send_digests.run.__name__ == "send_digests"
    assert digest.send_digests(now) == 2
    assert digest.send_digests(now) == 0
    rows = Notification.objects.order_by("recipient")
    assert [(row.channel, row.recipient, row.language) for row in rows] == [
        ("chat", f"person:{reader.pk}", "en"),
        ("chat", "room:foyer", "de"),
    ]
    assert "hooks.slack.com" not in json.dumps([row.context for row in rows])


def test_a_visit_is_remembered_once_a_day(client, customer, django_assert_num_queries):
    now = timezone.now()
    User.objects.filter(pk=customer.pk).update(last_seen_at=now - timedelta(days=2))
    client.force_login(customer)
    client.get("/accounts/profile/")
    customer.refresh_from_db()
    assert customer.last_seen_at >= now
    with django_assert_num_queries(0):
        remember(customer)
