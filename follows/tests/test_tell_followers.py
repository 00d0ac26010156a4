"""Each follower is told once of what goes on sale, and of several things at once in one message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.catalogue.search import index_event
from events.models import Event, Label, Show
from events.sales.opening import open_sales
from follows import announcing
from follows.following import Terms, follow, follower_of
from follows.models import Announcement, Follower
from follows.subjects import describe
from notifications.models import Notification
from testing.builders import make_event, make_hall, make_show, make_user
from testing.console import signed_in
from theaters.models import City, Theater

NOON = datetime(2026, 9, 1, 10, tzinfo=UTC)


@pytest.fixture
def event(theater: Theater) -> Event:
    found = make_event("Nosferatu", cast=[{"name": "Max Schreck", "role": "Orlok"}], theater=theater)
    found.labels.add(Label.objects.create(name="Silent film", slug="silent"))
    index_event(found)
    return found


def draft(event: Event, theater: Theater, **fields: Any) -> Show:
    return make_show(hall=make_hall(theater=theater), event=event, state=Show.State.DRAFT, **fields)


def follow_all(show: Show) -> dict[str, User]:
    """Let one person each follow the show and all that it belongs to."""
    subjects = {
        "event": show.event,
        "theater": show.hall.theater,
        "label": show.event.labels.get(),
        "show": show,
        "person": "Max  Schreck",
    }
    people = {kind: make_user(f"{kind}@example.com") for kind in subjects}
    for kind, found in subjects.items():
        follow(follower=follower_of(people[kind]), subject=describe(kind, found))
    return people


def told() -> list[str]:
    return sorted(Notification.objects.filter(kind="followed_on_sale").values_list("recipient", flat=True))


def test_those_who_follow_what_it_belongs_to_are_told_once(event: Event, theater: Theater, rival: User):
    show, elsewhere = draft(event, theater), make_event("Something else")
    people = follow_all(show)
    follow(follower=follower_of(rival), subject=describe("event", elsewhere))
    follow(follower=follower_of(people["event"]), subject=describe("theater", theater))
    open_sales(show=show, by=None)
    assert not announcing.tell_followers()
    assert told() == sorted(person.email for person in people.values())
    # Repeated, nobody is told again; nor of the show by the sweep.
    announcing.tell_due()
    announcing.tell_followers()
    open_sales(show=show, by=None)
    announcing.tell_followers()
    assert len(told()) == 5
    # Further dates are news of the event alone.
    open_sales(show=draft(event, theater), by=None)
    announcing.tell_followers()
    assert told()[:2] == ["event@example.com"] * 2
    assert len(told()) == 6


def test_several_things_at_once_are_one_message(theater: Theater, customer: User):
    titles = [f"Evening {number}" for number in range(8)]
    shows = [draft(make_event(title), theater, in_hours=72 + at) for at, title in enumerate(titles)]
    follow(follower=follower_of(customer), subject=describe("theater", theater))
    for show in shows:
        open_sales(show=show, by=None)
    announcing.tell_followers()
    message = Notification.objects.get(kind="followed_on_sale")
    assert [one["title"] for one in message.context["news"]] == titles[:6]
    assert message.context["others"] == 2
    assert message.is_bulk


def test_a_job_that_dies_goes_on_where_it_was(event: Event, theater: Theater, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(announcing, "FOLLOWER_BATCH", 2)
    for number in range(5):
        follower = Follower.objects.create(email=f"p{number}@example.com", language="de")
        follow(follower=follower, subject=describe("event", event))
    open_sales(show=draft(event, theater), by=None)
    write, calls = announcing.notify_many, iter(range(9))

    def die_at_the_second(drafts: list[Notification]) -> None:
        write(drafts)
        if next(calls) == 1:
            raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(announcing, "notify_many", die_at_the_second)
        with pytest.raises(MemoryError):
            announcing.tell_followers()
    assert len(told()) == 2
    # The sweep finds the rest, whoever asks for the job.
    announcing.tell_followers(seconds=0)
    announcing.tell_followers()
    assert told() == [f"p{number}@example.com" for number in range(5)]
    assert Announcement.objects.get().told == 5


def test_a_sale_that_opens_by_the_clock_is_told_at_its_moment(
    event: Event, theater: Theater, customer: User, time_machine: Any
):
    time_machine.move_to(NOON, tick=False)
    show = draft(event, theater, sales_open_at=NOON + timedelta(hours=20))
    follow(follower=follower_of(customer), subject=describe("show", show))
    open_sales(show=show, by=None)
    announcing.tell_due()
    announcing.tell_followers()
    assert told() == []
    time_machine.move_to(NOON + timedelta(hours=20), tick=False)
    assert announcing.tell_due() == 1
    announcing.tell_followers()
    assert told() == [customer.email]
    assert announcing.tell_due() == 0


def test_idle_the_sweep_costs_three_statements(db: None, django_assert_num_queries: Any):
    with django_assert_num_queries(3):
        announcing.tell_due()


@pytest.mark.parametrize("kind", ["theater", "show"])
def test_what_can_wait_is_not_sent_at_night(
    event: Event, theater: Theater, customer: User, time_machine: Any, kind: str
):
    night = datetime(2026, 9, 1, 23, 30, tzinfo=theater.tz)
    time_machine.move_to(night, tick=False)
    show = draft(event, theater)
    follow(follower=follower_of(customer), subject=describe(kind, theater if kind == "theater" else show))
    open_sales(show=show, by=None)
    announcing.tell_followers()
    due = Notification.objects.get(kind="followed_on_sale").next_attempt_at
    assert due == (night if kind == "show" else datetime(2026, 9, 2, 8, tzinfo=theater.tz))


def test_shows_of_another_city_and_canceled_ones_are_no_news(event: Event, theater: Theater, customer: User):
    far = City.objects.create(name="Graz", slug="graz", country="AT", time_zone="Europe/Vienna")
    follow(follower=follower_of(customer), subject=describe("event", event), terms=Terms(city_id=far.pk))
    show = draft(event, theater)
    open_sales(show=show, by=None)
    announcing.tell_followers()
    follow(follower=follower_of(customer), subject=describe("event", event))
    open_sales(show=(gone := draft(event, theater)), by=None)
    Show.objects.filter(pk=gone.pk).update(state=Show.State.CANCELED)
    announcing.tell_followers()
    assert told() == []


@pytest.mark.worker
def test_what_staff_put_on_sale_reaches_followers_by_mail_once(
    celery_worker_process: Any, smtp_server: Any, theater: Theater, manager: User
):
    event = make_event("Nosferatu", theater=theater)
    show = draft(event, theater)
    people = [make_user(f"reader{number}@example.com") for number in range(3)]
    for person in people:
        follow(follower=follower_of(person), subject=describe("event", event))
    signed_in(manager).post(reverse("admin:events_show_put_on_sale", args=[show.pk]))
    assert Show.objects.get(pk=show.pk).state == Show.State.ON_SALE
    messages = smtp_server.wait_for(3)
    assert sorted(message["To"] for message in messages) == [person.email for person in people]
    assert {message["Subject"] for message in messages} == {"On sale: Nosferatu"}
    assert all("follow/stop" in message["List-Unsubscribe"] for message in messages)
    announcing.tell_followers()
    assert Notification.objects.filter(kind="followed_on_sale").count() == 3


def test_who_asks_for_it_is_reminded_shortly_before_once(
    event: Event, theater: Theater, customer: User, rival: User, time_machine: Any
):
    time_machine.move_to(NOON, tick=False)
    opens_at = NOON + timedelta(hours=1)
    show = draft(event, theater, sales_open_at=opens_at)
    open_sales(show=show, by=None)
    follow(follower=follower_of(customer), subject=describe("show", show), terms=Terms(asks_before=True))
    follow(follower=follower_of(rival), subject=describe("show", show))
    for minutes in (4, 3, 2, 1, 0):
        time_machine.move_to(opens_at - timedelta(minutes=minutes), tick=False)
        announcing.tell_due()
        announcing.tell_followers()
        soon = Notification.objects.filter(kind="followed_soon").values_list("recipient", flat=True)
        assert list(soon) == ([customer.email] if minutes < 4 else [])
        assert len(told()) == (2 if minutes == 0 else 0)


def test_a_sale_that_staff_open_earlier_is_told_too(event: Event, theater: Theater, customer: User, rival: User):
    show = draft(event, theater, sales_open_at=timezone.now() + timedelta(days=1))
    open_sales(show=show, by=None)
    follow(follower=follower_of(customer), subject=describe("show", show))
    follow(follower=follower_of(rival), subject=describe("event", event))
    assert announcing.tell_due() == 0
    Show.objects.filter(pk=show.pk).update(sales_open_at=None)
    assert announcing.tell_due() == 1
    announcing.tell_followers()
    assert told() == sorted([customer.email, rival.email])
    assert announcing.tell_due() == 0
