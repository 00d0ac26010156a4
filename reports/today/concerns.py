"""What needs attention, each with a link to where it is put right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy
from django_celery_beat.models import PeriodicTask

from accounts.models import User
from accounts.roles import Capability
from bookings.models import Booking
from bookings.services.limit_holds import SHARE_OF_HOUSE, UNPAID_HOLD_COUNTS_FOR
from bookings.services.remedy import needing_remedy
from bookings.services.transfer import to_be_sent
from console.scoped import ScopedAdmin
from door.models import CheckIn
from events.models import ImportRun, Show
from inquiries.models import Inquiry
from inquiries.words import describe_party
from lib.compiled import compiled
from lib.moments import write_moment
from lib.money import format_money
from notifications.models import Notification
from operations import heartbeats
from operations.models import Heartbeat
from payments.models import BankTransfer, GatewayAccount, Payment, Refund
from reports.today.scope import Scope
from show_changes.models import CanceledBooking, ShowMove

# So many of each kind are named; the link leads to the others.
NAMED_ROWS = 3
# A show needs prices when it is on sale or starts within this time.
PRICES_DUE_WITHIN = timedelta(days=14)
# A refund that is still pending after this time is not just slow.
REFUND_STUCK_AFTER = timedelta(hours=1)
# Nor is one that its gateway has accepted: Mollie makes them on the next business day, or when there is money.
ACCEPTED_REFUND_STUCK_AFTER = timedelta(days=7)
# A message that failed earlier has been dealt with or no longer matters.
FAILED_MAIL_SHOWN_FOR = timedelta(days=14)
# A wrong admission matters while the person is in the house, and for that night's reports.
CONFLICT_SHOWN_FOR = timedelta(days=1)
NOW = timedelta(0)


@dataclass(frozen=True, slots=True)
class Concern:
    """A number of rows that need attention; `url` leads to all of them, `named` to the first ones each."""

    text: str
    url: str
    icon: str
    named: list[tuple[str, str]]
    more: int


# In which theaters, None for all, and from which moments on rows are looked for.
_Asked = tuple[tuple[int, ...] | None, tuple[datetime, ...]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of concern is found, worded and linked.

    `theater` is the lookup that scopes it; `find` takes the moments that are `offsets` from now.
    """

    icon: str
    text: Any
    capability: Capability
    theater: str
    model: type[Model]
    find: Callable[..., QuerySet[Any]]
    name: Callable[[Any], str]
    page: str
    # The list where it is taken care of, and the query that filters it to just these.
    all_page: str
    query: str = ""
    # The page for people who may look but not act.
    look_page: str = ""
    offsets: tuple[timedelta, ...] = ()

    def moments(self, now: datetime) -> tuple[datetime, ...]:
        return tuple(now + offset for offset in self.offsets)

    def find_in(self, theaters: tuple[int, ...] | None, moments: tuple[datetime, ...]) -> QuerySet[Any]:
        """Return the rows in these theaters, or in all."""
        rows = self.find(*moments)
        return rows if theaters is None else rows.filter(**{f"{self.theater}__in": theaters})


def _without_prices(now: datetime, until: datetime) -> QuerySet[Show]:
    shows = Show.objects.filter(lowest_price__isnull=True, starts_at__gt=now)
    shows = shows.filter(Q(state="on_sale") | Q(state="draft", starts_at__lt=until))
    return shows.order_by("starts_at").select_related("event", "hall__theater__city")


def _held_in_vain(since: datetime, now: datetime) -> QuerySet[Show]:
    """Find shows where holds for a good part of the house lapsed unpaid in the last hour."""
    lapsed = Q(
        tickets__booking__state=Booking.State.EXPIRED,
        tickets__booking__expires_at__gt=since,
        tickets__booking__channel__in=[Booking.Channel.WEB, Booking.Channel.API],
    )
    shows = Show.objects.filter(lapsed, state=Show.State.ON_SALE, starts_at__gt=now).order_by("starts_at")
    # At least the share, rounded down.
    shows = shows.alias(in_vain=(Count("tickets") + 1) * SHARE_OF_HOUSE).filter(in_vain__gt=F("seat_map__capacity"))
    return shows.select_related("event", "hall__theater__city")


def _stuck_refunds(until: datetime, accepted_until: datetime) -> QuerySet[Refund]:
    late = Refund.objects.filter(state=Refund.State.PENDING, source=Refund.Source.HERE, created_at__lt=until)
    late = late.filter(Q(reference="") | Q(created_at__lt=accepted_until))
    # Those by bank transfer wait for staff.
    late = late.exclude(payment__gateway=Payment.Gateway.TRANSFER)
    return late.order_by("created_at").select_related("payment__booking")


def _failed_mail(since: datetime) -> QuerySet[Notification]:
    return Notification.objects.filter(state=Notification.State.FAILED, created_at__gt=since).order_by("-created_at")


def _failed_cancellations() -> QuerySet[CanceledBooking]:
    return CanceledBooking.objects.filter(state=CanceledBooking.State.FAILED).select_related("booking")


def _unplaced_moves() -> QuerySet[Show]:
    moves = ShowMove.objects.filter(state=ShowMove.State.PLANNED, unplaced__gt=0)
    shows = Show.objects.filter(pk__in=moves.values("show")).select_related("event", "hall__theater__city")
    count = moves.filter(show=OuterRef("pk")).values("unplaced")[:1]
    return shows.annotate(unplaced=Subquery(count)).order_by("starts_at")


def _wrongly_let_in(since: datetime) -> QuerySet[CheckIn]:
    found = CheckIn.objects.conflicts().filter(received_at__gt=since)
    return found.order_by("-received_at").select_related("ticket")


def _name_unplaced(show: Any) -> str:
    parties = ngettext("%d party without a place", "%d parties without a place", show.unplaced) % show.unplaced
    return f"{show}: {parties}"


KINDS = (
    _Kind(
        "diversity_3",
        ngettext_lazy("%d group waits for an answer.", "%d groups wait for an answer."),
        Capability.EDIT_BOOKINGS,
        "theater",
        Inquiry,
        lambda: Inquiry.objects.open().select_related("event"),
        lambda inquiry: f"{inquiry.event.title}, {describe_party(inquiry)}",
        "inquiries_inquiry_change",
        "inquiries_inquiry_changelist",
        "is=open",
    ),
    _Kind(
        "money_off",
        ngettext_lazy(
            "%d payment bought nothing, could not be refunded or was taken back at the gateway.",
            "%d payments bought nothing, could not be refunded or were taken back at the gateway.",
        ),
        Capability.SEE_MONEY,
        "booking__theater",
        Payment,
        lambda: needing_remedy().select_related("booking").order_by("created_at"),
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
        Refund,
        _stuck_refunds,
        lambda refund: f"{refund.payment.booking.code}, {format_money(refund.amount, refund.currency)}",
        "payments_refund_change",
        "payments_refund_changelist",
        "state__exact=pending",
        offsets=(-REFUND_STUCK_AFTER, -ACCEPTED_REFUND_STUCK_AFTER),
    ),
    _Kind(
        "credit_card_off",
        ngettext_lazy("%d payment account in use does not work.", "%d payment accounts in use do not work."),
        Capability.SEE_MONEY,
        "theater",
        GatewayAccount,
        GatewayAccount.objects.failing,
        str,
        "payments_gatewayaccount_change",
        "payments_gatewayaccount_changelist",
        "is_in_use__exact=1",
    ),
    _Kind(
        "send_money",
        ngettext_lazy("%d refund is to be sent by your bank.", "%d refunds are to be sent by your bank."),
        Capability.BOOK_TRANSFERS,
        "payment__booking__theater",
        Refund,
        lambda: to_be_sent().order_by("created_at").select_related("payment__booking"),
        lambda refund: f"{refund.payment.booking.code}, {format_money(refund.amount, refund.currency)}",
        "payments_refund_change",
        "payments_refund_changelist",
        "needs=sending",
    ),
    _Kind(
        "account_balance",
        ngettext_lazy("%d bank transfer is to be settled by hand.", "%d bank transfers are to be settled by hand."),
        Capability.BOOK_TRANSFERS,
        "theater",
        BankTransfer,
        lambda: BankTransfer.objects.filter(state=BankTransfer.State.OPEN).order_by("booked_on", "pk"),
        lambda transfer: f"{format_money(transfer.amount, transfer.currency)}, {transfer.payer}",
        "payments_banktransfer_settle",
        "payments_banktransfer_changelist",
        "state__exact=open",
    ),
    _Kind(
        "event_busy",
        ngettext_lazy(
            "%d booking of a canceled show needs another try.", "%d bookings of canceled shows need another try."
        ),
        Capability.SEE_MONEY,
        "booking__theater",
        CanceledBooking,
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
        Show,
        _held_in_vain,
        str,
        "events_show_change",
        "events_show_changelist",
        offsets=(-UNPAID_HOLD_COUNTS_FOR, NOW),
    ),
    _Kind(
        "sell",
        ngettext_lazy("%d coming show has no prices.", "%d coming shows have no prices."),
        Capability.EDIT_PROGRAMME,
        "hall__theater",
        Show,
        _without_prices,
        str,
        "events_show_edit_prices",
        "events_show_changelist",
        "lowest_price__isnull=True&o=3",
        offsets=(NOW, PRICES_DUE_WITHIN),
    ),
    _Kind(
        "move_up",
        ngettext_lazy(
            "%d planned move leaves customers without a place.", "%d planned moves leave customers without a place."
        ),
        Capability.EDIT_PROGRAMME,
        "hall__theater",
        Show,
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
        CheckIn,
        _wrongly_let_in,
        lambda found: f"{found.ticket}, {found.gate}" if found.gate else str(found.ticket),
        "door_checkin_change",
        "door_checkin_changelist",
        "needs=look",
        offsets=(-CONFLICT_SHOWN_FOR,),
    ),
    _Kind(
        "upload_file",
        ngettext_lazy("%d import was left with wrong rows.", "%d imports were left with wrong rows."),
        Capability.EDIT_PROGRAMME,
        "theater",
        ImportRun,
        lambda: ImportRun.objects.awaiting_decision().defer("content"),
        lambda run: run.file_name,
        "events_importrun_change",
        "events_importrun_changelist",
    ),
    _Kind(
        "unsubscribe",
        ngettext_lazy("%d message could not be sent.", "%d messages could not be sent."),
        Capability.SEE_BOOKINGS,
        "theater_id",
        Notification,
        _failed_mail,
        lambda message: message.recipient,
        "notifications_notification_change",
        "notifications_notification_changelist",
        "state__exact=failed",
        offsets=(-FAILED_MAIL_SHOWN_FOR,),
    ),
)


LATE_JOBS = {
    Heartbeat.Part.SCHEDULER: _("The scheduler has stopped. Reminders, reports and lapsed holds are waiting for it."),
    Heartbeat.Part.WORKER: _("No worker is running jobs. E-mails and refunds are waiting."),
    Heartbeat.Part.PRUNING: _("The nightly job that deletes old rows has not succeeded for two days."),
}


def find_concerns(request: HttpRequest, scope: Scope) -> list[Concern]:
    """Return what needs the attention of this person or their colleagues.

    One statement finds the kinds that have rows; then one for each of them.
    """
    asked = tuple(_ask(request, scope, kind) for kind in KINDS)
    present = _find_present(scope.user.pk or 0, *asked)[0] if any(asked) else [False] * len(KINDS)
    found = [_read(scope, kind, *ask) for kind, ask, is_there in zip(KINDS, asked, present, strict=True) if is_there]
    return [*_find_late_jobs(request, scope), *(concern for concern in found if concern)]


def _ask(request: HttpRequest, scope: Scope, kind: _Kind) -> _Asked | tuple[()]:
    """Return the theaters and moments of a kind that this person may see, or nothing."""
    theaters = tuple(scope.ids(kind.capability))
    if not theaters or not _can_open(request, kind.model):
        return ()
    is_everywhere = getattr(request.user, "is_superuser", False)
    return None if is_everywhere else theaters, kind.moments(scope.now)


@compiled
def _find_present(person: int, *asked: _Asked | tuple[()]) -> QuerySet[User, tuple[bool, ...]]:
    """Return one row, which says of each kind whether it has rows."""
    each = [Exists(kind.find_in(*ask)) if ask else Value(value=False) for kind, ask in zip(KINDS, asked, strict=True)]
    return User.objects.filter(pk=person).values_list(*each)


def _find_late_jobs(request: HttpRequest, scope: Scope) -> Iterator[Concern]:
    """Yield the background parts of the site that have stopped, for people who may see its jobs."""
    if not _can_open(request, PeriodicTask):
        return
    url = reverse("admin:django_celery_beat_periodictask_changelist")
    for part, at in heartbeats.find_late(scope.now).items():
        seen = _("Last sign of life: %s") % write_moment(at) if at else _("No sign of life yet.")
        yield Concern(str(LATE_JOBS[part]), url, "heart_broken", [(str(seen), url)], 0)


def _read(scope: Scope, kind: _Kind, theaters: tuple[int, ...] | None, moments: tuple[datetime, ...]) -> Concern | None:
    rows = kind.find_in(theaters, moments)
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
