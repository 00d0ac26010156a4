"""Passes that customers have put into their wallets, and the devices that ask about them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5, Cast, JSONArray
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from bookings.models import Ticket
from events.models import CODE_ALPHABET

LIBRARY_LENGTH, PUSH_TOKEN_LENGTH = 100, 200


def make_serial() -> str:
    return get_random_string(20, CODE_ALPHABET)


def make_token() -> str:
    return get_random_string(32)


class Platform(models.TextChoices):
    APPLE = "apple", "Apple Wallet"
    GOOGLE = "google", "Google Wallet"


# What a pass says of its ticket, as a short text that changes with it.
VERSION = MD5(
    Cast(
        JSONArray(
            "ticket__state",
            "ticket__seat",
            "ticket__attendee_name",
            "ticket__show__state",
            "ticket__show__revision",
            "ticket__show__event__title",
            "ticket__show__hall__name",
            "ticket__show__hall__theater__name",
            "ticket__show__hall__theater__place",
            "ticket__show__hall__theater__access_information",
            "ticket__show__hall__theater__brand",
            "ticket__show__hall__theater__brand__name",
            "ticket__show__hall__theater__brand__color",
            "ticket__show__hall__theater__brand__logo",
            "ticket__show__hall__theater__brand__favicon",
        ),
        models.TextField(),
    )
)


class WalletPassQuerySet(models.QuerySet["WalletPass"]):
    def changed(self, now: datetime) -> WalletPassQuerySet:
        """Passes whose ticket or show is no longer what they say, until the show is over."""
        return self.filter(ticket__show__ends_at__gt=now).alias(current=VERSION).exclude(version=F("current"))

    def unsent(self, now: datetime) -> WalletPassQuerySet:
        """Passes about whose change their wallet has yet to be told."""
        return self.filter(notify_at__lte=now)


class WalletPass(models.Model):
    """One ticket in wallets of one kind. It keeps its serial when the ticket is moved or exchanged for another one."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="wallet_passes")
    platform = models.CharField(max_length=6, choices=Platform.choices)
    serial = models.CharField(max_length=20, unique=True, default=make_serial, editable=False)
    # By which devices prove that they have the pass.
    token = models.CharField(max_length=32, default=make_token, editable=False)
    # `VERSION` when it last changed.
    version = models.CharField(max_length=32, blank=True, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    # When its wallet is told of the change, or told again; empty if it knows.
    notify_at = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WalletPassQuerySet.as_manager()

    class Meta:
        verbose_name = _("wallet pass")
        verbose_name_plural = _("wallet passes")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["notify_at"], condition=Q(notify_at__isnull=False), name="pass_to_notify"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "platform"],
                name="pass_once",
                violation_error_message=_("This ticket has a pass already."),
            ),
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def is_valid(self) -> bool:
        """Return True if its ticket opens the door. The show is loaded."""
        show = self.ticket.show
        return self.ticket.state == Ticket.State.ISSUED and show.state != show.State.CANCELED


class WalletDevice(models.Model):
    """A device that has a pass of Apple's and is told when it changes."""

    owned = models.ForeignKey(WalletPass, models.CASCADE, related_name="devices")
    # The name by which the device asks for its passes, and the address at which Apple reaches it.
    library = models.CharField(max_length=LIBRARY_LENGTH)
    push_token = models.CharField(max_length=PUSH_TOKEN_LENGTH)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("device with a pass")
        verbose_name_plural = _("devices with a pass")
        ordering = ["pk"]
        indexes = [models.Index(fields=["library"], name="device_library")]
        constraints = [
            models.UniqueConstraint(
                fields=["owned", "library"],
                name="device_once",
                violation_error_message=_("This device has the pass already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owned} {self.pk}"
