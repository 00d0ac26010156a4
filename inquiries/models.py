"""Inquiries of groups, and what was written about each."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from events.models import CODE_ALPHABET, Event, Show
from lib.bounds import between
from theaters.models import Theater

# More people than fit into most halls: the theater decides what it can do for them.
MAX_PARTY_SIZE = 5000
MESSAGE_LENGTH = 3000


def make_inquiry_code() -> str:
    return get_random_string(12, CODE_ALPHABET)


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def open(self) -> InquiryQuerySet:
        """Inquiries that wait for the theater, the oldest first."""
        return self.filter(state__in=Inquiry.OPEN).exclude(Inquiry.IS_BOOKED).order_by("asked_at", "pk")


class Inquiry(models.Model):
    """A group's wish to see an event at a theater, which its staff answer by mail.

    `shows` are the dates that would suit; none means any. `booking` holds what was reserved for the group.
    """

    class Kind(models.TextChoices):
        SCHOOL = "school", _("school")
        COMPANY = "company", _("company")
        FRIENDS = "friends", _("family or friends")
        OTHER = "other", _("other")

    class State(models.TextChoices):
        """What the column holds, and two more that `state_at` reads from the booking."""

        NEW = "new", _("new")
        IN_WORK = "in_work", _("in work")
        ANSWERED = "answered", _("answered")
        RESERVED = "reserved", _("reserved")
        BOOKED = "booked", _("booked")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class PaidBy(models.TextChoices):
        """How a reservation is paid."""

        LINK = "link", _("online, by the link in the e-mail")
        COUNTER = "counter", _("at the box office")
        TRANSFER = "transfer", _("by bank transfer")

    OPEN = (State.NEW, State.IN_WORK)
    IS_BOOKED = Q(booking__state=Booking.State.CONFIRMED)

    code = models.CharField(max_length=16, unique=True, default=make_inquiry_code, editable=False)
    # Of the form that asked: sent twice, it asks once.
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    theater = models.ForeignKey(Theater, models.PROTECT, verbose_name=_("theater"), related_name="inquiries")
    event = models.ForeignKey(Event, models.PROTECT, verbose_name=_("event"), related_name="inquiries")
    shows = models.ManyToManyField(Show, verbose_name=_("dates"), blank=True, related_name="inquiries")
    party_size = models.PositiveSmallIntegerField(_("people"), validators=between(1, MAX_PARTY_SIZE))
    kind = models.CharField(_("kind of group"), max_length=10, choices=Kind.choices)
    wishes = models.TextField(_("wishes"), max_length=1000, blank=True)
    access_needs = models.TextField(_("access needs"), max_length=500, blank=True)
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="inquiries"
    )
    name = models.CharField(_("name"), max_length=150, blank=True)
    # In lower case; empty once its owner is erased.
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    locale = models.CharField(max_length=10, default="en")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.NEW)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("who has it"), null=True, blank=True, related_name="+"
    )
    booking = models.OneToOneField(
        Booking, models.PROTECT, verbose_name=_("booking"), null=True, blank=True, related_name="inquiry"
    )
    paid_by = models.CharField(_("paid"), max_length=10, choices=PaidBy.choices, default=PaidBy.LINK)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    # When anything last happened: from then on it is kept for a while.
    changed_at = models.DateTimeField(_("last changed"), default=timezone.now, editable=False)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("group inquiry")
        verbose_name_plural = _("group inquiries")
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(fields=["theater", "state", "asked_at"], name="inquiry_open"),
            models.Index(fields=["-asked_at", "-id"], name="inquiry_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["new", "in_work"]) | ~Q(email=""),
                name="inquiry_open_has_address",
                violation_error_message=_("An open inquiry needs an e-mail address."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["reserved", "booked"]),
                name="inquiry_state_of_booking",
                violation_error_message=_("Reserved and booked are states of the booking."),
            ),
        ]

    def __str__(self) -> str:
        # Without the person, who may ask to be erased: the audit log keeps this text.
        return f"{self.code} × {self.party_size}"

    @property
    def contact_email(self) -> str:
        """Where mail about it goes, as for a booking."""
        return self.customer.contact_email if self.customer else self.email

    def state_at(self, now: datetime) -> State:
        """Return the state, which follows the booking as long as that holds or has places."""
        booking = self.booking
        if booking is not None and booking.state == Booking.State.CONFIRMED:
            return self.State.BOOKED
        if self.is_reserved(now):
            return self.State.RESERVED
        return self.State(self.state)

    def is_reserved(self, now: datetime) -> bool:
        """Return True while places are held for the group."""
        booking = self.booking
        return booking is not None and booking.state == Booking.State.HELD and not booking.is_lapsed(now)


class InquiryMessage(models.Model):
    """What the theater wrote to a group, or the group on its page."""

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="messages")
    # Of the theater's staff; empty if the group wrote it.
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(_("text"), max_length=MESSAGE_LENGTH)
    # Of the form that wrote it: sent twice, it writes once.
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    written_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("message about an inquiry")
        verbose_name_plural = _("messages about inquiries")
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return f"message {self.pk}"
