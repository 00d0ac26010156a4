"""What this app and the framework keep about people; see `privacy.py`."""

from collections.abc import Iterator
from importlib import import_module

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.privacy import Holding, Obstacle, Person, holdings


def _sign_out(person: Person, rows: QuerySet[UserSession]) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in rows.values_list("session_key", flat=True):
        store(key).delete()
    rows.delete()


def _about(person: Person, model: type[AuditEntry | LogEntry]) -> QuerySet[AuditEntry | LogEntry]:
    """Return the entries of a log about all rows of the person, except the logs' own."""
    about = Q(pk__in=[])
    for holding in holdings():
        if holding.model not in (AuditEntry, LogEntry):
            keys = [str(key) for key in person.find(holding)]
            about |= Q(content_type=ContentType.objects.get_for_model(holding.model), object_id__in=keys)
    return model.objects.filter(about)


def _keep(person: Person, rows: QuerySet[AuditEntry]) -> None:
    """Leave the audit log to `audit.forget`: the guards in `guards.py` let nothing else change it."""


def find_obstacles(person: Person) -> Iterator[Obstacle]:
    if person.user.is_superuser:
        yield Obstacle(_("You run this platform with this account. Hand that over to another person first."))


HOLDINGS = [
    Holding(
        User,
        lambda person: User.objects.filter(pk=person.user.pk),
        section="account",
        personal=("email", "name", "phone", "password"),
        becomes={
            "email": Concat(Value("erased-"), Cast("pk", CharField()), Value("@erased.invalid")),
            "password": lambda: make_password(None),
            "preferred_city": None,
            "last_login": None,
        },
        tells={
            "language": "language",
            "preferred_city": "preferred_city__name",
            "joined_at": "joined_at",
            "last_seen_at": "last_seen_at",
            "last_sign_in": "last_login",
        },
        withheld={"password": "A secret."},
        is_named=True,
    ),
    Holding(
        EmailAddress,
        lambda person: EmailAddress.objects.filter(user=person.user),
        section="email_addresses",
        personal=("email",),
        tells={"verified": "verified", "primary": "primary"},
        is_deleted=True,
        is_named=True,
    ),
    Holding(
        Authenticator,
        lambda person: Authenticator.objects.filter(user=person.user),
        section="second_factors",
        personal=("data",),
        tells={"type": "type", "since": "created_at"},
        withheld={"data": "A secret."},
        is_deleted=True,
    ),
    Holding(
        UserSession,
        lambda person: UserSession.objects.filter(user=person.user),
        section="devices",
        personal=("ip", "user_agent", "session_key", "data"),
        tells={"since": "created_at", "last_seen_at": "last_seen_at"},
        withheld={"session_key": "A secret.", "data": "Of the framework's own."},
        erase=_sign_out,
        is_named=True,
    ),
    Holding(
        AuditEntry,
        lambda person: AuditEntry.objects.filter(by=person.user),
        section="what_you_did",
        personal=("address",),
        tells={"at": "at", "action": "action"},
        erase=_keep,
    ),
    Holding(
        AuditEntry,
        lambda person: _about(person, AuditEntry),
        section="what_was_changed",
        personal=("object_name", "before", "after", "reason"),
        tells={"at": "at", "action": "action"},
        withheld=dict.fromkeys(
            ("object_name", "before", "after", "reason"), "May name others, such as who had it before."
        ),
        erase=_keep,
    ),
    Holding(
        LogEntry,
        lambda person: _about(person, LogEntry),
        personal=("object_repr", "change_message"),
        withheld={"object_repr": "The audit log tells the same.", "change_message": "The audit log tells the same."},
        is_deleted=True,
    ),
]

# Beside the columns: where a message went, whose role was revoked, and whom staff searched for.
AUDIT_KEYS = ["query", "recipient", "user"]

NOT_PERSONAL = {
    "accounts.AuditEntry": ["action", "object_id"],
    "account.EmailConfirmation": ["key"],
    "admin.LogEntry": ["object_id"],
    "auth": None,
    "contenttypes": None,
    # Encoded; refers to the account by number. Deleted with its row in `UserSession`, or when it expires.
    "sessions.Session": ["session_key", "session_data"],
    "django_celery_beat": None,
    "operations": None,
}

OBSTACLES = [find_obstacles]
