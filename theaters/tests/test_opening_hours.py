"""When the box office is open: by the week, on dates that differ, across pauses, midnight and changed clocks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEntry, User
from testing.console import signed_in
from theaters.models import OpeningHours, Theater
from theaters.opening_hours import OpeningTimes, Span, SpecialDay, read_opening_hours

VIENNA = ZoneInfo("Europe/Vienna")
MORNING, AFTERNOON, LATE = Span(time(10), time(13)), Span(time(15), time(18)), Span(time(20), time(0))
TUESDAY = (MORNING, AFTERNOON)
# Tuesday in two parts, Friday into Saturday, and the rest closed.
WEEK = ((), TUESDAY, (), (), (LATE,), (Span(time(0), time(2)),), ())


def at(day: int, hour: int, minute: int = 0, *, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIENNA)


@pytest.mark.parametrize(
    ("now", "is_open", "changes_at"),
    [
        # 2 June 2026 is a Tuesday.
        (at(2, 9, 59), False, at(2, 10)),
        (at(2, 10), True, at(2, 13)),
        (at(2, 13), False, at(2, 15)),
        (at(2, 17, 59), True, at(2, 18)),
        (at(2, 18), False, at(5, 20)),
        # Hours that touch at midnight are one span.
        (at(5, 23), True, at(6, 2)),
        (at(6, 1), True, at(6, 2)),
    ],
)
def test_it_is_open_until_and_closed_until(now: datetime, is_open: bool, changes_at: datetime):
    state = OpeningTimes(WEEK, ()).state(now.astimezone(ZoneInfo("UTC")), VIENNA)
    assert (state.is_open, state.changes_at) == (is_open, changes_at)


def test_a_date_replaces_its_day_of_the_week():
    closed = SpecialDay(date(2026, 6, 2), (), "Inventory")
    late = SpecialDay(date(2026, 6, 9), (Span(time(12), time(14)),), "")
    times = OpeningTimes(((), TUESDAY, (), (), (), (), ()), (closed, late))
    assert times.state(at(2, 11), VIENNA).changes_at == at(9, 12)
    assert times.state(at(9, 10), VIENNA).is_open is False
    assert times.coming_dates(date(2026, 6, 3)) == [late]


def test_the_clocks_change_and_the_hours_stay():
    week = ((), (), (), (), (), (), (Span(time(1), time(10)),))
    # In the night of 25 October 2026 the hour from two to three comes twice.
    state = OpeningTimes(week, ()).state(at(25, 1, 30, month=10), VIENNA)
    assert state.changes_at == at(25, 10, month=10)
    assert state.changes_at.utcoffset() == timedelta(hours=1)


def test_without_any_hours_nothing_is_known():
    times = OpeningTimes(((),) * 7, ())
    assert not times.is_known
    assert times.state(at(2, 11), VIENNA).changes_at is None


@pytest.mark.django_db
def test_the_database_refuses_hours_that_make_no_sense(theater: Theater):
    wrong: list[dict[str, Any]] = [
        {"opens": time(10), "closes": time(12)},
        {"weekday": 1, "date": date(2026, 6, 2), "opens": time(10), "closes": time(12)},
        {"weekday": 1},
        {"date": date(2026, 6, 2), "opens": time(10)},
        {"weekday": 1, "opens": time(12), "closes": time(10)},
        {"weekday": 1, "opens": time(0), "closes": time(0)},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            OpeningHours.objects.create(theater=theater, **values)
    OpeningHours.objects.create(theater=theater, weekday=1, opens=time(20), closes=time(0))
    OpeningHours.objects.create(theater=theater, date=date(2026, 6, 2), note="Inventory")
    times = read_opening_hours(theater.pk, date(2026, 6, 1))
    assert times.on(date(2026, 6, 9)) == (LATE,)
    assert times.on(date(2026, 6, 2)) == ()
    assert read_opening_hours(theater.pk, date(2026, 6, 3)).dates == ()


@pytest.mark.django_db
def test_a_manager_sets_them_and_it_is_on_record(theater: Theater, manager: User):
    client, page = signed_in(manager), reverse("admin:theaters_theater_change", args=[theater.pk])
    names = ("name", "slug", "place", "currency", "ticket_stock")
    sent = {name: getattr(theater, name) for name in names} | {
        "city": theater.city_id,
        "tax_rate": 10,
        "tax_rounding": "booking",
    }
    sent |= {"halls-TOTAL_FORMS": 0, "halls-INITIAL_FORMS": 0}
    sent |= {"opening_hours-TOTAL_FORMS": 1, "opening_hours-INITIAL_FORMS": 0}
    row = {"opening_hours-0-weekday": 1, "opening_hours-0-opens": "10:00", "opening_hours-0-closes": "9:00"}
    answer = client.post(page, sent | row)
    assert "It must close after it opens." in answer.content.decode()
    answer = client.post(page, sent | row | {"opening_hours-0-closes": "18:00"})
    assert answer.status_code == 302, answer.context["errors"]
    assert [str(one) for one in OpeningHours.objects.filter(theater=theater)] == ["Tuesday 10:00–18:00"]
    entry = AuditEntry.objects.get(action="change opening hours")
    assert (entry.before, entry.after) == ({"opening_hours": []}, {"opening_hours": ["Tuesday 10:00–18:00"]})
