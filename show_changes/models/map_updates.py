"""Shows that are brought to another version of their hall's seat map."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models import Show
from lib.bounds import MAX_PLACES_OF_HALL, between
from theaters.models import SeatMap


class MapUpdate(models.Model):
    """Shows that someone brings to `seat_map` together, in the background: see `map_updates.py`.

    `price_sources` says for each category that some of the shows lack, by name, whose prices it takes: the name of
    one that they have.
    """

    seat_map = models.ForeignKey(SeatMap, models.PROTECT, verbose_name=_("seat map"), related_name="+")
    price_sources = models.JSONField(default=dict, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    # When a worker last made progress: if that is a while ago, it was killed, and another goes on.
    worked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("update of shows to a seat map")
        verbose_name_plural = _("updates of shows to seat maps")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.seat_map)


class UpdatedShow(models.Model):
    """The outcome for one show. It leaves `waiting` in the transaction of that outcome."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        # A place that is taken would vanish, a category has no price, or the show has begun.
        REFUSED = "refused", _("refused")
        FAILED = "failed", _("failed")

    map_update = models.ForeignKey(MapUpdate, models.PROTECT, related_name="shows")
    show = models.ForeignKey(Show, models.PROTECT, related_name="map_updates")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    # The version that it was on; empty until it is done.
    former = models.ForeignKey(SeatMap, models.PROTECT, null=True, blank=True, related_name="+")
    tickets = models.PositiveIntegerField(default=0, validators=between(0, MAX_PLACES_OF_HALL))
    # How many bookings were sent new tickets, because a place has another name.
    told = models.PositiveIntegerField(default=0, validators=between(0, MAX_PLACES_OF_HALL))
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("show brought to a seat map")
        verbose_name_plural = _("shows brought to a seat map")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["map_update", "show"],
                name="updated_show_once",
                violation_error_message=_("An update brings each of its shows once."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.show}: {self.get_state_display()}"
