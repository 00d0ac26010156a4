"""Settings on all their levels: what holds, and where it comes from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry
from events.levels.change import change_settings
from events.models import Event, Level, OwnSettings, Show
from events.models.settings import (
    DOORS_MINUTES,
    LANGUAGES,
    REFUNDS,
    SETTINGS,
    SITE,
    TRANSFERS,
    Refunds,
    Scope,
    Setting,
    forget_settings,
)
from testing.bookings import make_paid
from testing.builders import make_event, make_hall, make_show, make_theater
from theaters.models import Theater

pytestmark = pytest.mark.django_db

# What a level sets, by the setting's name: two values that differ from each other and from the default.
SAMPLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "hold_minutes": ({"hold_minutes": 5}, {"hold_minutes": 7}),
    "hold_extension_minutes": ({"hold_extension_minutes": 0}, {"hold_extension_minutes": 5}),
    "tickets_per_customer": ({"tickets_per_customer": 4}, {"tickets_per_customer": 6}),
    "refunds": (
        {"refunds": "until", "refund_hours": 48, "refund_percent": 80},
        {"refunds": "until", "refund_hours": 0, "refund_percent": None},
    ),
    "access_release_hours": ({"access_release_hours": 0}, {"access_release_hours": 3}),
    "waiting_list_hours": ({"waiting_list_hours": 2}, {"waiting_list_hours": 3}),
    "doors_minutes": ({"doors_minutes": 45}, {"doors_minutes": 15}),
    "reminder_hours": ({"reminder_hours": 0}, {"reminder_hours": 48}),
    "transfers": ({"transfers": "accounts"}, {"transfers": "chosen"}),
    "transfer_days": ({"transfer_days": 10}, {"transfer_days": 14}),
    "week_starts_on": ({"week_starts_on": 3}, {"week_starts_on": 4}),
    "languages": ({"languages": "de"}, {"languages": "hi, de"}),
}


@pytest.fixture
def event(theater: Theater) -> Event:
    return make_event(theater=theater)


@pytest.fixture
def show(theater: Theater, event: Event) -> Show:
    return make_show(hall=make_hall(theater=theater), event=event, refunds="", refund_hours=None)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_each_level_decides_for_those_below_until_one_of_them_does(setting: Setting[Any], show: Show, theater: Theater):
    scopes = {
        Level.SITE: SITE,
        Level.THEATER: Scope(theater.pk),
        Level.EVENT: Scope(theater.pk, show.event_id),
        Level.SHOW: show.scope,
    }
    stranger = Scope(make_theater("Elsewhere").pk)
    empty = dict.fromkeys(setting.fields) | ({setting.name: ""} if setting in (REFUNDS, LANGUAGES, TRANSFERS) else {})

    def write(level: Level, values: dict[str, Any]) -> None:
        if level == Level.SHOW:
            Show.objects.filter(pk=show.pk).update(**values)
            show.refresh_from_db()
        else:
            change_settings(scope=scopes[level], values=values, by=None)

    first, default = setting.resolve(show.scope), setting.resolve(stranger)
    assert first.level == default.level == Level.DEFAULT
    told = []
    for number, level in enumerate(setting.levels):
        write(level, SAMPLES[setting.name][number % 2])
        found = setting.resolve(show.scope)
        assert found.level == level
        assert setting.resolve(scopes[level]) == found
        told.append(found)
        assert setting.write(found.value)
        # The other theater has only what the site sets.
        assert setting.resolve(stranger) == (default if level == Level.DEFAULT else told[0])
    for level, found in reversed(list(zip(setting.levels, told, strict=True))):
        assert setting.resolve(show.scope) == found
        write(level, empty)
    assert setting.resolve(show.scope) == first


def test_a_warm_process_asks_the_database_nothing(show: Show, django_assert_num_queries: Any):
    forget_settings()
    with django_assert_num_queries(1):
        values = [setting.of(show.scope) for setting in SETTINGS]
    with django_assert_num_queries(0):
        assert [setting.of(show.scope) for setting in SETTINGS] == values


def test_sold_tickets_keep_the_refund_terms_they_were_sold_with(show: Show, theater: Theater, event: Event):
    change_settings(scope=SITE, values={"refunds": "until", "refund_hours": 12}, by=None)
    unsold = make_show(hall=show.hall, event=event, in_hours=96, refunds="", refund_hours=None)
    make_paid(show, 0, email="guest@example.com")
    change_settings(scope=Scope(theater.pk), values={"refunds": "never"}, by=None)
    for one in (show, unsold):
        one.refresh_from_db()
    assert show.refund_terms == Refunds(12)
    assert unsold.refund_terms == Refunds(None)
    assert REFUNDS.resolve(show.scope).level == Level.SHOW
    assert AuditEntry.objects.filter(action="set terms", object_id=str(show.pk)).count() == 1


def test_doors_follow_the_settings_unless_the_show_names_a_time(show: Show, theater: Theater):
    assert show.doors_open_at is None
    assert show.admits_from == show.starts_at - timedelta(minutes=DOORS_MINUTES.default())
    revision = show.revision
    change_settings(scope=Scope(theater.pk), values={"doors_minutes": 45}, by=None)
    assert show.doors_open_at == show.admits_from == show.starts_at - timedelta(minutes=45)
    show.refresh_from_db()
    # Calendars take the entry as a later one.
    assert show.revision == revision + 1
    show.doors_at = show.starts_at
    assert show.doors_open_at == show.admits_from == show.starts_at


def test_a_change_is_recorded_once_with_before_and_after(theater: Theater, manager: Any):
    for _ in range(2):
        change_settings(scope=Scope(theater.pk), values={"hold_minutes": 5, "reminder_hours": 0}, by=manager)
    entry = AuditEntry.objects.get(action="change settings")
    assert (entry.before, entry.after) == (
        {"hold_minutes": None, "reminder_hours": None},
        {"hold_minutes": 5, "reminder_hours": 0},
    )
    assert entry.theater_id == theater.pk
    assert OwnSettings.objects.get(theater=theater).level == Level.THEATER
