"""Events, their labels, search words and reviews."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.bounds import MINUTES_OF_A_DAY, TEXT_LENGTH, between
from lib.pictures import PictureField
from lib.words import MAX_WORD_LENGTH, normalize
from theaters.models import Theater

if TYPE_CHECKING:
    SortTitleBase = models.CharField[str, str]
else:
    SortTitleBase = models.CharField


class Label(models.Model):
    class Kind(models.TextChoices):
        GENRE = "genre", _("genre")
        FORMAT = "format", _("format")
        AUDIENCE = "audience", _("audience")
        SERIES = "series", _("series")

    name = models.CharField(_("name"), max_length=60)
    slug = models.SlugField(_("slug"), unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.GENRE)

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        ordering = ["kind", "name"]

    def __str__(self) -> str:
        return self.name


class SortTitleField(SortTitleBase):
    """The title in the form that lists sort by, set whenever a row is written, even by `bulk_create`."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = normalize(model_instance.title)[: self.max_length]  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, value)
        return value


class EventQuerySet(models.QuerySet["Event"]):
    def published(self) -> EventQuerySet:
        return self.filter(is_published=True)


class Event(models.Model):
    """A title being staged or screened. `theater` is empty when several theaters show it."""

    class Kind(models.TextChoices):
        FILM = "film", _("film")
        PLAY = "play", _("play")
        CONCERT = "concert", _("concert")
        COMEDY = "comedy", _("comedy")
        DANCE = "dance", _("dance")
        OPERA = "opera", _("opera")
        TALK = "talk", _("talk")
        OTHER = "other", _("other")

    title = models.CharField(_("title"), max_length=200)
    sort_title = SortTitleField(max_length=200, default="", editable=False)
    slug = models.SlugField(_("slug"), unique=True, max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    theater = models.ForeignKey(
        Theater,
        models.PROTECT,
        verbose_name=_("theater"),
        null=True,
        blank=True,
        related_name="events",
        help_text=_("Empty: shared by all theaters."),
    )
    tagline = models.CharField(_("tagline"), max_length=200, blank=True)
    synopsis = models.TextField(_("synopsis"), max_length=TEXT_LENGTH, blank=True)
    running_minutes = models.PositiveSmallIntegerField(
        _("running time"), validators=between(1, MINUTES_OF_A_DAY), help_text=_("Minutes, without intermission.")
    )
    interval_minutes = models.PositiveSmallIntegerField(
        _("intermission"), default=0, validators=between(0, MINUTES_OF_A_DAY), help_text=_("Minutes.")
    )
    age_rating = models.CharField(_("age rating"), max_length=20, blank=True)
    # Lists of BCP 47 codes: ["de"], ["en", "hi"].
    languages = models.JSONField(_("languages"), default=list, blank=True)
    subtitles = models.JSONField(_("subtitles"), default=list, blank=True)
    # Lists of {"name": …, "role": …}.
    cast = models.JSONField(_("cast"), default=list, blank=True)
    credits = models.JSONField(_("credits"), default=list, blank=True)
    poster = PictureField(_("poster"), upload_to="posters/", blank=True, widths=(400, 800))
    trailer_url = models.URLField(_("trailer"), blank=True)
    labels = models.ManyToManyField(Label, verbose_name=_("labels"), blank=True, related_name="events")
    asks_attendee_names = models.BooleanField(_("asks for a name on each ticket"), default=False)
    is_published = models.BooleanField(_("published"), default=False)
    # Computed from published reviews by `reviews.py`; the average is empty before the first.
    rating_average = models.DecimalField(
        _("rating average"),
        max_digits=3,
        decimal_places=2,
        null=True,
        blank=True,
        editable=False,
        validators=between(1, 5),
    )
    rating_count = models.PositiveIntegerField(_("rating count"), default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When staff last changed it or its dates, for search engines (`forget_catalogue`).
    changed_at = models.DateTimeField(auto_now=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["sort_title", "pk"]
        indexes = [
            models.Index(fields=["sort_title", "id"], name="event_by_title"),
            models.Index(fields=["-created_at", "id"], name="event_by_age"),
            models.Index(Coalesce("rating_average", Decimal(0)).desc(), "id", name="event_by_rating"),
            # Lists count and filter all events by it, instead of reading their texts.
            models.Index(fields=["is_published", "kind", "rating_average", "id"], name="event_published"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("events:detail", args=[self.slug])

    @property
    def duration(self) -> timedelta:
        """Running time and interval together."""
        return timedelta(minutes=self.running_minutes + self.interval_minutes)


class SearchWord(models.Model):
    """One word that finds an event, written by `search.index_events`; more weight means a better match."""

    word = models.CharField(max_length=MAX_WORD_LENGTH)
    event = models.ForeignKey(Event, models.CASCADE, related_name="search_words", db_index=False)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("search word")
        verbose_name_plural = _("search words")
        indexes = [models.Index(fields=["word", "event", "weight"], name="search_word_lookup")]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "word"],
                name="search_word_unique",
                violation_error_message=_("This event is found by this word already."),
            )
        ]

    def __str__(self) -> str:
        return self.word


class AlsoBooked(models.Model):
    """An event that many of those who booked another one booked as well; the best match has the lowest rank.

    Written each night by `bookings/also_booked.py`. No number of people is kept.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="also_booked", db_index=False)
    other = models.ForeignKey(Event, models.CASCADE, related_name="booked_beside")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("also booked")
        verbose_name_plural = _("also booked")
        ordering = ["event", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "rank"],
                name="also_booked_rank",
                violation_error_message=_("Another event has this rank."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.other_id}"
