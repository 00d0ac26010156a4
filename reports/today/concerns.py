"""What needs attention, each with a link to where it is put right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, F, Model, OuterRef, Q, QuerySet, Subquery, Window
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy
from django_celery_beat.models import PeriodicTask

from accounts.roles import Capability
from bookings.models import Booking
from bookings.services.limit_holds import SHARE_OF_HOUSE, UNPAID_HOLD_COUNTS_FOR
from bookings.services.remedy import needing_remedy
from console.scoped import ScopedAdmin
from door.models import CheckIn
from events.models import ImportRun, Show
from lib.moments import write_moment
from lib.money import format_money
from notifications.models import Notification
from operations import heartbeats
from operations.models import Heartbeat
from payments.models import Refund
from reports.today.scope import Scope
from show_changes.models import CanceledBooking, ShowMove

# So many of each kind are named; the link leads to the others.
NAMED_ROWS = 3
# A show needs prices when it is on sale or starts within this time.
PRICES_DUE_WITHIN = timedelta(days=14)
# A refund that is still pending after this time is not just slow.
REFUND_STUCK_AFTER = timedelta(hours=1)
# A message that failed earlier has been dealt with or no longer matters.
FAILED_MAIL_SHOWN_FOR = timedelta(days=14)
# A wrong admission matters while the person is in the house, and for that night's reports.
CONFLICT_SHOWN_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Concern:
    """A number of rows that need attention; `url` leads to all of them, `named` to the first ones each."""

    text: str
    url: str
    icon: str
    named: list[tuple[str, str]]
    more: int


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of concern is found, worded and linked. `theater` is the lookup that scopes it."""

    icon: str
    text: Any
    capability: Capability
    theater: str
    find: Callable[[Scope], QuerySet[Any]]
    name: Callable[[Any], str]
    page: str
    # The list where it is taken care of, and the query that filters it to just these.
    all_page: str
    query: str = ""
    # The page for people who may look but not act.
    look_page: str = ""


def _without_prices(scope: Scope) -> QuerySet[Show]:
    shows = Show.objects.filter(lowest_price__isnull=True, starts_at__gt=scope.now)
    return shows.filter(Q(state="on_sale") | Q(state="draft", starts_at__lt=scope.now + PRICES_DUE_WITHIN)).order_by(
        "starts_at"
    )


def _held_in_vain(scope: Scope) -> QuerySet[Show]:
    """Find shows where holds for a good part of the house lapsed unpaid in the last hour."""
    lapsed = Q(
        tickets__booking__state=Booking.State.EXPIRED,
        tickets__booking__expires_at__gt=scope.now - UNPAID_HOLD_COUNTS_FOR,
        tickets__booking__channel__in=[Booking.Channel.WEB, Booking.Channel.API],
    )
    shows = Show.objects.filter(lapsed, state=Show.State.ON_SALE, starts_at__gt=scope.now).order_by("starts_at")
    return shows.alias(in_vain=Count("tickets")).filter(in_vain__gte=F("seat_map__capacity") / SHARE_OF_HOUSE)


def _stuck_refunds(scope: Scope) -> QuerySet[Refund]:
    late = Refund.objects.filter(
        state=Refund.State.PENDING, source=Refund.Source.HERE, created_at__lt=scope.now - REFUND_STUCK_AFTER
    )
    return late.order_by("created_at").select_related("payment__booking")


def _failed_mail(scope: Scope) -> QuerySet[Notification]:
    failed = Notification.objects.filter(
        state=Notification.State.FAILED, created_at__gt=scope.now - FAILED_MAIL_SHOWN_FOR
    )
    return failed.order_by("-created_at")


def _failed_cancellations(_scope: Scope) -> QuerySet[CanceledBooking]:
    return CanceledBooking.objects.filter(state=CanceledBooking.State.FAILED).select_related("booking")


def _unplaced_moves(_scope: Scope) -> QuerySet[Show]:
    moves = ShowMove.objects.filter(state=ShowMove.State.PLANNED, unplaced__gt=0)
    shows = Show.objects.filter(pk__in=moves.values("show")).select_related("event", "hall__theater__city")
    count = moves.filter(show=OuterRef("pk")).values("unplaced")[:1]
    return shows.annotate(unplaced=Subquery(count)).order_by("starts_at")


def _wrongly_let_in(scope: Scope) -> QuerySet[CheckIn]:
    return CheckIn.objects.conflicts().filter(received_at__gt=scope.now - CONFLICT_SHOWN_FOR).order_by("-received_at")


def _name_unplaced(show: Any) -> str:
    parties = ngettext("%d party without a place", "%d parties without a place", show.unplaced) % show.unplaced
    return f"{show}: {parties}"


KINDS = (
    _Kind(
        "money_off",
        ngettext_lazy(
            "%d payment bought nothing, could not be refunded or was taken back at the gateway.",
            "%d payments bought nothing, could not be refunded or were taken back at the gateway.",
        ),
        Capability.SEE_MONEY,
        "booking__theater",
        lambda _scope: needing_remedy().select_related("booking").order_by("created_at"),
        lambda payment: f"{payment.booking.code}, {format_money(payment.received_amount, payment.paid_currency)}",
        "payments_payment_remedy",
        "payments_payment_changelist",
        "needs=remedy",
        "payments_payment_change",
    ),
    _Kind(
        "hourglass_top",
        ngettext_lazy("%d refund has been waiting for its gateway.", "%d refunds have been waiting for their gateway."),
        Capability.SEE_MONEY,
        "payment__booking__theater",
        _stuck_refunds,
        lambda refund: f"{refund.payment.booking.code}, {format_money(refund.amount, refund.currency)}",
        "payments_refund_change",
        "payments_refund_changelist",
        "state__exact=pending",
    ),
    _Kind(
        "event_busy",
        ngettext_lazy(
            "%d booking of a canceled show needs another try.", "%d bookings of canceled shows need another try."
        ),
        Capability.SEE_MONEY,
        "booking__theater",
        _failed_cancellations,
        lambda row: row.booking.code,
        "",
        "show_changes_showcancellation_changelist",
    ),
    _Kind(
        "front_hand",
        ngettext_lazy(
            "At %d show many places are held and not paid for. It can ask for an account.",
            "At %d shows many places are held and not paid for. They can ask for an account.",
        ),
        Capability.EDIT_PROGRAMME,
        "hall__theater",
        lambda scope: _held_in_vain(scope).select_related("event", "hall__theater__city"),
        str,
        "events_show_change",
        "events_show_changelist",
    ),
    _Kind(
        "sell",
        ngettext_lazy("%d coming show has no prices.", "%d coming shows have no prices."),
        Capability.EDIT_PROGRAMME,
        "hall__theater",
        lambda scope: _without_prices(scope).select_related("event", "hall__theater__city"),
        str,
        "events_show_edit_prices",
        "events_show_changelist",
        "lowest_price__isnull=True&o=3",
    ),
    _Kind(
        "move_up",
        ngettext_lazy(
            "%d planned move leaves customers without a place.", "%d planned moves leave customers without a place."
        ),
        Capability.EDIT_PROGRAMME,
        "hall__theater",
        _unplaced_moves,
        _name_unplaced,
        "events_show_move",
        "events_show_changelist",
        "needs=places",
    ),
    _Kind(
        "door_open",
        ngettext_lazy(
            "%d person was let in without a network on a ticket that does not admit them.",
            "%d people were let in without a network on tickets that do not admit them.",
        ),
        Capability.CHECK_IN,
        "ticket__show__hall__theater",
        lambda scope: _wrongly_let_in(scope).select_related("ticket"),
        lambda found: f"{found.ticket}, {found.gate}" if found.gate else str(found.ticket),
        "door_checkin_change",
        "door_checkin_changelist",
        "needs=look",
    ),
    _Kind(
        "upload_file",
        ngettext_lazy("%d import was left with wrong rows.", "%d imports were left with wrong rows."),
        Capability.EDIT_PROGRAMME,
        "theater",
        lambda _scope: ImportRun.objects.awaiting_decision().defer("content"),
        lambda run: run.file_name,
        "events_importrun_change",
        "events_importrun_changelist",
    ),
    _Kind(
        "unsubscribe",
        ngettext_lazy("%d message could not be sent.", "%d messages could not be sent."),
        Capability.SEE_BOOKINGS,
        "theater_id",
        _failed_mail,
        lambda message: message.recipient,
        "notifications_notification_change",
        "notifications_notification_changelist",
        "state__exact=failed",
    ),
)


LATE_JOBS = {
    Heartbeat.Part.SCHEDULER: _("The scheduler has stopped. Reminders, reports and lapsed holds are waiting for it."),
    Heartbeat.Part.WORKER: _("No worker is running jobs. E-mails and refunds are waiting."),
    Heartbeat.Part.PRUNING: _("The nightly job that deletes old rows has not succeeded for two days."),
}


def find_concerns(request: HttpRequest, scope: Scope) -> list[Concern]:
    """Return what needs the attention of this person or their colleagues. One statement for each kind they may see."""
    found = [concern for kind in KINDS if scope.ids(kind.capability) if (concern := _read(request, scope, kind))]
    return [*_find_late_jobs(request, scope), *found]


def _find_late_jobs(request: HttpRequest, scope: Scope) -> Iterator[Concern]:
    """Yield the background parts of the site that have stopped, for people who may see its jobs."""
    if not _can_open(request, PeriodicTask):
        return
    url = reverse("admin:django_celery_beat_periodictask_changelist")
    for part, at in heartbeats.find_late(scope.now).items():
        seen = _("Last sign of life: %s") % write_moment(at) if at else _("No sign of life yet.")
        yield Concern(str(LATE_JOBS[part]), url, "heart_broken", [(str(seen), url)], 0)


def _read(request: HttpRequest, scope: Scope, kind: _Kind) -> Concern | None:
    rows = kind.find(scope)
    if not _can_open(request, rows.model):
        return None
    if not getattr(request.user, "is_superuser", False):
        rows = rows.filter(**{f"{kind.theater}__in": scope.ids(kind.capability)})
    first = list(rows.annotate(how_many=Window(Count(F("pk"))))[:NAMED_ROWS])
    if not first:
        return None
    count = first[0].how_many
    link = reverse(f"admin:{kind.all_page}") + (f"?{kind.query}" if kind.query else "")
    page = kind.look_page if kind.look_page and not scope.ids(Capability.REFUND) else kind.page
    named = [(kind.name(row), reverse(f"admin:{page}", args=[row.pk]) if page else link) for row in first]
    return Concern(kind.text % count, link, kind.icon, named, count - len(named))


def _can_open(request: HttpRequest, model: type[Model]) -> bool:
    model_admin = admin.site._registry.get(model)
    return model_admin is not None and cast(ScopedAdmin, model_admin).has_module_permission(request)
