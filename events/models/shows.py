"""Dated performances."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.models.access import ACCESS_FIELDS, Access, find_access
from events.models.events import Event
from events.models.own_settings import (
    MAX_HOLD_MINUTES,
    MIN_HOLD_MINUTES,
    RefundFields,
    refund_constraint,
)
from events.models.settings import (
    ACCESS_RELEASE_HOURS,
    DOORS_MINUTES,
    REFUNDS,
    TICKETS_PER_CUSTOMER,
    Refunds,
    Scope,
    find_doors,
)
from lib.bounds import HOURS_OF_A_YEAR, MAX_PLACES_OF_HALL, MAX_TICKETS_OF_CUSTOMER, between
from theaters.models import Area, Hall, SeatMap

# Without I, L, O, U, 0 and 1, which are easily misread or misspelled.
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"

ENDS_TOO_EARLY = _("A show must end after it starts.")
DOORS_TOO_LATE = _("Doors must open before the show starts.")
SALE_CLOSES_TOO_EARLY = _("The sale must end after it begins.")
SALE_OPENS_TOO_LATE = _("The sale must open before the show starts.")

# Hebrew and Arabic letters, which run from right to left.
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufefc]")


def make_show_code() -> str:
    return get_random_string(8, CODE_ALPHABET)


# The fields of a show that a booking's calendar entry shows.
CALENDAR_FIELDS = {"starts_at", "ends_at", "doors_at", "hall", "hall_id", "state"}


class ShowQuerySet(models.QuerySet["Show"]):
    def live(self) -> ShowQuerySet:
        """Return shows that occupy their hall: all but canceled ones."""
        return self.exclude(state=Show.State.CANCELED)

    def public(self) -> ShowQuerySet:
        """Return shows that customers may see, including canceled ones."""
        return self.filter(event__is_published=True, hall__theater__is_published=True).exclude(state=Show.State.DRAFT)

    def upcoming(self, now: datetime) -> ShowQuerySet:
        return self.filter(starts_at__gt=now)

    def offering(self, access: Iterable[str]) -> ShowQuerySet:
        """Return shows with any of these kinds of access."""
        found = Q()
        for one in access:
            found |= Q(**{Access(one).field: True})
        return self.filter(found)

    def update(self, **values: Any) -> int:
        """Raise `revision` when a field that calendars show changes."""
        if CALENDAR_FIELDS & values.keys():
            values.setdefault("revision", F("revision") + 1)
        return super().update(**values)


class Show(RefundFields):
    """One dated performance. All times are stored in UTC and shown in the theater's time zone.

    Two live shows in one hall never overlap, cleaning time included: on PostgreSQL by the exclusion
    constraint `show_hall_free` over [starts_at, cleared_at), on SQLite, whose writers take turns, by
    a guard of the same name.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ON_SALE = "on_sale", _("on sale")
        ENDED = "ended", _("ended")
        CANCELED = "canceled", _("canceled")

    code = models.CharField(max_length=12, unique=True, default=make_show_code, editable=False)
    event = models.ForeignKey(Event, models.PROTECT, verbose_name=_("event"), related_name="shows")
    hall = models.ForeignKey(Hall, models.PROTECT, verbose_name=_("hall"), related_name="shows")
    seat_map = models.ForeignKey(SeatMap, models.PROTECT, verbose_name=_("seat map"), related_name="shows")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"), blank=True)
    # When the hall is free again: `ends_at` and the hall's cleaning time.
    cleared_at = models.DateTimeField(editable=False)
    doors_at = models.DateTimeField(_("doors open"), null=True, blank=True)
    sales_open_at = models.DateTimeField(_("sales open"), null=True, blank=True, help_text=_("Empty: at once."))
    sales_close_at = models.DateTimeField(_("sales close"), null=True, blank=True, help_text=_("Empty: at the start."))
    # When staff stopped the sale by hand; empty if they did not.
    sales_stopped_at = models.DateTimeField(null=True, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    format = models.CharField(
        _("format"), max_length=40, blank=True, help_text=_("For example 35 mm, 3D or concert version.")
    )
    language = models.CharField(_("language"), max_length=20, blank=True)
    subtitles = models.CharField(_("subtitles"), max_length=20, blank=True)
    is_captioned = models.BooleanField(Access.CAPTIONED.label, default=False)
    is_signed = models.BooleanField(Access.SIGNED.label, default=False)
    is_audio_described = models.BooleanField(Access.AUDIO_DESCRIBED.label, default=False)
    is_relaxed = models.BooleanField(Access.RELAXED.label, default=False)
    # These, the refund terms and `access_release_hours` are what this show sets differently (`settings.py`).
    tickets_per_customer = models.PositiveSmallIntegerField(
        _("tickets per customer"), null=True, blank=True, validators=between(1, MAX_TICKETS_OF_CUSTOMER)
    )
    hold_minutes = models.PositiveSmallIntegerField(
        _("seats are held for (minutes)"),
        null=True,
        blank=True,
        validators=between(MIN_HOLD_MINUTES, MAX_HOLD_MINUTES),
    )
    # Set when the show last got another hall or time with all its bookings, and when it began before that if the time
    # is another.
    moved_at = models.DateTimeField(null=True, blank=True, editable=False)
    moved_from_at = models.DateTimeField(null=True, blank=True, editable=False)
    needs_account = models.BooleanField(
        _("only with an account"),
        default=False,
        help_text=_(
            "Customers must sign in before they hold seats. This keeps a rush fair, and stops people "
            "who hold seats again and again without paying."
        ),
    )
    # From how many hours before the start wheelchair places and companion seats are sold to anybody, and when staff
    # released them by hand.
    access_release_hours = models.PositiveSmallIntegerField(
        _("wheelchair places for everyone (hours before)"),
        null=True,
        blank=True,
        validators=between(0, HOURS_OF_A_YEAR),
        help_text=_("From then on wheelchair places and companion seats are sold like all others."),
    )
    access_released_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Written by `prices/ranges.py` for lists; empty without prices. The lowest price in any category
    # at the default ticket type, and at any ticket type, reductions included; and the highest at any.
    from_price = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True, editable=False)
    lowest_price = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True, editable=False)
    highest_price = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True, editable=False)

    # Grows with each change that calendars show, so that they recognize the later entry.
    revision = models.PositiveIntegerField(default=0, editable=False)

    # The calendar fields as they were last read or written.
    _shown: dict[str, Any] = {}

    objects = ShowQuerySet.as_manager()

    class Meta:
        verbose_name = _("show")
        verbose_name_plural = _("shows")
        ordering = ["starts_at"]
        indexes = [
            models.Index(fields=["starts_at", "event"], name="show_start_event"),
            models.Index(fields=["event", "starts_at"], name="show_event_start"),
            # Also answers which events a hall or a city has on, without reading a row of the table.
            models.Index(fields=["hall", "starts_at", "event", "state"], name="show_hall_start"),
            models.Index(fields=["state", "language", "starts_at"], name="show_language"),
            models.Index(fields=["sales_open_at"], condition=Q(sales_open_at__isnull=False), name="show_opening"),
            # Covers everything that a list needs of 200,000 shows, so that it reads no row of the table.
            models.Index(
                fields=["state", "event", "starts_at", "hall", "from_price", "lowest_price", "language"],
                name="show_catalogue",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="show_ends_after_start",
                violation_error_message=ENDS_TOO_EARLY,
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__gte=F("ends_at")),
                name="show_cleared_after_end",
                violation_error_message=_("A hall cannot be cleared before its show ends."),
            ),
            models.CheckConstraint(
                condition=Q(doors_at=None) | Q(doors_at__lte=F("starts_at")),
                name="show_doors_by_start",
                violation_error_message=DOORS_TOO_LATE,
            ),
            models.CheckConstraint(
                condition=Q(sales_close_at=None) | Q(sales_open_at=None) | Q(sales_close_at__gt=F("sales_open_at")),
                name="show_sale_closes_after_opening",
                violation_error_message=SALE_CLOSES_TOO_EARLY,
            ),
            # Without an end of its own, the sale ends at the start.
            models.CheckConstraint(
                condition=Q(sales_open_at=None) | Q(sales_close_at__isnull=False) | Q(sales_open_at__lt=F("starts_at")),
                name="show_sale_opens_before_start",
                violation_error_message=SALE_OPENS_TOO_LATE,
            ),
            refund_constraint("show"),
        ]

    def __str__(self) -> str:
        title = str(self.event)
        if _RIGHT_TO_LEFT.search(title):
            # Unicode isolates: otherwise the time that follows would be reversed with the title.
            title = f"\u2068{title}\u2069"
        return f"{title}, {timezone.localtime(self.starts_at, self.hall.theater.tz):%Y-%m-%d %H:%M}"

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.set_times()
        if not self._state.adding and self._in_calendars() != self._shown:
            self.revision += 1
            update_fields = {*update_fields, "revision"} if update_fields is not None else None
        super().save(*args, update_fields=update_fields, **kwargs)
        self._shown = self._in_calendars()

    def get_absolute_url(self) -> str:
        return reverse("bookings:show", args=[self.code])

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Show:
        show = super().from_db(*args, **kwargs)
        show._shown = show._in_calendars()
        return show

    def _in_calendars(self) -> dict[str, Any]:
        """Return the loaded fields that calendars show."""
        return {name: value for name, value in self.__dict__.items() if name in CALENDAR_FIELDS}

    def set_times(self) -> None:
        """Set the end from the running time unless it is given, and `cleared_at` from the end."""
        if self.ends_at is None:
            self.ends_at = self.starts_at + self.event.duration
        self.cleared_at = self.ends_at + timedelta(minutes=self.hall.cleaning_minutes)

    def find_misordered_times(self) -> dict[str, str | Promise]:
        """Return a sentence for each time that is out of order, by field, as the constraints have it.

        Pure. Needs the end (`set_times`).
        """
        opens_at, closes_at = self.sales_open_at, self.sales_close_at
        found: dict[str, str | Promise] = {}
        if self.ends_at <= self.starts_at:
            found["ends_at"] = ENDS_TOO_EARLY
        if self.doors_at is not None and self.doors_at > self.starts_at:
            found["doors_at"] = DOORS_TOO_LATE
        if opens_at is not None and closes_at is not None and closes_at <= opens_at:
            found["sales_close_at"] = SALE_CLOSES_TOO_EARLY
        if opens_at is not None and closes_at is None and opens_at >= self.starts_at:
            found["sales_open_at"] = SALE_OPENS_TOO_LATE
        return found

    @property
    def access(self) -> tuple[Access, ...]:
        return find_access({name: getattr(self, name) for name in ACCESS_FIELDS})

    @property
    def sales_end_at(self) -> datetime:
        return self.sales_stopped_at or self.sales_close_at or self.starts_at

    def is_on_sale(self, now: datetime) -> bool:
        return (
            self.state == self.State.ON_SALE
            and (self.sales_open_at is None or self.sales_open_at <= now)
            and now < self.sales_end_at
        )

    def access_released_from(self) -> datetime | None:
        """Return from when wheelchair places and companion seats are sold like all others, or None if never.

        The hall's theater is at hand.
        """
        if self.access_released_at is not None:
            return self.access_released_at
        hours = ACCESS_RELEASE_HOURS.of(self.scope)
        return self.starts_at - timedelta(hours=hours) if hours is not None else None

    def are_access_places_released(self, now: datetime) -> bool:
        released_from = self.access_released_from()
        return released_from is not None and released_from <= now

    @property
    def scope(self) -> Scope:
        """Where this show stands among the settings. The hall is at hand."""
        return Scope(self.hall.theater_id, self.event_id, self)

    @property
    def ticket_limit(self) -> int:
        """How many tickets for it a customer may have."""
        return TICKETS_PER_CUSTOMER.of(self.scope)

    @property
    def refund_terms(self) -> Refunds:
        return REFUNDS.of(self.scope)

    def refund_until(self) -> datetime | None:
        """Return until when customers may cancel for a refund, or None if never."""
        hours = self.refund_terms.hours
        return None if hours is None else self.starts_at - timedelta(hours=hours)

    @property
    def doors_open_at(self) -> datetime | None:
        """When doors open, as customers are told; None if neither the show nor a level above says."""
        return find_doors(self.doors_at, self.starts_at, self.scope)

    @property
    def admits_from(self) -> datetime:
        """From when the door admits people: when doors open, or before the start by the default."""
        return self.doors_at or self.starts_at - timedelta(minutes=DOORS_MINUTES.of(self.scope))


class ShowArea(models.Model):
    """How many places of a standing area are taken in one show; created when the show goes on sale."""

    show = models.ForeignKey(Show, models.CASCADE, verbose_name=_("show"), related_name="areas")
    area = models.ForeignKey(Area, models.PROTECT, verbose_name=_("area"), related_name="+")
    capacity = models.PositiveIntegerField(_("capacity"), validators=between(0, MAX_PLACES_OF_HALL))
    taken = models.PositiveIntegerField(_("taken"), default=0, validators=between(0, MAX_PLACES_OF_HALL))
    # How many may be sold if staff lowered it; otherwise empty. While more are taken, `capacity`
    # equals `taken` and falls with it (`bookings/tallies.py`), so that no one loses a place.
    limit = models.PositiveIntegerField(null=True, blank=True, validators=between(0, MAX_PLACES_OF_HALL))

    class Meta:
        verbose_name = _("area of a show")
        verbose_name_plural = _("areas of shows")
        constraints = [
            models.UniqueConstraint(
                fields=["show", "area"],
                name="show_area_unique",
                violation_error_message=_("This show has this area already."),
            ),
            models.CheckConstraint(
                condition=Q(taken__gte=0) & Q(taken__lte=F("capacity")),
                name="show_area_within_capacity",
                violation_error_message=_("More places are taken than this area would have."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.taken}/{self.capacity}"

    @property
    def sale_limit(self) -> int:
        """How many places may be taken before sales for the area stop."""
        return self.capacity if self.limit is None else self.limit
