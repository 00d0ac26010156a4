"""Every column of every model has bounds, and neither its model nor its database takes what lies past them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction

from events.models import Event
from lib import bounds
from lib.bounds import EARLIEST, LATEST, Bounds, between, bounded_fields

FIELDS = list(bounded_fields())


def name(field: Any) -> str:
    return f"{field.model._meta.label}.{field.name}"


def values_past(field: Any) -> Iterator[Any]:
    """Yield what is just outside of a field's bounds."""
    found = Bounds.of(field)
    assert found is not None
    if found.length is not None:
        yield "x" * (found.length + 1)
        return
    step = timedelta(days=1) if isinstance(found.most, date | datetime) else 1
    # A float so large does not change by one.
    yield found.most * 2 if isinstance(field, models.FloatField) else found.most + step
    yield found.least - step


def values_within(field: Any) -> Iterator[Any]:
    found = Bounds.of(field)
    assert found is not None
    if found.length is not None:
        yield "ö" * found.length
    else:
        yield from (found.least, found.most)


@contextmanager
def lone_columns(model: Any) -> Iterator[str]:
    """Yield a table in which each column of the model can be written alone.

    SQLite's triggers come before all else, so there it is the table itself. On PostgreSQL it is one
    made like it, which asks for nothing but what the column's type and checks ask for.
    """
    table = model._meta.db_table
    if connection.vendor == "sqlite":
        yield table
        return
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE TEMP TABLE lone (LIKE "{table}" INCLUDING CONSTRAINTS)')
        drops = [f'ALTER COLUMN "{one.column}" DROP NOT NULL' for one in model._meta.local_concrete_fields]
        cursor.execute(f"ALTER TABLE lone {', '.join(drops)}")
        yield "lone"
        cursor.execute("DROP TABLE lone")


def is_refused(field: Any, table: str, value: Any, *, is_within: bool = False) -> bool:
    """Return True if the database finds this value of the column out of bounds, whatever else it finds."""
    column = connection.ops.quote_name(field.column)
    prepared = field.get_db_prep_save(value, connection)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'INSERT INTO "{table}" ({column}) VALUES (%s)', [prepared])  # noqa: S608 names of ours
    except OverflowError:
        # SQLite's driver itself takes 64 bits at most.
        return True
    except DatabaseError as error:
        if connection.vendor == "sqlite" or is_within:
            return "_bounds" in str(error)
        # Nothing but the column's own type and checks can have refused it there.
        return True
    return False


@pytest.mark.slow
@pytest.mark.django_db
def test_the_database_refuses_values_out_of_bounds():
    slips = []
    for model, fields in groupby(FIELDS, key=lambda field: field.model):
        with lone_columns(model) as table:
            for field in fields:
                past = [value for value in values_past(field) if not is_refused(field, table, value)]
                within = [value for value in values_within(field) if is_refused(field, table, value, is_within=True)]
                slips += [f"{name(field)} takes {value!r:.60}" for value in past]
                slips += [f"{name(field)} refuses {value!r:.60}" for value in within]
    assert not slips, "\n".join(slips)


@pytest.mark.once
@pytest.mark.parametrize("field", FIELDS, ids=name)
def test_a_field_refuses_values_out_of_its_bounds(field: Any):
    found = Bounds.of(field)
    assert found is not None
    assert found.length is not None or None not in (found.least, found.most), "Say its bounds: between(least, most)."
    for value in values_past(field):
        with pytest.raises(ValidationError):
            bounds.check(field, value)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_change_is_refused_as_an_insert_is():
    event = Event.objects.create(title="Hamlet", slug="hamlet", kind="play", running_minutes=150)
    with pytest.raises(DatabaseError, match="running_minutes_bounds"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(running_minutes=1441)
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(title="x" * 201)
    Event.objects.filter(pk=event.pk).update(running_minutes=1440, title="ö" * 200)


@pytest.mark.django_db
@pytest.mark.postgres
def test_checks_follow_the_fields(monkeypatch: pytest.MonkeyPatch):
    def conditions() -> dict[str, str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE conrelid = 'events_event'::regclass AND conname LIKE %s",
                ["events_event_running_minutes_bounds"],
            )
            return dict(cursor.fetchall())

    before = conditions()
    bounds.install(connection)
    assert conditions() == before
    field = Event._meta.get_field("running_minutes")
    monkeypatch.setitem(field.__dict__, "validators", between(1, 99))
    bounds.install(connection)
    assert "99" in conditions()["events_event_running_minutes_bounds"]
    monkeypatch.setattr(bounds, "bounded_fields", lambda: iter([]))
    bounds.install(connection)
    assert conditions() == {}


@pytest.mark.once
def test_moments_leave_room_to_reckon_with():
    assert bounds.is_in_time(EARLIEST + timedelta(days=2))
    assert not bounds.is_in_time(LATEST + timedelta(days=1))
    assert not bounds.is_in_time(date(9999, 12, 31))
    assert not bounds.is_in_time(date.min)
