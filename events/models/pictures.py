"""Pictures beside an event's poster: photos of it, and of the people in it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models.events import Event
from lib.key_fields import KeyField, keys_of
from lib.pictures import PictureField
from theaters.models import Theater


class EventPhoto(models.Model):
    WIDTHS: ClassVar = (480, 960, 1600)

    event = models.ForeignKey(Event, models.CASCADE, related_name="photos", verbose_name=_("event"))
    photo = PictureField(_("photo"), upload_to="photos/", widths=WIDTHS)
    alt = models.CharField(
        _("what it shows"),
        max_length=200,
        help_text=_("For people who can’t see it, such as: Hamlet and the ghost on a dark stair."),
    )
    credit = models.CharField(_("picture credit"), max_length=100, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.alt


class Portrait(models.Model):
    """A photo of one of the cast or credits, found by the name in all events of a theater.

    Without a theater, in the events that all theaters share and wherever a theater has none of its own.
    """

    WIDTHS: ClassVar = (160, 320)

    theater = models.ForeignKey(
        Theater,
        models.CASCADE,
        verbose_name=_("theater"),
        null=True,
        blank=True,
        related_name="portraits",
        help_text=_("Empty: shared by all theaters."),
    )
    name = models.CharField(
        _("name"), max_length=200, help_text=_("As in the cast or the credits; accents and case don’t matter.")
    )
    name_key = KeyField("name", max_length=400)
    photo = PictureField(_("photo"), upload_to="portraits/", widths=WIDTHS)
    credit = models.CharField(_("picture credit"), max_length=100, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("of a person", "portrait")
        verbose_name_plural = pgettext_lazy("of a person", "portraits")
        ordering = ["name_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "name_key"],
                name="portrait_unique",
                violation_error_message=_("This theater already has a portrait of this person."),
            ),
            models.UniqueConstraint(
                fields=["name_key"],
                condition=Q(theater__isnull=True),
                name="portrait_shared_unique",
                violation_error_message=_("There already is a shared portrait of this person."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Compare names by their key, which no form has as a field."""
        self.name_key = self.key_of(self.name)

    @classmethod
    def key_of(cls, name: str) -> str:
        """Return the `name_key` of a name, however it is written."""
        return keys_of(cls, {"name": name})["name_key"]
