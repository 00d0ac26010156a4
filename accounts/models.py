"""Who signs in, and the record of who changed what."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lib.compiled import compiled
from lib.key_fields import Keyed, KeyedQuerySet, KeyField


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> KeyedQuerySet[User]:
        return KeyedQuerySet(self.model, using=self._db)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user who signs in by `email`; without a password, only by an e-mailed code."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class Workplace(NamedTuple):
    """A theater where a person works, and their role; see `roles.py` for what each role may do."""

    theater_id: int
    role: str
    requires_mfa: bool
    time_zone: str


class User(Keyed, AbstractBaseUser, PermissionsMixin):
    """A person who signs in: a customer, staff (by `StaffMembership`), or a platform admin (superuser)."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    # What the person is found by; every way of writing a row keeps them.
    name_key = KeyField("name", max_length=400)
    phone_key = KeyField("phone", max_length=40)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    preferred_city = models.ForeignKey(
        "theaters.City", models.SET_NULL, verbose_name=_("preferred city"), null=True, blank=True
    )
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)
    # Written by `last_seen.py`, exact to a day.
    last_seen_at = models.DateTimeField(_("last seen"), default=timezone.now, editable=False)
    # The row of an erased person stays, without a name, for what points to it.
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower(F("email"))),
                name="user_email_lowercase",
                violation_error_message=_("E-mail addresses are kept in lower case."),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.contact_email or gettext("erased person %d") % self.pk

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    @property
    def contact_email(self) -> str:
        """The account's current address, where all its mail goes; empty once the person is erased."""
        return "" if self.erased_at else self.email

    @cached_property
    def workplaces(self) -> list[Workplace]:
        """The theaters where the person works. One query, cached for the request."""
        return [Workplace(*row) for row in _read_workplaces(self.pk)]

    @cached_property
    def is_staff(self) -> bool:
        """Return True if the console is open to this person. At most one query, cached for the request."""
        return self.is_superuser or bool(self.workplaces)

    @property
    def must_use_second_factor(self) -> bool:
        """Return True if one of the person's theaters requires a second factor of its staff."""
        return any(place.requires_mfa for place in self.workplaces)

    @property
    def time_zones(self) -> set[str]:
        """The time zones of the theaters where the person works."""
        return {place.time_zone for place in self.workplaces}

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


@compiled
def _read_workplaces(person: int) -> models.QuerySet[Any, tuple[int, str, bool, str]]:
    memberships = User(pk=person).staff_memberships
    return memberships.values_list("theater_id", "role", "theater__requires_mfa", "theater__city__time_zone")


class AuditEntry(models.Model):
    """A change that was made. Rows are added and never changed, except to erase a person (see `guards.py`)."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    action = models.CharField(_("action"), max_length=60)
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, related_name="+")
    object_id = models.CharField(max_length=40)
    object_name = models.CharField(_("object"), max_length=200)
    # The theater that the change concerns, which decides who may read it; without one, platform admins only.
    theater = models.ForeignKey(
        "theaters.Theater", models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="+"
    )
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["content_type", "object_id"])]

    def __str__(self) -> str:
        return self.object_name
