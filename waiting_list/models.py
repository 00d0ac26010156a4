"""People who wait for places of a show that has none for them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Booking
from events.models import CODE_ALPHABET, Show
from lib.bounds import MAX_TICKETS_OF_CUSTOMER, between
from theaters.models import SeatCategory


def make_entry_code() -> str:
    return get_random_string(12, CODE_ALPHABET)


class WaitingListQuerySet(models.QuerySet["WaitingListEntry"]):
    def waiting(self) -> WaitingListQuerySet:
        return self.filter(state=WaitingListEntry.State.WAITING)

    def live(self) -> WaitingListQuerySet:
        """Entries that are waiting, or have an offer to answer."""
        return self.filter(state__in=WaitingListEntry.LIVE)

    def in_line(self) -> WaitingListQuerySet:
        return self.order_by("joined_at", "pk")


class WaitingListEntry(models.Model):
    """One party's wish for places of one show; `booking` holds what it was offered.

    First come, first served, but a party that is too large for what is free does not hold up smaller ones behind
    it. No category means any; an area belongs to its category.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        OFFERED = "offered", _("offered")
        BOOKED = "booked", _("booked")
        # The offer was not taken in time.
        LAPSED = "lapsed", _("lapsed")
        # Left by the customer, or taken off by staff.
        LEFT = "left", _("left")
        # The show was canceled or moved, or its sales are over.
        CLOSED = "closed", _("closed")

    LIVE = (State.WAITING, State.OFFERED)

    code = models.CharField(max_length=16, unique=True, default=make_entry_code, editable=False)
    show = models.ForeignKey(Show, models.PROTECT, verbose_name=_("show"), related_name="waiting_list")
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="waiting_list"
    )
    # In lower case; empty once its owner is erased.
    email = models.EmailField(_("e-mail"), blank=True)
    party_size = models.PositiveSmallIntegerField(_("people"), validators=between(1, MAX_TICKETS_OF_CUSTOMER))
    categories = models.ManyToManyField(SeatCategory, verbose_name=_("categories"), blank=True, related_name="+")
    sits_together = models.BooleanField(_("only seats side by side"), default=True)
    needs_accessible = models.BooleanField(_("with a wheelchair place"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    booking = models.OneToOneField(
        Booking, models.PROTECT, verbose_name=_("booking"), null=True, blank=True, related_name="waiting_list_entry"
    )
    locale = models.CharField(max_length=10, default="en")
    joined_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    offered_at = models.DateTimeField(_("offered"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = WaitingListQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiting list entry")
        verbose_name_plural = _("waiting list entries")
        ordering = ["-joined_at", "-pk"]
        indexes = [
            models.Index(fields=["show", "joined_at"], condition=Q(state="waiting"), name="waiting_list_line"),
            models.Index(fields=["-joined_at", "-id"], name="waiting_list_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["show", "email"],
                condition=Q(state__in=["waiting", "offered"]) & ~Q(email=""),
                name="waiting_list_once",
                violation_error_message=_("This address is already on the waiting list of this show."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["offered", "booked", "lapsed"]) | Q(booking__isnull=False),
                name="waiting_list_offer_has_booking",
                violation_error_message=_("An offer needs the booking that holds its places."),
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(booking__isnull=True),
                name="waiting_list_waits_without_booking",
                violation_error_message=_("A waiting entry holds no places yet."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["waiting", "offered"]) | ~Q(email=""),
                name="waiting_list_live_has_address",
                violation_error_message=_("A live entry needs an e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} × {self.party_size}"

    @property
    def contact_email(self) -> str:
        """Where mail about it goes, as for a booking."""
        return self.customer.contact_email if self.customer else self.email

    @property
    def offered_until(self) -> datetime | None:
        return self.booking.expires_at if self.booking else None

    def state_at(self, now: datetime) -> State:
        """Return the state that follows from its booking and its show; the column follows within a minute."""
        state = self.State(self.state)
        if self.booking is not None and state in (self.State.OFFERED, self.State.LAPSED):
            if self.booking.state in (Booking.State.CONFIRMED, Booking.State.CANCELED):
                return self.State.BOOKED
            if not self.is_open_offer(now):
                state = self.State.LAPSED
        if self.state in self.LIVE and self.show.state == Show.State.CANCELED:
            return self.State.CLOSED
        return state

    def is_open_offer(self, now: datetime) -> bool:
        """Return True if the offer can still be taken; the column follows its booking within a minute."""
        held = self.booking is not None and self.booking.state == Booking.State.HELD
        return self.state == self.State.OFFERED and held and not self.booking.is_lapsed(now)  # type: ignore[union-attr]
