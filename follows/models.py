"""Followers, what they follow, and what is to be told to them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models import Event, Label, Show
from lib.bounds import MAX_TICKETS_OF_CUSTOMER, between
from lib.words import MAX_WORD_LENGTH
from theaters.models import City, Theater


class Follower(models.Model):
    """A person who follows something: an account, or a guest's confirmed address."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="follower"
    )
    # A guest's, in lower case; an account's mail goes to its own address.
    email = models.EmailField(_("e-mail"), blank=True)
    # A guest's; an account has its own.
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When they last followed something or stopped.
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    # A link to confirm from before then does not bring back what they have stopped.
    stopped_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, email="") | (Q(user__isnull=True) & ~Q(email="")),
                name="follower_is_account_or_address",
                violation_error_message=_("A follower is either an account or an address."),
            ),
            models.CheckConstraint(
                condition=Q(email=Lower(F("email"))),
                name="follower_lowercase",
                violation_error_message=_("Followers' addresses are kept in lower case."),
            ),
            models.UniqueConstraint(
                fields=["email"],
                condition=~Q(email=""),
                name="follower_address_once",
                violation_error_message=_("This address is a follower already."),
            ),
        ]

    def __str__(self) -> str:
        # Without the person, who may ask to be erased.
        return f"follower {self.pk}"

    @property
    def contact_email(self) -> str:
        return self.user.contact_email if self.user else self.email


SUBJECTS = ("event", "theater", "label", "show", "person")


def _only(name: str) -> Q:
    """Return a condition: of all subjects, this one is given."""
    return Q(**{f"{subject}__isnull": subject != name for subject in SUBJECTS})


def _once(name: str, sentence: Any) -> models.UniqueConstraint:
    """Each person follows a subject once. The index also finds its followers, in their order."""
    return models.UniqueConstraint(
        fields=[name, "follower"], name=f"follow_{name}_once", violation_error_message=sentence
    )


class Follow(models.Model):
    """What one person wants to be told of: exactly one of these subjects.

    Of an event, each show that goes on sale; of a theater, a person or a label, each event that goes on sale there
    for the first time; of a show, that it goes on sale.
    """

    follower = models.ForeignKey(Follower, models.CASCADE, related_name="follows")
    event = models.ForeignKey(Event, models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    theater = models.ForeignKey(Theater, models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    label = models.ForeignKey(Label, models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    show = models.ForeignKey(Show, models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    # The mark by which searches find a person of cast or credits, and the name as it was written there.
    person = models.CharField(max_length=MAX_WORD_LENGTH, null=True, blank=True)
    person_name = models.CharField(max_length=200, blank=True)
    # Of an event, a person or a label: shows there alone. Empty: anywhere.
    city = models.ForeignKey(City, models.SET_NULL, null=True, blank=True, related_name="+")
    # Of a show: wants a message shortly before its sale opens, too.
    asks_before = models.BooleanField(default=False)
    # Of a show that is on sale: how many people want seats together, at most at what price for each, in the category
    # of this name; and when they were told of such seats.
    party_size = models.PositiveSmallIntegerField(null=True, blank=True, validators=between(1, MAX_TICKETS_OF_CUSTOMER))
    max_price = models.DecimalField(
        max_digits=12, decimal_places=3, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    category = models.CharField(max_length=60, blank=True)
    told_of_seats_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints = [
            models.CheckConstraint(
                condition=_only("event") | _only("theater") | _only("label") | _only("show") | _only("person"),
                name="follow_one_subject",
                violation_error_message=_("A follow is of exactly one thing."),
            ),
            models.CheckConstraint(
                condition=Q(party_size__isnull=True, max_price__isnull=True, category="")
                | (Q(party_size__isnull=False, show__isnull=False) & (Q(max_price__isnull=False) | ~Q(category=""))),
                name="follow_seats_of_a_show",
                violation_error_message=_("Say the highest price or the category of the seats that you want."),
            ),
            _once("event", _("You follow this event already.")),
            _once("theater", _("You follow this theater already.")),
            _once("label", _("You follow this label already.")),
            _once("show", _("You follow this show already.")),
            _once("person", _("You follow this person already.")),
        ]

    def __str__(self) -> str:
        return f"follow {self.pk}"

    @property
    def subject(self) -> str:
        """Which of `SUBJECTS` it is of."""
        return next(name for name in SUBJECTS if getattr(self, name if name == "person" else f"{name}_id") is not None)


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def unfinished(self) -> AnnouncementQuerySet:
        """Return those of which some followers are still to be told, the oldest first."""
        return self.filter(finished_at=None).order_by("created_at", "pk")


class Announcement(models.Model):
    """What happened to some shows at once, and how far their followers have been told of it."""

    class Kind(models.TextChoices):
        ON_SALE = "on_sale", _("on sale")
        SOON = "soon", _("on sale soon")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    # The last follower, by key, whose message was written.
    told_until = models.BigIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        indexes = [models.Index(fields=["created_at"], condition=Q(finished_at=None), name="announcement_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class AnnouncedShow(models.Model):
    """A show of which followers are told, once for each kind; without an announcement until a job gathers it."""

    show = models.ForeignKey(Show, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Announcement.Kind.choices)
    announcement = models.ForeignKey(Announcement, models.CASCADE, null=True, blank=True, related_name="shows")
    # The first show of its event at its theater, so that those who follow the theater, a label or a person are told.
    is_first = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("announced show")
        verbose_name_plural = _("announced shows")
        constraints = [
            models.UniqueConstraint(
                fields=["show", "kind"],
                name="announced_once",
                violation_error_message=_("Followers are told of this show already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.show_id}"
