"""Shows for which visitors wait in line before they choose seats."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Event
from lib.bounds import between
from theaters.models import Theater

MAX_RATE = 100_000
MAX_GATHERING_MINUTES = 24 * 60


class WaitingRoom(models.Model):
    """High demand: all shows of an event at one theater admit visitors in turn.

    It costs nothing while few people come, since they pass at once. Where the line stands is not here but in the
    cache (`shared.py`).
    """

    theater = models.ForeignKey(Theater, models.CASCADE, verbose_name=_("theater"), related_name="waiting_rooms")
    event = models.ForeignKey(Event, models.CASCADE, verbose_name=_("event"), related_name="waiting_rooms")
    gathers_minutes = models.PositiveSmallIntegerField(
        _("opens (minutes before the sale)"),
        default=30,
        validators=between(0, MAX_GATHERING_MINUTES),
        help_text=_("Those who come in this time get a random place when the sale opens; later ones follow in order."),
    )
    per_minute = models.PositiveIntegerField(
        _("people a minute"),
        null=True,
        blank=True,
        validators=between(1, MAX_RATE),
        help_text=_("How many may enter. Empty: as many as the site can serve, which it measures."),
    )
    is_paused = models.BooleanField(
        _("paused"), default=False, help_text=_("Nobody else enters. Those inside can go on.")
    )
    message = models.CharField(
        _("message"), max_length=300, blank=True, help_text=_("Shown to everyone in line, at once.")
    )

    class Meta:
        verbose_name = _("waiting room")
        verbose_name_plural = _("waiting rooms")
        ordering = ["event__sort_title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "event"],
                name="waiting_room_once",
                violation_error_message=_("This event has a waiting room at this theater already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.event)
