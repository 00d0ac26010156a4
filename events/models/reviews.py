"""What people who were there say of an event, and of a theater."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from lib.bounds import between
from theaters.models import Theater


class BaseReview(models.Model):
    class State(models.TextChoices):
        PUBLISHED = "published", _("published")
        HIDDEN = "hidden", _("hidden")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="%(class)ss")
    stars = models.PositiveSmallIntegerField(_("stars"), validators=between(1, 5))
    text = models.TextField(_("text"), max_length=4000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PUBLISHED)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        abstract = True
        ordering = ["-created_at"]


class Review(BaseReview):
    event = models.ForeignKey(Event, models.CASCADE, verbose_name=_("event"), related_name="reviews")

    class Meta(BaseReview.Meta):
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "user"],
                name="review_one_per_person",
                violation_error_message=_("You have reviewed this event already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event}: {self.stars}"


class TheaterReview(BaseReview):
    theater = models.ForeignKey(Theater, models.CASCADE, verbose_name=_("theater"), related_name="reviews")

    class Meta(BaseReview.Meta):
        verbose_name = _("review of a theater")
        verbose_name_plural = _("reviews of theaters")
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "user"],
                name="theater_review_one_per_person",
                violation_error_message=_("You have reviewed this theater already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.theater}: {self.stars}"
