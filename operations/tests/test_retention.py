"""What is kept, and for how long: every model is declared, and every declaration is lived through."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings as project
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from django.db.models import CASCADE, Model, ProtectedError
from django.utils import timezone
from structlog.testing import capture_logs

from accounts.audit import record
from accounts.models import AuditEntry
from bookings.models import Booking, DroppedPlaces, Ticket
from bookings.services.release_hold import release_hold
from events.models import ImportRun, Show, TimetableChange
from follows.models import Announcement, Follow, Follower
from inquiries.models import Inquiry
from legal.models import NewsletterConsent
from notifications.models import Notification
from operations import retention
from operations.models import Heartbeat, Pruning
from operations.retention import Follows, Kept, Pruned, books, declarations, prune
from payments.models import BankTransfer, ExportUpload, GatewayEvent, Payment, SandboxAnswer
from reports.models import Export, ReportRun, ReportSchedule
from reports.models.exports import private_storage
from testing.bookings import make_hold, make_paid
from testing.builders import make_hall, make_show, make_theater, make_user
from theaters.models import Backdrop, Invitation, SeatMapUpload
from ticketing.checks import check_retention
from waiting_list.models import WaitingListEntry
from wallets.models import WalletPass

PRUNED = [kind for kind in declarations() if isinstance(kind, Pruned)]
DAY = timedelta(days=1)
_count = iter(range(1_000_000))


def number() -> int:
    return next(_count)


def lapsed_booking(at: datetime) -> Booking:
    """Make a booking that lapsed at that time, after an attempt to pay."""
    booking = make_hold(make_show(), 0)
    payment = Payment.objects.create(
        booking=booking,
        gateway="sandbox",
        amount=booking.total,
        currency=booking.currency,
        state=Payment.State.DECLINED,
        key=uuid4(),
    )
    SandboxAnswer.objects.create(payment=payment, decision="decline", answers_at=at)
    release_hold(booking=booking, by=None)
    Booking.objects.filter(pk=booking.pk).update(expires_at=at)
    return booking


def dropped_places(at: datetime) -> DroppedPlaces:
    booking = make_hold(make_show(), 0)
    return DroppedPlaces.objects.create(booking=booking, show=booking.shows[0], places=1, held_at=at, dropped_at=at)


def audit_entry(at: datetime) -> AuditEntry:
    entry = record(by=None, action="sign in", on=make_user(f"u{number()}@example.com"))
    # A moment of its own: entries are never changed.
    return AuditEntry.objects.create(action="sign in", content_type=entry.content_type, object_id="1", at=at)


def device(at: datetime) -> UserSession:
    user = make_user(f"u{number()}@example.com")
    row = UserSession.objects.create(user=user, ip="192.0.2.1", user_agent="Browser", session_key=f"gone{number()}")
    UserSession.objects.filter(pk=row.pk).update(last_seen_at=at)
    return row


def confirmation(at: datetime) -> EmailConfirmation:
    address = EmailAddress.objects.get(user=make_user(f"u{number()}@example.com"))
    return EmailConfirmation.objects.create(email_address=address, created=at, key=f"key{number()}")


def console_entry(at: datetime) -> LogEntry:
    user = make_user(f"u{number()}@example.com")
    return LogEntry.objects.create(user=user, object_repr="x", action_flag=2, action_time=at)


def end_at(show: Show, at: datetime) -> None:
    Show.objects.filter(pk=show.pk).update(
        starts_at=at - timedelta(hours=2), ends_at=at, cleared_at=at, doors_at=None, sales_close_at=None
    )


def waiting(at: datetime) -> WaitingListEntry:
    show = make_show()
    end_at(show, at)
    return WaitingListEntry.objects.create(show=show, email=f"w{number()}@example.com", party_size=2)


def follower(at: datetime) -> Follower:
    return Follower.objects.create(email=f"f{number()}@example.com", changed_at=at)


def follow(at: datetime) -> Follow:
    show = make_show()
    end_at(show, at)
    return Follow.objects.create(follower=follower(at), show=show)


def inquiry(at: datetime) -> Inquiry:
    show = make_show()
    return Inquiry.objects.create(
        theater=show.hall.theater, event=show.event, party_size=20, kind="school", state="declined", changed_at=at
    )


def wallet_pass(at: datetime) -> WalletPass:
    show = make_show()
    ticket = make_paid(show, 0, email=f"p{number()}@example.com").tickets.get()
    end_at(show, at)
    return WalletPass.objects.create(ticket=ticket, platform="apple")


def stored(row: Any, name: str) -> Any:
    private_storage().save(name, ContentFile(b"figures"))
    type(row).objects.filter(pk=row.pk).update(file=name)
    row.refresh_from_db()
    return row


def export(at: datetime) -> Export:
    user = make_user(f"u{number()}@example.com")
    return Export.objects.create(report="sales", format="csv", asked_by=user, state="expired", created_at=at)


def report_run(at: datetime) -> ReportRun:
    schedule = ReportSchedule.objects.create(
        report="sales",
        theater=make_theater(),
        owner=make_user(f"u{number()}@example.com"),
        start_on=at.date(),
        next_run_at=at,
    )
    return stored(ReportRun.objects.create(schedule=schedule, due_at=at, state="failed"), f"reports/{number()}.csv")


def timetable_change(at: datetime) -> TimetableChange:
    return TimetableChange.objects.create(
        theater=make_theater(), by=make_user(f"u{number()}@example.com"), kind="moved", created_at=at
    )


# One row of each, whose time counts from the given moment.
MAKERS: dict[str, Callable[[datetime], Model]] = {
    "account.EmailConfirmation": confirmation,
    "sessions.Session": lambda at: Session.objects.create(session_key=f"s{number()}", expire_date=at),
    "usersessions.UserSession": device,
    "accounts.AuditEntry": audit_entry,
    "admin.LogEntry": console_entry,
    "theaters.Invitation": lambda at: Invitation.objects.create(
        theater=make_theater(), email=f"i{number()}@example.com", role="door", created_at=at - DAY, expires_at=at
    ),
    "legal.NewsletterConsent": lambda at: NewsletterConsent.objects.create(
        theater=make_theater(), email=f"n{number()}@example.com", asked_at=at, confirmed_at=at, withdrawn_at=at
    ),
    "theaters.Backdrop": lambda at: Backdrop.objects.create(
        hall=make_hall(), width=1, height=1, picture=b"", created_at=at, seen_at=at
    ),
    "theaters.SeatMapUpload": lambda at: SeatMapUpload.objects.create(
        hall=make_hall(), file_name="x.csv", created_at=at
    ),
    "events.ImportRun": lambda at: ImportRun.objects.create(
        kind="events", theater=make_theater(), file_name="x.csv", created_at=at
    ),
    "events.TimetableChange": timetable_change,
    "notifications.Notification": lambda at: Notification.objects.create(
        kind="x", recipient="a@example.com", unique_key=f"n{number()}", state="sent", created_at=at
    ),
    "reports.Export": export,
    "reports.ReportRun": report_run,
    "bookings.Booking": lapsed_booking,
    "bookings.DroppedPlaces": dropped_places,
    "payments.GatewayEvent": lambda at: GatewayEvent.objects.create(
        gateway="stripe", event_id=f"e{number()}", kind="x", received_at=at
    ),
    "payments.BankTransfer": lambda at: BankTransfer.objects.create(
        theater=make_theater(),
        fingerprint="x",
        booked_on=at,
        amount=1,
        currency="EUR",
        state="dismissed",
        reason="Rent",
        settled_at=at,
    ),
    "payments.ExportUpload": lambda at: ExportUpload.objects.create(
        gateway="stripe", file_name="x.csv", content=b"", made_by=make_user(f"u{number()}@example.com"), made_at=at
    ),
    "waiting_list.WaitingListEntry": waiting,
    "follows.Follower": follower,
    "follows.Follow": follow,
    "follows.Announcement": lambda at: Announcement.objects.create(kind="on_sale", created_at=at, finished_at=at),
    "inquiries.Inquiry": inquiry,
    "wallets.WalletPass": wallet_pass,
}


def old(model: type[Model]) -> datetime:
    """Return a moment just past the time that rows of the model are kept."""
    kind = next(kind for kind in PRUNED if kind.model is model)
    return kind.cutoff(timezone.now()) - timedelta(hours=1)


@pytest.mark.once
@pytest.mark.parametrize("model", apps.get_models(), ids=lambda model: model._meta.label)
def test_each_model_is_declared_once(model: type[Model]):
    found = [kind for kind in declarations() if kind.model is model]
    assert len(found) == 1, f"Say once in {model._meta.app_label}/retention.py how long {model._meta.label} is kept."


@pytest.mark.once
@pytest.mark.parametrize(
    "kind", [kind for kind in declarations() if isinstance(kind, Follows)], ids=lambda kind: kind.model._meta.label
)
def test_what_follows_is_deleted_with_its_owner(kind: Follows):
    """By the database's own cascade; where a key protects the owner, by the function that deletes the owner."""
    [key] = [
        field for field in kind.model._meta.concrete_fields if field.is_relation and field.related_model is kind.owner
    ]
    by_hand = {found.model for found in PRUNED if found.delete is not None}
    owners = [found for found in declarations() if found.model is kind.owner]
    assert key.remote_field.on_delete is CASCADE or kind.owner in by_hand or isinstance(owners[0], Kept)


@pytest.mark.slow
@pytest.mark.parametrize("kind", PRUNED, ids=lambda kind: kind.model._meta.label)
def test_an_old_row_goes_and_a_young_one_stays(kind: Pruned, db: None):
    label = kind.model._meta.label
    assert label in MAKERS, f"Make an old row of {label} here."
    cutoff = kind.cutoff(timezone.now())
    gone, kept = MAKERS[label](cutoff - timedelta(hours=1)), MAKERS[label](cutoff + timedelta(hours=1))
    removed = prune()
    assert not kind.model._base_manager.filter(pk=gone.pk).exists()
    assert kind.model._base_manager.filter(pk=kept.pk).exists()
    assert removed[label] == 1
    total = Pruning.objects.get(label=kind.model._meta.label_lower)
    assert (total.removed, total.until) == (1, None)
    # A second night finds nothing.
    assert prune()[label] == 0


def test_nothing_that_the_books_need_ever_goes(db: None, manager: Any):
    """A year's work, made old: nothing of what was sold goes, nor of its audit log."""
    show = make_show()
    paid, lapsed_with_money = make_paid(show, 0, customer=manager), lapsed_booking(old(Booking))
    Payment.objects.filter(booking=lapsed_with_money).update(
        state="surplus",
        surplus_reason="places_gone",
        received_amount=5,
        received_currency="EUR",
        captured_at=old(Booking),
    )
    waits = WaitingListEntry.objects.create(
        show=show, email="w@example.com", party_size=1, state="lapsed", booking=lapsed_booking(old(Booking))
    )
    unsent = Notification.objects.create(
        kind="x", recipient="a@example.com", unique_key="unsent", created_at=old(Notification)
    )
    entries = [
        AuditEntry.objects.create(
            action="x",
            content_type=record(by=manager, action="x", on=row).content_type,
            object_id="1",
            at=old(AuditEntry),
        )
        for row in (paid, paid.payments.get(), paid.tickets.first(), show, show.hall.theater)
    ]
    prune()
    for row in (paid, lapsed_with_money, waits, waits.booking, unsent, *entries):
        assert type(row)._base_manager.filter(pk=row.pk).exists(), row
    assert Ticket.objects.filter(booking=lapsed_with_money).exists()


def test_a_lapsed_booking_goes_with_all_that_it_had(db: None):
    lapsed_booking(old(Booking))
    prune()
    assert not Booking.objects.exists()
    assert not Ticket.objects.exists()
    assert not Payment.objects.exists()
    assert not SandboxAnswer.objects.exists()
    assert Show.objects.exists()


def test_a_device_that_is_signed_in_stays(db: None):
    row = device(old(UserSession))
    Session.objects.create(session_key=row.session_key, expire_date=timezone.now() + DAY)
    prune()
    assert UserSession.objects.filter(pk=row.pk).exists()


def test_the_file_of_a_report_goes_with_it(db: None, django_capture_on_commit_callbacks: Any):
    name = report_run(old(ReportRun)).file.name
    assert private_storage().exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        prune()
    assert not private_storage().exists(name)


@pytest.mark.slow
def test_no_session_deletes_audit_entries_by_itself(db: None):
    entry = audit_entry(old(AuditEntry))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).delete()
    assert AuditEntry.objects.filter(pk=entry.pk).exists()


def test_the_job_itself_deletes_no_young_entry_and_none_about_the_books(db: None):
    young = audit_entry(timezone.now())
    sold = record(by=None, action="cancel tickets", on=make_show())
    Pruning.objects.create(label="accounts.auditentry", until=timezone.now() - DAY)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=young.pk).delete()
    Pruning.objects.update(until=timezone.now() + DAY)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=sold.pk).delete()
    assert AuditEntry.objects.filter(pk=young.pk).delete()[0] == 1


@pytest.mark.postgres
def test_no_other_session_can_delete_while_the_job_runs(transactional_db: None):
    """The job's permission is a row that only its own transaction sees."""
    entry = audit_entry(old(AuditEntry))
    refused: list[str] = []

    def delete() -> None:
        try:
            AuditEntry.objects.filter(pk=entry.pk).delete()
        except DatabaseError as error:
            refused.append(str(error))
        finally:
            connection.close()

    with transaction.atomic():
        Pruning.objects.create(label="accounts.auditentry", until=timezone.now())
        other = threading.Thread(target=delete)
        other.start()
        other.join()
    assert "append-only" in refused[0]
    assert AuditEntry.objects.filter(pk=entry.pk).exists()


def test_batches_are_bounded_and_the_next_night_goes_on(db: None, monkeypatch: pytest.MonkeyPatch):
    for _ in range(5):
        MAKERS["sessions.Session"](old(Session))
    monkeypatch.setattr(retention, "PRUNE_BATCH_ROWS", 2)
    # Without any time each table has one batch.
    assert prune(seconds=0)["sessions.Session"] == 2
    assert prune()["sessions.Session"] == 3
    assert Pruning.objects.get(label="sessions.session").removed == 5


def test_a_table_that_refuses_does_not_stop_the_others(db: None, monkeypatch: pytest.MonkeyPatch):
    def refuse(rows: Any) -> None:
        raise ProtectedError("Something new points here.", set())

    kinds = {kind.model: kind for kind in PRUNED}
    broken = Pruned(Notification, "messages", "KEEP_MESSAGE_DAYS", "created_at", delete=refuse)
    monkeypatch.setattr(retention, "declarations", lambda: [broken, kinds[Session]])
    MAKERS["notifications.Notification"](old(Notification))
    MAKERS["sessions.Session"](old(Session))
    with capture_logs() as lines:
        removed = prune()
    assert removed == {"sessions.Session": 1}
    assert [(line["event"], line.get("model")) for line in lines] == [
        ("prune_failed", "notifications.Notification"),
        ("pruned", None),
    ]
    assert lines[1]["sessions.Session"] == 1
    assert Notification.objects.count() == 1
    assert Pruning.objects.filter(until__isnull=False).count() == 0
    assert not Heartbeat.objects.filter(part=Heartbeat.Part.PRUNING).exists()


def test_a_whole_night_is_a_sign_of_life(db: None):
    prune()
    assert Heartbeat.objects.get(part=Heartbeat.Part.PRUNING).at <= timezone.now()


@pytest.mark.once
@pytest.mark.parametrize("kind", PRUNED, ids=lambda kind: kind.model._meta.label)
def test_no_setting_is_below_what_the_program_needs(kind: Pruned, settings: Any):
    assert check_retention(None) == []
    setattr(settings, kind.setting, kind.least - 1)
    assert any(kind.what in message.msg for message in check_retention(None))


@pytest.mark.once
def test_the_guide_tells_what_is_declared():
    gone = [f"| {kind.what} | `{kind.setting}` | {kind.days} | {_counted(kind)} |" for kind in PRUNED]
    stays = [f"| {_name(kind.model)} | {kind.why} |" for kind in declarations() if isinstance(kind, Kept)]
    follows = [
        f"| {_name(kind.model)} | as long as {_name(kind.owner)} |"
        for kind in declarations()
        if isinstance(kind, Follows)
    ]
    guide = (project.BASE_DIR / "docs" / "retention.md").read_text()
    for title, rows in (("What goes", gone), ("What stays", stays + follows)):
        section = guide.split(f"\n## {title}\n")[1].split("\n## ")[0]
        told = [line for line in section.splitlines() if line.startswith("| ")][1:]
        assert sorted(told) == sorted(rows), f"Under “{title}” should be:\n" + "\n".join(rows)


def _name(model: type[Model]) -> str:
    return f"`{model._meta.label}`"


def _counted(kind: Pruned) -> str:
    return f"`{kind.model._meta.label}.{kind.since.replace('__', '.')}`"


@pytest.mark.once
def test_what_is_in_the_books_is_kept():
    """Audit entries are kept for ever about rows that are, or that may tell of money."""
    pruned = {kind.model._meta.label_lower for kind in PRUNED}
    assert pruned & set(books()) == {"bookings.booking", "payments.banktransfer"}
