"""Shows that move with the people who have tickets."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models import Show
from lib.bounds import MAX_PLACES_OF_HALL, between
from theaters.models import Hall, SeatMap


class ShowMove(models.Model):
    """A plan to move a show to another time or hall, and who gets which place there.

    `plan` has for each ticket, by its pk as text: `seat` or `area` in the new hall, the `fate` that
    `matching.py` gives it, and if the place was chosen by hand (`by_hand`). It is empty if the hall stays the
    same, since everyone then keeps their place. `version` counts its changes, so that only a plan that staff
    have seen is applied. `before` says where the show was, once the plan is applied.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        APPLIED = "applied", _("carried out")
        WITHDRAWN = "withdrawn", _("withdrawn")

    show = models.ForeignKey(Show, models.PROTECT, verbose_name=_("show"), related_name="moves")
    hall = models.ForeignKey(Hall, models.PROTECT, verbose_name=_("hall"), related_name="+")
    seat_map = models.ForeignKey(SeatMap, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("starts"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)
    version = models.PositiveIntegerField(default=1)
    plan = models.JSONField(default=dict, blank=True)
    before = models.JSONField(default=dict, blank=True)
    # How many bookings have a ticket without a place in the plan.
    unplaced = models.PositiveIntegerField(default=0, editable=False, validators=between(0, MAX_PLACES_OF_HALL))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("move of a show")
        verbose_name_plural = _("moves of shows")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["show"],
                condition=Q(state="planned"),
                name="show_move_one_plan",
                violation_error_message=_("A move of this show is already planned."),
            ),
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(applied_at__isnull=False),
                name="show_move_applied_at",
                violation_error_message=_("A move that was carried out needs its time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.show} → {self.hall.name}"
