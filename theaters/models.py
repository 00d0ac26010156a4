"""Places: cities, theaters and who works in them, halls, and their versioned seat maps."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from lib.bounds import MAX_PLACES_OF_HALL, MINUTES_OF_A_DAY, TEXT_LENGTH, between
from lib.pictures import PictureField
from theaters.stock import TicketStock

MAX_REMINDER_HOURS = 30 * 24
# In the layout's own units: a hall drawn in tenths of a millimeter is a kilometer wide.
MAX_COORDINATE = 10_000_000


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(_("“%(value)s” is not a time zone, such as “Europe/Vienna”."), params={"value": value})


class City(models.Model):
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(unique=True)
    country = models.CharField(
        _("country"), max_length=2, validators=[RegexValidator(r"^[A-Z]{2}$")], help_text=_("Two letters, ISO 3166-1.")
    )
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])

    class Meta:
        verbose_name = _("city")
        verbose_name_plural = _("cities")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class TheaterQuerySet(models.QuerySet["Theater"]):
    def published(self) -> TheaterQuerySet:
        return self.filter(is_published=True)


class Theater(models.Model):
    """A building. Its time zone is its city's; its currency is fixed once anything was sold (`bookings/guards.py`)."""

    name = models.CharField(_("name"), max_length=160)
    slug = models.SlugField(unique=True)
    city = models.ForeignKey(City, models.PROTECT, verbose_name=_("city"), related_name="theaters")
    place = models.CharField(_("address"), max_length=300)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True, validators=between(-90, 90))
    longitude = models.DecimalField(
        max_digits=9, decimal_places=6, null=True, blank=True, validators=between(-180, 180)
    )
    currency = models.CharField(
        _("currency"), max_length=3, validators=[RegexValidator(r"^[A-Z]{3}$")], help_text=_("Three letters, ISO 4217.")
    )
    tax_rate = models.DecimalField(
        _("tax rate"),
        max_digits=7,
        decimal_places=4,
        default=0,
        validators=between(0, 100),
        help_text=_("Percent, with up to four decimals: 20, or 8.875."),
    )
    prices_include_tax = models.BooleanField(_("prices include tax"), default=True)
    description = models.TextField(_("description"), max_length=TEXT_LENGTH, blank=True)
    photo = PictureField(_("photo"), upload_to="theaters/", blank=True, widths=(480, 960, 1600))
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True)
    access_information = models.TextField(_("access information"), max_length=TEXT_LENGTH, blank=True)
    travel_information = models.TextField(
        _("how to get there"),
        max_length=TEXT_LENGTH,
        blank=True,
        help_text=_("Stops and parking; included in the reminder before a show."),
    )
    reminder_hours = models.PositiveSmallIntegerField(
        _("reminder before a show"),
        default=24,
        validators=between(0, MAX_REMINDER_HOURS),
        help_text=_("Hours before the start; 0: no reminder."),
    )
    is_published = models.BooleanField(_("published"), default=False)
    allows_reentry = models.BooleanField(
        _("visitors may come in again"),
        default=True,
        help_text=_("A ticket that was scanned on the way out admits again."),
    )
    keeps_names_at_door = models.BooleanField(
        _("names on the door's devices"),
        default=False,
        help_text=_("So that visitors are found by name without a network, too. They stay until the show is over."),
    )
    allows_passing_on = models.BooleanField(
        _("customers may pass tickets on"),
        default=True,
        help_text=_("They give a ticket to somebody else, who gets it with a new code."),
    )
    ticket_stock = models.CharField(
        _("tickets are printed on"),
        max_length=10,
        choices=TicketStock.choices,
        default=TicketStock.A4_FOUR,
        help_text=_("By the box office; mailed tickets stay the size of a phone. Try it with a test print."),
    )
    requires_mfa = models.BooleanField(
        _("staff need a second factor"), default=False, help_text=_("Everyone who works here must set one up first.")
    )

    report_domains = models.CharField(
        _("domains for reports"),
        max_length=200,
        blank=True,
        validators=[RegexValidator(r"^\s*([\w-]+\.)+\w{2,}(\s+([\w-]+\.)+\w{2,})*\s*$", _("Such as: example.org"))],
        help_text=_(
            "Reports with customers' addresses are mailed to members of the team, and to any address at these domains. "
            "Separate several with spaces."
        ),
    )

    objects = TheaterQuerySet.as_manager()

    class Meta:
        verbose_name = _("theater")
        verbose_name_plural = _("theaters")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("events:theater", args=[self.slug])

    @property
    def tz(self) -> ZoneInfo:
        return self.city.tz


class StaffMembership(models.Model):
    """What one person may do in one theater; `access.py` says what each role means."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="staff_memberships")
    theater = models.ForeignKey(Theater, models.CASCADE, related_name="staff_memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("staff membership")
        verbose_name_plural = _("staff memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "theater", "role"],
                name="staff_membership_unique",
                violation_error_message=_("This person has this role in this theater already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}, {self.theater}"


class Invitation(models.Model):
    """An e-mailed invitation to join a theater's staff, once; see `invitations.py`."""

    theater = models.ForeignKey(Theater, models.CASCADE, verbose_name=_("theater"), related_name="invitations")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("invited by"), null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("invited"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"), editable=False)
    # Raised with each mail: only the newest one's link works.
    version = models.PositiveSmallIntegerField(default=1, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "email", "role"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_one_open",
                violation_error_message=_("There is an open invitation to this address for this role already."),
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invitation_one_end",
                violation_error_message=_("An invitation is accepted or withdrawn, not both."),
            ),
            models.CheckConstraint(
                condition=Q(email=Lower(F("email"))),
                name="invitation_email_lowercase",
                violation_error_message=_("Write the invited address in lower case."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}, {self.get_role_display()}, {self.theater}"

    def is_open(self, now: datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at


class Hall(models.Model):
    theater = models.ForeignKey(Theater, models.PROTECT, verbose_name=_("theater"), related_name="halls")
    name = models.CharField(_("name"), max_length=120)
    cleaning_minutes = models.PositiveSmallIntegerField(
        _("cleaning time"),
        default=20,
        validators=between(0, MINUTES_OF_A_DAY),
        help_text=_("Minutes between the end of a show and the next one."),
    )

    class Meta:
        verbose_name = _("hall")
        verbose_name_plural = _("halls")
        ordering = ["theater", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["theater", "name"],
                name="hall_name_unique",
                violation_error_message=_("This theater already has a hall of this name."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.theater}"


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
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
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
    """A file that becomes a draft. Large ones are read by a worker; a person chooses a doubtful encoding."""

    class State(models.TextChoices):
        READING = "reading", _("being read")
        UNCLEAR = "unclear", _("encoding unclear")
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

    seat_map = models.ForeignKey(SeatMap, models.CASCADE, related_name="categories")
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

    seat_map = models.ForeignKey(SeatMap, models.CASCADE, related_name="seats")
    guid = models.CharField(max_length=64)
    section = models.CharField(_("section"), max_length=80, blank=True)
    row = models.CharField(_("row"), max_length=20, blank=True)
    number = models.CharField(_("number"), max_length=20)
    category = models.ForeignKey(SeatCategory, models.PROTECT, related_name="seats")
    x = models.FloatField(validators=between(-MAX_COORDINATE, MAX_COORDINATE))
    y = models.FloatField(validators=between(-MAX_COORDINATE, MAX_COORDINATE))
    run = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()
    is_accessible = models.BooleanField(_("wheelchair place"), default=False)
    is_companion = models.BooleanField(_("companion seat"), default=False)
    has_restricted_view = models.BooleanField(_("restricted view"), default=False)
    is_aisle = models.BooleanField(_("on the aisle"), default=False)

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
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The seat's label as printed on a ticket: “Stalls, row C, seat 12”."""
        parts = [self.section, _("row %(row)s") % {"row": self.row} if self.row else ""]
        return ", ".join(str(part) for part in [*parts, _("seat %(number)s") % {"number": self.number}] if part)


class Area(models.Model):
    """Standing or unreserved space; its shape is in the layout under the same `guid`."""

    seat_map = models.ForeignKey(SeatMap, models.CASCADE, related_name="areas")
    guid = models.CharField(max_length=64)
    name = models.CharField(_("name"), max_length=80)
    capacity = models.PositiveIntegerField(_("capacity"), validators=between(0, MAX_PLACES_OF_HALL))
    category = models.ForeignKey(SeatCategory, models.PROTECT, related_name="areas")

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
