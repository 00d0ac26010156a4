"""How long this app and the framework keep what they hold; see `operations/retention.py`."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    PeriodicTasks,
    SolarSchedule,
)

from accounts.models import AuditEntry, User
from operations.retention import Follows, Kept, Pruned, books

_SCHEDULES = "The rhythm of a scheduled job, until it is deleted."


def _is_about_books() -> Q:
    tables = ContentType.objects.annotate(table=Concat("app_label", Value("."), F("model"))).filter(table__in=books())
    return Q(content_type__in=tables.values("pk"))


RETENTION = [
    Kept(User, "An account stays until its person is erased; bookings and the audit log point to it."),
    Follows(EmailAddress, User),
    Follows(Authenticator, User),
    Pruned(EmailConfirmation, "links that confirm an address", "KEEP_SESSION_DAYS", "created"),
    Pruned(Session, "sessions that are over, of pages and API", "KEEP_SESSION_DAYS", "expire_date"),
    Pruned(
        UserSession,
        "devices whose session is over",
        "KEEP_SESSION_DAYS",
        "last_seen_at",
        when=lambda: ~Q(Exists(Session.objects.filter(session_key=OuterRef("session_key")))),
    ),
    Pruned(
        AuditEntry,
        "audit entries, but those about money and what was sold",
        "KEEP_AUDIT_DAYS",
        "at",
        when=lambda: ~_is_about_books(),
        least=90,
    ),
    Pruned(LogEntry, "the console's own log", "KEEP_AUDIT_DAYS", "action_time"),
    Kept(Group, "Unused: roles decide."),
    Kept(Permission, "The framework's list of what exists."),
    Kept(ContentType, "The framework's list of tables."),
    Kept(PeriodicTask, "A scheduled job, until it is deleted."),
    Kept(PeriodicTasks, "One row: when a schedule last changed."),
    Kept(ClockedSchedule, _SCHEDULES),
    Kept(CrontabSchedule, _SCHEDULES),
    Kept(IntervalSchedule, _SCHEDULES),
    Kept(SolarSchedule, _SCHEDULES),
]
