"""What is kept about a person is declared, handed out, and gone after an erasure: walked over all models."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts.audit import ERASED, record
from accounts.models import AuditEntry, User
from accounts.privacy import WORDY, Person, erase_person, export_person, holdings, not_personal
from bookings.models import Booking, CanceledBooking, Exchange, Refund, Remedy, ShowCancellation, WaitingListEntry
from bookings.services.cancel import cancel_tickets
from bookings.services.check_in import check_in
from bookings.services.correct_details import correct_contact, name_tickets, write_note
from bookings.services.drawer import close_drawer
from bookings.services.refund import settle_refund
from bookings.services.review import save_review
from bookings.services.waiting_list import remove
from bookings.tests.builders import captured, make_paid, open_till
from bookings.ticket_codes import sign
from conftest import make_hall, make_show, make_user
from events.models import Review
from events.services import set_review_state
from notifications.models import MailSettings, NotificationPreference, Suppression
from notifications.services import notify
from reports.models import ReportSchedule
from reports.services.schedules import set_paused, take_over
from reports.tests.test_schedules import make_schedule
from theaters.invitations import invite, withdraw
from theaters.models import StaffMembership
from theaters.team import revoke

pytestmark = pytest.mark.django_db

# One of these is in every value that tells of the person.
TRACES = ("asha", "66012345", "203.0.113.7")
# The framework's and the servers' own words about a person; nobody types anything there.
MACHINE_MADE = {"password", "data", "session_key", "error", "gateway_id", "attachments", "detail", "change_message"}


def wordy(model):
    """Return the columns that can hold words, but those with a choice of words and keys made from others."""
    return {
        column.name
        for column in model._meta.concrete_fields
        if isinstance(column, WORDY)
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
    """Somebody who has left something in every table that holds anything of people; all of it is over."""
    asha = make_user("asha@example.com", "Asha Customer", phone="+43 66012345")
    show = make_show(hall=make_hall(theater=theater, rows=2, seats=6), in_hours=1, refund_hours=0)
    _work_here(asha, theater, manager)
    _book(asha, show, manager, door_staff)
    _write_and_be_written_to(asha, show, theater, manager)
    _change_the_account(asha, platform_admin)
    with time_machine.travel(show.ends_at + timedelta(days=7)):
        save_review(event=show.event, user=asha, stars=2, text="asha was here")
        set_review_state(review=Review.objects.get(), state=Review.State.HIDDEN, by=manager)
        yield asha


def _work_here(asha, theater, manager):
    membership = StaffMembership.objects.create(user=asha, theater=theater, role="box_office")
    drawer = open_till(asha, theater, "0")
    close_drawer(drawer=drawer, counted=Decimal(0), by=asha)
    schedule = make_schedule(theater, asha, recipients=["board@example.com", "asha@example.com"])
    set_paused(schedule=schedule, is_paused=True, by=asha)
    take_over(schedule=schedule, by=manager)
    revoke(membership=membership, by=manager)
    withdraw(invitation=invite(theater=theater, email="asha@example.com", role="door", by=manager), by=manager)


def _book(asha, show, manager, door_staff):
    # Booked as a guest, with a slip of the pen that staff put right; then joined with the account.
    guest = make_paid(show, 0, email="asha@exmaple.com")
    correct_contact(
        booking=guest, name="Asha", email="asha@example.com", phone="66012345", by=manager, reason="asha phoned",
        send_tickets=True,
    )  # fmt: skip
    booking = make_paid(show, 1, 2, 3, customer=asha)
    correct_contact(
        booking=booking,
        name="Asha C.",
        email="asha@example.com",
        phone="0043 66012345",
        by=manager,
        reason="asha asked",
    )
    names = {ticket.pk: "Asha junior" for ticket in booking.tickets.all()}
    name_tickets(booking=booking, names=names, by=manager, reason="asha asked")
    write_note(booking=booking, note="asha sits by the aisle", by=manager)
    first, second, third = booking.tickets.select_related("show").order_by("pk")
    for ticket in (first, second):
        cancel_tickets(booking=booking, tickets=[ticket], by=manager, reason="asha is ill")
    for refund in Refund.objects.all():
        settle_refund(refund.pk)
    check_in(qr=sign(third), gate="North", by=door_staff)
    Refund.objects.filter(payment=captured(booking)).update(error="")
    Remedy.objects.create(refund=Refund.objects.order_by("pk").first(), reason="asha insisted", made_by=manager)
    Exchange.objects.create(booking=booking, replacement=guest, worth=0, reason="asha came along", made_by=manager)
    cancellation = ShowCancellation.objects.create(show=show, reason="Flood")
    CanceledBooking.objects.create(cancellation=cancellation, booking=booking, state="done")
    entry = WaitingListEntry.objects.create(show=show, customer=asha, email="asha@example.com", party_size=2)
    entry.categories.set(show.seat_map.categories.all())
    remove(entry=entry, by=manager, reason="asha found others")
    record(by=asha, action="cancel tickets", on=booking, address="203.0.113.7")


def _write_and_be_written_to(asha, show, theater, manager):
    Suppression.objects.create(address="asha@example.com", kind="digest", reason="unsubscribed")
    MailSettings.objects.create(user=asha, chat_webhook="https://hooks.example/asha")
    NotificationPreference.objects.create(user=asha, kind="digest", is_wanted=True)
    notify(
        kind="report_delivery", recipient="asha@example.com", context={"name": ""},
        unique_key="report_delivery:CODE:asha@example.com", theater_id=theater.pk,
    )  # fmt: skip


def _change_the_account(asha, platform_admin):
    client = Client(REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT="AshaBrowser")
    client.post(reverse("account_login"), {"login": asha.email, "password": "correct horse battery"})
    client.get(reverse("accounts:profile"))
    Authenticator.objects.create(user=asha, type="totp", data={"secret": "x"})
    console = Client()
    console.force_login(platform_admin)
    page = reverse("admin:accounts_user_change", args=[asha.pk])
    given = {
        "email": asha.email,
        "name": "Asha Customer-Smith",
        "phone": "66012345",
        "language": "en",
        "is_active": "on",
    }
    assert console.post(page, given).status_code == 302
    asha.refresh_from_db()


def read_everything():
    """Return all values of all rows there are, as text by table."""
    return {
        model._meta.label: json.dumps(list(model._base_manager.values()), default=str, ensure_ascii=False).lower()
        for model in apps.get_models(include_auto_created=True)
    }


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
            columns |= {name for name, value in row.items() if any(trace in str(value).lower() for trace in TRACES)}
    for holding in holdings():
        unlived = set(holding.personal) - lived[holding.model._meta.label] - MACHINE_MADE
        assert not unlived, f"{holding.model._meta.label}: {sorted(unlived)}"


def test_after_an_erasure_nothing_anywhere_tells_who_it_was(asha):
    before = read_everything()
    assert sum(any(trace in rows for trace in TRACES) for rows in before.values()) > 15
    erase_person(user=asha)
    left = {
        label: [rows[max(0, rows.index(trace) - 200) : rows.index(trace) + 100] for trace in TRACES if trace in rows]
        for label, rows in read_everything().items()
    }
    assert {label: found for label, found in left.items() if found} == {}


def test_the_books_and_the_log_of_who_did_what_stay(asha, manager):
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
    schedule = ReportSchedule.objects.get()
    assert schedule.recipients == ["board@example.com"]


def test_other_people_s_values_stay(asha, manager, rival):
    booking = make_paid(make_show(), 0, customer=rival)
    write_note(booking=booking, note="wants an early supper", by=manager)
    erase_person(user=asha)
    assert AuditEntry.objects.get(object_id=str(booking.pk), action="write note").after["note"] == (
        "wants an early supper"
    )
    booking.refresh_from_db()
    assert (booking.note, booking.email) == ("wants an early supper", rival.email)


def test_the_export_tells_every_personal_value_but_those_withheld_for_a_reason(asha):
    told = json.dumps(export_person(asha), ensure_ascii=False).lower()
    person = Person(asha)
    for holding in holdings():
        for row in holding.model._default_manager.filter(pk__in=person.find(holding)).values():
            for column in set(holding.personal) - set(holding.withheld):
                value = json.dumps(row[column], default=str, ensure_ascii=False).lower().strip('"')
                assert value in told or row[column] in ({}, "", None), f"{holding.model._meta.label}.{column}: {value}"
    assert all(reason for holding in holdings() for reason in holding.withheld.values())


def test_the_export_tells_of_nobody_else(asha, rival):
    make_paid(make_show(), 0, customer=rival)
    assert "rival" not in json.dumps(export_person(asha)).lower()
    assert "board@example.com" not in json.dumps(export_person(asha))


def test_the_export_asks_a_fixed_number_of_statements(asha, django_assert_max_num_queries):
    with django_assert_max_num_queries(2 * len(holdings()) + 25):
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


def test_the_database_erases_nothing_about_what_is_nobody_s(manager, theater):
    entry = record(by=manager, action="theater.change", on=theater, before={"name": "Old"}, reason="a new owner")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(before={"name": ERASED})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(reason=ERASED)


def test_an_erased_reason_does_not_come_back(entry):
    AuditEntry.objects.filter(pk=entry.pk).update(reason=ERASED)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(reason="she asked")


def test_nobody_signs_in_any_more_by_page_or_api(asha):
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
