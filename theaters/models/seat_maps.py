"""A hall's seat maps in versions, with their categories, seats and standing areas."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.bounds import MAX_PLACES_OF_HALL, between
from theaters.models.places import Hall
from theaters.seat_maps.labels import write_seat_label

# In the layout's own units: a hall drawn in tenths of a millimeter is a kilometer wide.
MAX_COORDINATE = 10_000_000
LOWEST_QUALITY, HIGHEST_QUALITY = -30_000, 1_000


class SeatMap(models.Model):
    """One version of a hall's seating. Only a draft may change; `guards.py` enforces it.

    `layout` is an open seating-plan JSON document (see `seat_maps/`), kept with every key that it
    came with. Publishing makes the `SeatCategory`, `Seat` and `Area` rows from it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        RETIRED = "retired", _("retired")

    hall = models.ForeignKey(Hall, models.PROTECT, verbose_name=_("hall"), related_name="seat_maps")
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    # Seats and standing places together, counted when the map is published.
    capacity = models.PositiveIntegerField(_("capacity"), default=0, validators=between(0, MAX_PLACES_OF_HALL))
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    # Counts what was saved as the draft, so that nobody overwrites what they have not seen (`seat_maps/drafts.py`).
    revision = models.PositiveIntegerField(default=0, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    # The last column: SQLite reads all of a long one to reach the columns after it, and the
    # guards read `state` for every seat.
    layout = models.JSONField(_("layout"), default=dict)

    class Meta:
        verbose_name = _("seat map")
        verbose_name_plural = _("seat maps")
        ordering = ["hall", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "version"],
                name="seat_map_version_unique",
                violation_error_message=_("This hall has a seat map of this version already."),
            ),
            models.UniqueConstraint(
                fields=["hall"],
                condition=Q(state="draft"),
                name="seat_map_one_draft",
                violation_error_message=_("This hall has a draft of its seat map already."),
            ),
            models.UniqueConstraint(
                fields=["hall"],
                condition=Q(state="published"),
                name="seat_map_one_published",
                violation_error_message=_("This hall has a published seat map already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hall} v{self.version}"


class SeatMapUpload(models.Model):
    """A file that becomes a draft. Large ones are read by a worker; a person chooses a doubtful encoding.

    A drawing (SVG) waits until a person has checked how it is understood.
    """

    class State(models.TextChoices):
        READING = "reading", _("being read")
        UNCLEAR = "unclear", _("encoding unclear")
        # An SVG: a person says what in it is a seat.
        DRAWING = "drawing", _("drawing to be checked")
        REFUSED = "refused", _("refused")
        DONE = "done", _("read")

    hall = models.ForeignKey(Hall, models.CASCADE, verbose_name=_("hall"), related_name="uploads")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("who"), null=True, related_name="+"
    )
    file_name = models.CharField(_("file"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.READING)
    # The encoding, if a person had to choose it.
    encoding = models.CharField(max_length=20, blank=True)
    # The language of `problems`, each a list of code, message, place and whether it is an error.
    language = models.CharField(max_length=10, default="en")
    problems = models.JSONField(default=list, blank=True)
    seat_map = models.ForeignKey(SeatMap, models.SET_NULL, null=True, related_name="+")
    percent = models.PositiveSmallIntegerField(default=0, validators=between(0, 100))
    # When a worker was last asked to continue or reported progress.
    woken_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    # The file itself, until it is read.
    content = models.BinaryField(default=b"")

    class Meta:
        verbose_name = _("upload of a seat map")
        verbose_name_plural = _("uploads of seat maps")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name


class SeatCategory(models.Model):
    """A price zone of a seat map; rank 1 is the best."""

    seat_map = models.ForeignKey(SeatMap, models.CASCADE, verbose_name=_("seat map"), related_name="categories")
    name = models.CharField(_("name"), max_length=80)
    color = models.CharField(_("color"), max_length=7, validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")])
    rank = models.PositiveSmallIntegerField(_("rank"))

    class Meta:
        verbose_name = _("seat category")
        verbose_name_plural = _("seat categories")
        ordering = ["seat_map", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat_map", "name"],
                name="seat_category_name_unique",
                violation_error_message=_("This seat map already has a category of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """A physical chair. `guid` is its id in the layout; labels may repeat, as they do in real halls.

    Two seats are neighbors when they share `run` and their `position`s differ by one: a run is an
    unbroken stretch of a row, ended by an aisle. `x` and `y` are in the layout's own units.
    """

    seat_map = models.ForeignKey(SeatMap, models.CASCADE, verbose_name=_("seat map"), related_name="seats")
    guid = models.CharField(max_length=64)
    section = models.CharField(_("section"), max_length=80, blank=True)
    row = models.CharField(_("row"), max_length=20, blank=True)
    number = models.CharField(_("number"), max_length=20)
    category = models.ForeignKey(SeatCategory, models.PROTECT, verbose_name=_("category"), related_name="seats")
    x = models.FloatField(validators=between(-MAX_COORDINATE, MAX_COORDINATE))
    y = models.FloatField(validators=between(-MAX_COORDINATE, MAX_COORDINATE))
    run = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()
    is_accessible = models.BooleanField(_("wheelchair place"), default=False)
    is_companion = models.BooleanField(_("companion seat"), default=False)
    has_restricted_view = models.BooleanField(_("restricted view"), default=False)
    is_aisle = models.BooleanField(_("on the aisle"), default=False)
    is_step_free = models.BooleanField(_("step-free"), default=False)
    has_hearing_loop = models.BooleanField(_("hearing loop"), default=False)
    # The wheelchair place that a companion seat belongs to.
    companion_of = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="companions")
    # How good it is for what is on a stage and on a screen: see `seat_maps/quality.py`.
    quality = models.SmallIntegerField(default=0, validators=between(LOWEST_QUALITY, HIGHEST_QUALITY))
    screen_quality = models.SmallIntegerField(default=0, validators=between(LOWEST_QUALITY, HIGHEST_QUALITY))

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["seat_map", "run", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat_map", "guid"],
                name="seat_guid_unique",
                violation_error_message=_("Two seats of a seat map have the same id."),
            ),
            models.UniqueConstraint(
                fields=["seat_map", "run", "position"],
                name="seat_position_unique",
                violation_error_message=_("Two seats of a row are at the same position."),
            ),
            models.CheckConstraint(
                condition=Q(companion_of=None) | Q(is_companion=True),
                name="seat_companion_of_place",
                violation_error_message=_("Only a companion seat belongs to a wheelchair place."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The seat's label as printed on a ticket: “Stalls, row C, seat 12”."""
        return write_seat_label(self.section, self.row, self.number)


class Area(models.Model):
    """Standing or unreserved space; its shape is in the layout under the same `guid`."""

    seat_map = models.ForeignKey(SeatMap, models.CASCADE, verbose_name=_("seat map"), related_name="areas")
    guid = models.CharField(max_length=64)
    name = models.CharField(_("name"), max_length=80)
    capacity = models.PositiveIntegerField(_("capacity"), validators=between(0, MAX_PLACES_OF_HALL))
    category = models.ForeignKey(SeatCategory, models.PROTECT, verbose_name=_("category"), related_name="areas")

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["seat_map", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat_map", "guid"],
                name="area_guid_unique",
                violation_error_message=_("Two areas of a seat map have the same id."),
            )
        ]

    def __str__(self) -> str:
        return self.name
