"""What is kept about a person is declared, handed out, and gone after an erasure: walked over all models."""

import json
import re
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.audit import ERASED, record
from accounts.models import AuditEntry, User
from accounts.privacy import TEXT_COLUMNS, Person, erase_person, export_person, holdings, not_personal
from bookings.models import Booking
from bookings.services.details import write_note
from payments.models import Refund
from reports.models import ReportSchedule
from testing.bookings import make_paid
from testing.builders import make_show
from testing.life import live
from theaters.models import StaffMembership

pytestmark = pytest.mark.django_db

# In every value that tells of the person. A whole word, since random codes may have any four letters in them.
TRACE = re.compile(r"\basha\b|66012345|203\.0\.113\.7")
# The framework's and the servers' own words about a person; nobody types anything there.
MACHINE_MADE = {
    "password",
    "data",
    "session_key",
    "error",
    "gateway_id",
    "attachments",
    "detail",
    "change_message",
    "network_key",
}


def wordy(model):
    """Return the columns that can hold words, but those with a choice of words and keys made from others."""
    return {
        column.name
        for column in model._meta.concrete_fields
        if isinstance(column, TEXT_COLUMNS)
        and not column.choices
        and not column.is_relation
        and not hasattr(column, "made_from")
    }


def declared():
    """Return the declared columns by model; of an app that is declared as a whole, None by app."""
    found = {name: set(columns) if columns is not None else None for name, columns in not_personal().items()}
    for holding in holdings():
        found.setdefault(holding.model._meta.label, set()).update(holding.personal)
    return found


@pytest.mark.once
@pytest.mark.parametrize("model", apps.get_models(include_auto_created=True), ids=lambda model: model._meta.label)
def test_each_column_that_can_hold_words_is_declared(model):
    known = declared()
    if known.get(model._meta.app_label, ()) is None:
        return
    missing = wordy(model) - known.get(model._meta.label, set())
    assert not missing, (
        f"Say in {model._meta.app_label}/personal_data.py whether {sorted(missing)} of {model._meta.label} "
        "tell of a person (HOLDINGS) or not (NOT_PERSONAL)."
    )


@pytest.mark.once
def test_nothing_is_declared_that_is_not_there_or_twice():
    for name, columns in not_personal().items():
        if columns is not None:
            assert set(columns) <= wordy(apps.get_model(name)), name
    for holding in holdings():
        label = holding.model._meta.label
        assert set(holding.personal) <= wordy(holding.model), label
        assert set(holding.withheld) <= set(holding.personal), label
        assert not set(holding.personal) & set(not_personal().get(label) or ()), label


@pytest.fixture
def asha(theater, manager, platform_admin, door_staff):
    yield from live(theater, manager, platform_admin, door_staff)


def read_everything():
    """Return all values of all rows there are, as text by table; of sessions, which are compressed, what they say."""

    def read(model):
        if model is Session:
            return [session.get_decoded() for session in Session.objects.all()]
        return list(model._base_manager.values())

    return {
        model._meta.label: json.dumps(read(model), default=str, ensure_ascii=False).lower()
        for model in apps.get_models(include_auto_created=True)
    }


@pytest.mark.slow
def test_the_life_leaves_traces_in_every_declared_column(asha):
    """A column that is declared later has to be lived in, too: else the tests below see nothing of it."""
    person = Person(asha)
    lived: dict[str, set[str]] = {}
    for holding in holdings():
        rows = list(holding.model._default_manager.filter(pk__in=person.find(holding)).values())
        # Who works somewhere is not erased; what a role leaves behind when it is gone is in the audit log.
        assert rows or holding.model is StaffMembership, f"{holding.model._meta.label} {holding.section}"
        columns = lived.setdefault(holding.model._meta.label, set())
        for row in rows:
            columns |= {name for name, value in row.items() if TRACE.search(str(value).lower())}
    for holding in holdings():
        unlived = set(holding.personal) - lived[holding.model._meta.label] - MACHINE_MADE
        assert not unlived, f"{holding.model._meta.label}: {sorted(unlived)}"


@pytest.mark.slow
def test_after_an_erasure_nothing_identifies_the_person(asha):
    before = read_everything()
    assert sum(TRACE.search(rows) is not None for rows in before.values()) > 15
    erase_person(user=asha)
    left = {
        label: [rows[max(0, found.start() - 200) : found.end() + 100] for found in TRACE.finditer(rows)]
        for label, rows in read_everything().items()
    }
    assert {label: found for label, found in left.items() if found} == {}


@pytest.mark.slow
def test_the_books_and_the_audit_log_stay(asha, manager):
    def read_books():
        entries = AuditEntry.objects.exclude(action="erase person").order_by("pk")
        return (
            list(Booking.objects.order_by("pk").values("code", "state", "total", "customer")),
            list(Refund.objects.order_by("pk").values("amount", "state", "key")),
            list(entries.values("action", "by", "object_id", "theater_id", "at")),
        )

    before = read_books()
    erase_person(user=asha)
    assert read_books() == before
    entry = AuditEntry.objects.get(action="write note")
    assert (entry.before, entry.after, entry.by) == ({"note": ERASED}, {"note": ERASED}, manager)
    entry = AuditEntry.objects.filter(action="cancel tickets", by=manager).first()
    assert entry.reason == ERASED
    assert entry.after["state"] == "confirmed"
    entry = AuditEntry.objects.get(action="revoke role")
    assert (entry.before, entry.object_name) == ({"user": ERASED, "role": "box_office"}, ERASED)
    schedule = ReportSchedule.objects.get(report="sales")
    assert schedule.recipients == ["board@example.com"]


@pytest.mark.slow
def test_other_people_s_values_stay(asha, manager, rival):
    booking = make_paid(make_show(), 0, customer=rival)
    write_note(booking=booking, note="wants an early supper", by=manager)
    record(by=manager, action="sign in", on=manager, after={"way": "website"}, reason="early")
    erase_person(user=asha)
    entry = AuditEntry.objects.get(action="sign in", by=manager)
    assert (entry.object_name, entry.reason) == (manager.email, "early")
    assert AuditEntry.objects.get(object_id=str(booking.pk), action="write note").after["note"] == (
        "wants an early supper"
    )
    booking.refresh_from_db()
    assert (booking.note, booking.email) == ("wants an early supper", rival.email)


@pytest.mark.slow
def test_the_export_has_every_personal_value_that_is_not_withheld(asha):
    told = json.dumps(export_person(asha), ensure_ascii=False).lower()
    person = Person(asha)
    for holding in holdings():
        for row in holding.model._default_manager.filter(pk__in=person.find(holding)).values():
            for column in set(holding.personal) - set(holding.withheld):
                value = json.dumps(row[column], default=str, ensure_ascii=False).lower().strip('"')
                assert value in told or row[column] in ({}, "", None), f"{holding.model._meta.label}.{column}: {value}"
    assert all(reason for holding in holdings() for reason in holding.withheld.values())


@pytest.mark.slow
def test_the_export_mentions_no_other_person(asha, rival):
    make_paid(make_show(), 0, customer=rival)
    assert "rival" not in json.dumps(export_person(asha)).lower()
    assert "board@example.com" not in json.dumps(export_person(asha))


@pytest.mark.slow
def test_the_export_asks_a_fixed_number_of_statements(asha, django_assert_max_num_queries):
    with django_assert_max_num_queries(2 * len(holdings()) + 32):
        export_person(asha)


@pytest.fixture
def entry(manager, customer):
    booking = make_paid(make_show(), 0, customer=customer)
    return record(
        by=manager, action="correct contact", on=booking, before={"name": "Asha", "total": "12.00"},
        after={"name": "Ravi", "places": ["A 1"]}, reason="she asked", address="203.0.113.7", theater_id=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    "values",
    [
        {"before": {"name": ERASED, "total": "12.00"}},
        {"after": {"name": ERASED, "places": ["A 1"]}},
        {"reason": ERASED},
        {"object_name": ERASED},
        {"address": None},
        {"reason": ERASED, "address": None, "before": {"name": ERASED, "total": "12.00"}},
    ],
)
def test_the_database_lets_personal_values_be_erased(entry, values):
    AuditEntry.objects.filter(pk=entry.pk).update(**values)
    # Again, as a second erasure may find what a first one has left.
    AuditEntry.objects.filter(pk=entry.pk).update(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"before": {}},
        {"before": {"name": "Zoe", "total": "12.00"}},
        {"before": {"name": "", "total": "12.00"}},
        {"before": {"name": "Asha", "total": ERASED}},
        {"before": {"name": ERASED, "total": "99.00"}},
        {"before": {"name": ERASED}},
        {"before": {"name": ERASED, "total": "12.00", "more": 1}},
        {"after": {"name": ERASED, "places": [ERASED]}},
        {"reason": ""},
        {"reason": "another"},
        {"object_name": "another"},
        {"address": "203.0.113.8"},
        {"action": ERASED},
        {"by": None},
        {"object_id": "0"},
        {"theater_id": 2},
        {"at": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
)
def test_the_database_lets_nothing_else_of_the_log_change(entry, values):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(**values)


def test_the_database_erases_nothing_impersonal(manager, theater):
    entry = record(by=manager, action="theater.change", on=theater, before={"name": "Old"}, reason="a new owner")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(before={"name": ERASED})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(reason=ERASED)


def test_an_erased_reason_does_not_come_back(entry):
    AuditEntry.objects.filter(pk=entry.pk).update(reason=ERASED)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(reason="she asked")


@pytest.mark.slow
def test_an_erased_person_cannot_sign_in_by_page_or_api(asha):
    assert UserSession.objects.filter(user=asha).exists()
    Authenticator.objects.all().delete()
    credentials = {"email": asha.email, "password": "correct horse battery"}
    token = Client().post("/api/v1/auth/token", credentials, content_type="application/json").json()["access"]
    headers = {"authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/bookings", headers=headers).status_code == 200
    erase_person(user=asha)
    asha.refresh_from_db()
    assert not UserSession.objects.filter(user=asha).exists()
    assert (asha.is_active, asha.has_usable_password(), asha.contact_email) == (False, False, "")
    assert User.objects.filter(erased_at__isnull=False).get() == asha
    assert Client().get("/api/v1/bookings", headers=headers).status_code == 401
