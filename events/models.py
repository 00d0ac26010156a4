"""What is on: events, their shows, prices and reviews."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from events.words import MAX_WORD_LENGTH, normalize
from theaters.models import Area, Hall, SeatCategory, SeatMap, Theater

if TYPE_CHECKING:
    SortTitleBase = models.CharField[str, str]
else:
    SortTitleBase = models.CharField
from ticketing.images import PictureField

# Without I, L, O, U, 0 and 1, which people misread or misspell.
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def make_show_code() -> str:
    return get_random_string(8, CODE_ALPHABET)


class Label(models.Model):
    class Kind(models.TextChoices):
        GENRE = "genre", _("genre")
        FORMAT = "format", _("format")
        AUDIENCE = "audience", _("audience")
        SERIES = "series", _("series")

    name = models.CharField(_("name"), max_length=60)
    slug = models.SlugField(unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.GENRE)

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        ordering = ["kind", "name"]

    def __str__(self) -> str:
        return self.name


class SortTitleField(SortTitleBase):
    """The title as lists are sorted by it, set whenever a row is written, `bulk_create` included."""

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
    slug = models.SlugField(unique=True, max_length=80)
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
    synopsis = models.TextField(_("synopsis"), blank=True)
    running_minutes = models.PositiveSmallIntegerField(_("running time"), help_text=_("Minutes, without interval."))
    interval_minutes = models.PositiveSmallIntegerField(_("interval"), default=0, help_text=_("Minutes."))
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
    rating_average = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True, editable=False)
    rating_count = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["sort_title", "pk"]
        indexes = [
            models.Index(fields=["sort_title", "id"], name="event_by_title"),
            models.Index(fields=["-created_at", "id"], name="event_by_age"),
        ]
        constraints = [models.CheckConstraint(condition=Q(running_minutes__gt=0), name="event_running_time_positive")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("events:detail", args=[self.slug])

    @property
    def duration(self) -> timedelta:
        """Running time and interval together."""
        return timedelta(minutes=self.running_minutes + self.interval_minutes)


class SearchWord(models.Model):
    """One word by which an event is found, kept by `search.index_events`; the more weight, the better a find."""

    word = models.CharField(max_length=MAX_WORD_LENGTH)
    event = models.ForeignKey(Event, models.CASCADE, related_name="search_words", db_index=False)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("search word")
        verbose_name_plural = _("search words")
        indexes = [models.Index(fields=["word", "event", "weight"], name="search_word_lookup")]
        constraints = [models.UniqueConstraint(fields=["event", "word"], name="search_word_unique")]

    def __str__(self) -> str:
        return self.word


class Review(models.Model):
    class State(models.TextChoices):
        PUBLISHED = "published", _("published")
        HIDDEN = "hidden", _("hidden")

    event = models.ForeignKey(Event, models.CASCADE, related_name="reviews")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reviews")
    stars = models.PositiveSmallIntegerField(_("stars"), validators=[MinValueValidator(1), MaxValueValidator(5)])
    text = models.TextField(_("text"), max_length=4000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PUBLISHED)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["event", "user"], name="review_one_per_person"),
            models.CheckConstraint(condition=Q(stars__gte=1) & Q(stars__lte=5), name="review_stars_range"),
        ]

    def __str__(self) -> str:
        return f"{self.event}: {self.stars}"


class ShowQuerySet(models.QuerySet["Show"]):
    def live(self) -> ShowQuerySet:
        """Shows that occupy their hall: everything but canceled ones."""
        return self.exclude(state=Show.State.CANCELED)

    def public(self) -> ShowQuerySet:
        """Shows that customers may see, canceled ones included."""
        return self.filter(event__is_published=True, hall__theater__is_published=True).exclude(state=Show.State.DRAFT)

    def upcoming(self, now: datetime) -> ShowQuerySet:
        return self.filter(starts_at__gt=now)


class Show(models.Model):
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
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    format = models.CharField(
        _("format"), max_length=40, blank=True, help_text=_("Such as 35 mm, 3D or concert version.")
    )
    language = models.CharField(_("language"), max_length=20, blank=True)
    subtitles = models.CharField(_("subtitles"), max_length=20, blank=True)
    tickets_per_customer = models.PositiveSmallIntegerField(_("tickets per customer"), default=10)
    # Until how many hours before the start customers may cancel, and what share they get back.
    # Empty hours: never.
    refund_hours = models.PositiveSmallIntegerField(_("refundable until (hours before)"), null=True, blank=True)
    refund_percent = models.PositiveSmallIntegerField(
        _("refunded share"), default=100, validators=[MaxValueValidator(100)], help_text=_("Percent.")
    )
    # The lowest price of any category, kept by `services.set_prices` for lists; empty without prices.
    lowest_price = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True, editable=False)

    objects = ShowQuerySet.as_manager()

    class Meta:
        verbose_name = _("show")
        verbose_name_plural = _("shows")
        ordering = ["starts_at"]
        indexes = [
            models.Index(fields=["starts_at", "event"], name="show_start_event"),
            models.Index(fields=["event", "starts_at"], name="show_event_start"),
            models.Index(fields=["hall", "starts_at"], name="show_hall_start"),
            models.Index(fields=["sales_open_at"], condition=Q(sales_open_at__isnull=False), name="show_opening"),
            # Holds all that a list asks of 200,000 shows, so that it reads no row of the table.
            models.Index(
                fields=["state", "event", "starts_at", "hall", "lowest_price", "language"], name="show_catalogue"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="show_ends_after_start"),
            models.CheckConstraint(condition=Q(cleared_at__gte=F("ends_at")), name="show_cleared_after_end"),
            models.CheckConstraint(condition=Q(refund_percent__lte=100), name="show_refund_percent_range"),
        ]

    def __str__(self) -> str:
        return f"{self.event}, {timezone.localtime(self.starts_at, self.hall.theater.tz):%Y-%m-%d %H:%M}"

    def save(self, *args: object, **kwargs: object) -> None:
        if self.ends_at is None:
            self.ends_at = self.starts_at + self.event.duration
        self.cleared_at = self.ends_at + timedelta(minutes=self.hall.cleaning_minutes)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("bookings:show", args=[self.code])

    @property
    def sales_end_at(self) -> datetime:
        return self.sales_close_at or self.starts_at

    def is_on_sale(self, now: datetime) -> bool:
        return (
            self.state == self.State.ON_SALE
            and (self.sales_open_at is None or self.sales_open_at <= now)
            and now < self.sales_end_at
        )

    def refund_until(self) -> datetime | None:
        """Return the last moment of a refund at the customer's wish, or None when there is none."""
        if self.refund_hours is None:
            return None
        return self.starts_at - timedelta(hours=self.refund_hours)


class TicketType(models.Model):
    theater = models.ForeignKey(Theater, models.PROTECT, related_name="ticket_types")
    name = models.CharField(_("name"), max_length=60)
    who = models.CharField(_("who may use it"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("The first is the default."))

    class Meta:
        verbose_name = _("ticket type")
        verbose_name_plural = _("ticket types")
        ordering = ["theater", "order", "name"]
        constraints = [models.UniqueConstraint(fields=["theater", "name"], name="ticket_type_name_unique")]

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    """What one ticket type costs in one seat category of one show, in the theater's currency."""

    show = models.ForeignKey(Show, models.CASCADE, related_name="prices")
    category = models.ForeignKey(SeatCategory, models.PROTECT, related_name="+")
    ticket_type = models.ForeignKey(TicketType, models.PROTECT, related_name="prices")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ["show", "category__rank", "ticket_type__order"]
        constraints = [
            models.UniqueConstraint(fields=["show", "category", "ticket_type"], name="price_unique"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.ticket_type}: {self.amount}"


class ShowArea(models.Model):
    """How many places of a standing area are taken in one show; made when the show goes on sale."""

    show = models.ForeignKey(Show, models.CASCADE, related_name="areas")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("area of a show")
        verbose_name_plural = _("areas of shows")
        constraints = [
            models.UniqueConstraint(fields=["show", "area"], name="show_area_unique"),
            models.CheckConstraint(
                condition=Q(taken__gte=0) & Q(taken__lte=F("capacity")), name="show_area_within_capacity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.taken}/{self.capacity}"
