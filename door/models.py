"""What happens at the door."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Ticket
from events.models import Show


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def conflicts(self) -> Self:
        """People who were let through on a ticket that did not admit them."""
        return self.filter(is_conflict=True)

    def turned_away(self) -> Self:
        return self.filter(result__in=CheckIn.REFUSED, is_conflict=False)

    def passed(self) -> Self:
        """Scans after which a person passed the gate, and whose result depends on those before it alone."""
        by_order = Q(result=CheckIn.Result.ALREADY_IN) | Q(reason__in=CheckIn.REASONS_OF_ORDER)
        return self.filter(Q(result=CheckIn.Result.ADMITTED) | Q(is_conflict=True) & by_order)

    def arrivals(self) -> Self:
        """The first admission of each ticket that is still valid."""
        return self.filter(passage=1, ticket__state=Ticket.State.ISSUED)

    def last_passages(self) -> Self:
        """How each ticket that is still valid passed last: those that went in are inside."""
        later = CheckIn.objects.filter(ticket=OuterRef("ticket"), passage__gt=OuterRef("passage"))
        return self.filter(~Exists(later), passage__isnull=False, ticket__state=Ticket.State.ISSUED)


class CheckIn(models.Model):
    """One presentation of a ticket at a gate, whatever its result.

    Admissions of a ticket are numbered: odd ones go in, even ones out. So nobody goes in twice without coming
    out, however many gates scan at the same moment.

    A device without a network decides by itself and reports later. If two let in the same ticket, the first by the
    time of its scan is the admission, whichever report arrives first; the other is a conflict.
    """

    class Direction(models.TextChoices):
        IN = "in", _("in")
        OUT = "out", _("out")

    class Result(models.TextChoices):
        ADMITTED = "admitted", _("admitted")
        ALREADY_IN = "already_in", _("already in")
        NOT_VALID = "not_valid", _("not valid")
        # Admitted by mistake, and taken back within a minute.
        UNDONE = "undone", _("undone")

    REFUSED = (Result.ALREADY_IN, Result.NOT_VALID)

    class Reason(models.TextChoices):
        NOT_ISSUED = "not_issued", _("The ticket is not paid.")
        CANCELED = "canceled", _("The ticket was canceled.")
        REPLACED = "replaced", _("The ticket was replaced: only the newest one admits.")
        SHOW_CANCELED = "show_canceled", _("The show is canceled.")
        OTHER_SHOW = "other_show", _("The ticket is for another show.")
        TOO_EARLY = "too_early", _("Too early: the doors are not open yet.")
        SHOW_MOVED = "show_moved", _("The show was moved to a later time.")
        OVER = "over", _("The show is over.")
        NOT_INSIDE = "not_inside", _("The ticket is not inside.")
        NO_REENTRY = "no_reentry", _("The ticket went out, and this theater lets no one in again.")

    # Refusals in spite of which staff may let a valid ticket in. Any other ticket has lost its place.
    YIELDING_REASONS = (Reason.OTHER_SHOW, Reason.TOO_EARLY, Reason.SHOW_MOVED, Reason.OVER, Reason.NO_REENTRY)

    # Refusals that follow from how the ticket passed before.
    REASONS_OF_ORDER = (Reason.NOT_INSIDE, Reason.NO_REENTRY)

    ticket = models.ForeignKey(Ticket, models.PROTECT, verbose_name=_("ticket"), related_name="check_ins")
    gate = models.CharField(_("gate"), max_length=60, blank=True)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices, default=Direction.IN)
    result = models.CharField(max_length=12, choices=Result.choices)
    # Why it is not valid, or would not have been if nobody had admitted it all the same.
    reason = models.CharField(_("reason"), max_length=15, choices=Reason.choices, blank=True)
    # Why it was admitted all the same.
    note = models.CharField(_("admitted all the same"), max_length=200, blank=True)
    # The number of this admission of its ticket; empty if it was not admitted. A way out that no one scanned is left
    # out when staff let the ticket in once more.
    passage = models.PositiveSmallIntegerField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), null=True, related_name="+")
    # When the ticket was presented, by the device's clock if it reported later.
    at = models.DateTimeField(_("time"), default=timezone.now)
    # When that report came in, or the one that took this admission away; empty if we decided ourselves.
    received_at = models.DateTimeField(_("reported"), null=True, blank=True, editable=False)
    # The person went through all the same: a device without a network let them, or reported an earlier entry since.
    is_conflict = models.BooleanField(_("let through all the same"), default=False, editable=False)
    # By how many seconds the device's clock was ahead of ours when it reported; negative if it was behind.
    clock_error = models.IntegerField(_("device's clock ahead by seconds"), null=True, blank=True, editable=False)
    device = models.CharField(_("device"), max_length=80, blank=True)
    # Sent by a device, so that a repeated call finds the answer of the first one.
    key = models.CharField(max_length=80, null=True, blank=True, editable=False)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["received_at"], condition=Q(is_conflict=True), name="check_in_conflict")]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "passage"],
                name="check_in_passage_once",
                violation_error_message=_("This ticket was scanned at the same moment."),
            ),
            models.UniqueConstraint(
                fields=["by", "key"],
                condition=Q(key__isnull=False),
                name="check_in_key_once",
                violation_error_message=_("This scan was received already."),
            ),
            models.CheckConstraint(
                condition=Q(passage__isnull=True, result__in=["already_in", "not_valid", "undone"])
                | (Q(passage__isnull=False, result="admitted", direction="in") & Q(Exact(F("passage") % 2, 1)))
                | (Q(passage__isnull=False, result="admitted", direction="out") & Q(Exact(F("passage") % 2, 0))),
                name="check_in_passage_alternates",
                violation_error_message=_("A ticket that is inside goes out before it goes in again."),
            ),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True) | Q(at__lte=F("received_at")),
                name="check_in_at_before_received",
                violation_error_message=_("A ticket is scanned before the scan is reported."),
            ),
            models.CheckConstraint(
                condition=Q(note="") | Q(result__in=["admitted", "undone"]),
                name="check_in_note_of_admission",
                violation_error_message=_("Only an admission has a note."),
            ),
            models.CheckConstraint(
                condition=Q(is_conflict=False) | Q(result__in=["already_in", "not_valid"]),
                name="check_in_conflict_of_refusal",
                violation_error_message=_("An admission is no conflict."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket} {self.get_result_display()}"


class UnticketedQuerySet(models.QuerySet["UnticketedPerson"]):
    def inside(self) -> Self:
        return self.filter(left_at__isnull=True, undone_at__isnull=True)


class UnticketedPerson(models.Model):
    """Someone whom the door let in to a show without a ticket, until they leave. Nothing says who it is."""

    class Kind(models.TextChoices):
        PRESS = "press", _("Press")
        STAFF = "staff", _("Staff")
        GUEST = "guest", _("Guests of the house")

    show = models.ForeignKey(Show, models.PROTECT, verbose_name=_("show"), related_name="unticketed")
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    gate = models.CharField(_("gate"), max_length=60, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("counted by"), related_name="+")
    at = models.DateTimeField(_("time"), default=timezone.now)
    # Sent by a page, so that the same form sent again counts once.
    key = models.CharField(max_length=80, editable=False)
    # Counted by mistake, and taken back within a minute.
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    # Kept when leaving is undone.
    left_gate = models.CharField(_("left by the gate"), max_length=60, blank=True)
    left_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("counted out by"), null=True, related_name="+"
    )
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    left_key = models.CharField(max_length=80, null=True, blank=True, editable=False)

    objects = UnticketedQuerySet.as_manager()

    class Meta:
        verbose_name = _("person without a ticket")
        verbose_name_plural = _("people without tickets")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["by", "key"],
                name="unticketed_key_once",
                violation_error_message=_("This person was counted already."),
            ),
            models.UniqueConstraint(
                fields=["left_by", "left_key"],
                condition=Q(left_key__isnull=False),
                name="unticketed_left_key_once",
                violation_error_message=_("This person was counted out already."),
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True)
                | Q(left_at__gte=F("at"), left_by__isnull=False, left_key__isnull=False, undone_at__isnull=True),
                name="unticketed_left_after_entry",
                violation_error_message=_("Only a person who is inside leaves, later than they came."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.show}"
