"""What places are kept off sale for: one house hold by itself, or a series of them over several shows."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Booking
from events.models import Event, Show
from theaters.models import Hall


class HouseHold(models.Model):
    """What a house hold is for; its booking keeps the places.

    One of a series has the show that it is for, so that the series keeps each show's places once.
    """

    class Purpose(models.TextChoices):
        HOUSE = "house", _("House")
        PROMOTER = "promoter", _("Promoter")
        SCHOOLS = "schools", _("School groups")
        BOX_OFFICE = "box_office", _("Box office")

    booking = models.OneToOneField(Booking, models.PROTECT, primary_key=True, related_name="house_hold")
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices)
    series = models.ForeignKey("HouseSeries", models.PROTECT, null=True, blank=True, related_name="holds")
    show = models.ForeignKey(Show, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("house hold")
        verbose_name_plural = _("house holds")
        constraints = [
            models.UniqueConstraint(
                fields=["series", "show"],
                name="house_hold_once_per_series_and_show",
                violation_error_message=_("This series has its places in this show already."),
            ),
            models.CheckConstraint(
                condition=Q(series__isnull=True, show__isnull=True) | Q(series__isnull=False, show__isnull=False),
                name="house_hold_show_of_series",
                violation_error_message=_("A house hold of a series has a show, and only such a one."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.booking)


class HouseSeries(models.Model):
    """The same places kept in several shows of a hall, of one event or of all.

    Until it has ended, shows that go on sale later get them too, if `follows`. `places` are the ids of seats, and
    how many places of each area by its id, so that they are found on every version of the hall's seat map:
    `{"seats": ["stalls-c-1"], "areas": {"floor": 20}}`.
    """

    hall = models.ForeignKey(Hall, models.PROTECT, verbose_name=_("hall"), related_name="+")
    event = models.ForeignKey(Event, models.PROTECT, verbose_name=_("event"), null=True, blank=True, related_name="+")
    purpose = models.CharField(_("purpose"), max_length=10, choices=HouseHold.Purpose.choices)
    reason = models.CharField(_("reason"), max_length=300)
    # Before each show begins; without them the places are kept until staff free them.
    hours_before = models.PositiveSmallIntegerField(_("free again (hours before)"), null=True, blank=True)
    follows = models.BooleanField(_("for later shows too"), default=False)
    places = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")
    made_at = models.DateTimeField(_("when"), default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("series of house holds")
        verbose_name_plural = _("series of house holds")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.reason}"

    def coming_shows(self, now: datetime) -> QuerySet[Show]:
        """Return the shows on sale that it is for and that are not over, the next first."""
        shows = Show.objects.filter(hall=self.hall_id, state=Show.State.ON_SALE, ends_at__gt=now)
        if self.event_id is not None:
            shows = shows.filter(event=self.event_id)
        return shows.select_related("event", "hall__theater__city").order_by("starts_at", "pk")

    @property
    def size(self) -> int:
        """How many places it asks for in each show."""
        return len(self.places["seats"]) + sum(int(count) for count in self.places["areas"].values())
