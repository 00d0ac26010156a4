"""Cancel tickets, all or some of a booking, and refund what the show's policy says.

Policy: until so many hours before the start, customers get a share of what each ticket cost (`Show.refund_terms`).
Fees that their rule returns go back in full, others are kept; a voucher stays used. For a show that was
canceled, everything is refunded, including fees; the same holds for one that was moved, until it starts.
Staff may decide otherwise in either direction, but never above what is left of the payment.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking, messages
from bookings.errors import NotCancelable, WrongState
from bookings.models import Booking, Ticket, by_show
from bookings.pricing import ZERO, quote_refunds
from bookings.services.companions import object_to_leaving
from bookings.services.refund import find_payments, promise_refund, share
from bookings.services.release_hold import free_places, release_hold
from events.models import Show
from lib.compiled import compiled
from payments.gateways import get_gateway
from payments.models import Payment, Refund

FULL_PERCENT = Decimal(100)
# Tickets that their booking's total pays for: canceled ones too, but none that was moved.
_PAID_STATES = (Ticket.State.ISSUED, Ticket.State.CANCELED)
_PAID = Q(state__in=_PAID_STATES, moved_to=None)


@dataclass(frozen=True)
class CancellationQuote:
    """What canceling refunds, in the booking's currency and by pk of ticket; or why it is not allowed.

    `until` is the last moment, if there is one. Of tickets for several shows, the policy of each decides;
    `by_ticket` has those that it allows.
    """

    is_allowed: bool
    reason: str | Promise = ""
    amount: Decimal = ZERO
    until: datetime | None = None
    by_ticket: dict[int, Decimal] = field(default_factory=dict)
    # What of these is for fees.
    fees: dict[int, Decimal] = field(default_factory=dict)


def quote_cancellation(
    booking: Booking,
    tickets: Iterable[Ticket] | None = None,
    *,
    now: datetime,
    all_tickets: Collection[Ticket] | None = None,
) -> CancellationQuote:
    """Return what the customer gets back for these tickets, or for all that may be canceled.

    Of named tickets, none may be canceled if one may not. Three queries; two if `all_tickets` of the booking are given,
    as `read_tickets` returns them.
    """
    if booking.state == Booking.State.HELD:
        return CancellationQuote(is_allowed=True, until=booking.expires_at)
    paid = _read_paid_tickets(booking) if all_tickets is None else _find_paid(all_tickets)
    chosen = _choose(paid, tickets)
    if booking.state != Booking.State.CONFIRMED or not chosen:
        return CancellationQuote(is_allowed=False, reason=gettext("There is nothing left to cancel."))
    payments = find_payments(booking)
    by_ticket: dict[int, Decimal] = {}
    fees: dict[int, Decimal] = {}
    deadlines, reasons = [], []
    for show, of_show in by_show(chosen).items():
        is_off = show.state == Show.State.CANCELED
        is_moved = any(ticket.show_moved_at for ticket in of_show)
        until = None if is_off else show.starts_at if is_moved else show.refund_until()
        deadlines += [until] if until else []
        if reason := "" if is_off else _find_objection(show, of_show, payments, until, now):
            reasons.append(reason)
            continue
        percent = FULL_PERCENT if is_off else percent_of(show, of_show)
        amounts = _quote_by_ticket(booking, paid, percent=percent, of=show)
        for ticket in of_show if payments else ():
            fees[ticket.pk] = ticket.fees_left if is_off or is_moved else ticket.fees_to_return
        by_ticket |= {ticket.pk: amounts[ticket.pk] + fees[ticket.pk] if payments else ZERO for ticket in of_show}
    first = min(deadlines, default=None)
    if reasons and (tickets is not None or not by_ticket):
        return CancellationQuote(is_allowed=False, reason=reasons[0], until=first)
    amount = min(sum(by_ticket.values(), ZERO), _left_of(payments))
    return CancellationQuote(is_allowed=True, amount=amount, until=first, by_ticket=by_ticket, fees=fees)


def percent_of(show: Show, tickets: Iterable[Ticket]) -> Decimal:
    """Return how much of their cost the show's policy refunds for its tickets: all of it once it was moved."""
    return FULL_PERCENT if any(ticket.show_moved_at for ticket in tickets) else Decimal(show.refund_terms.percent)


def quote_worth(booking: Booking, tickets: Iterable[Ticket]) -> Decimal:
    """Return what these tickets count for in an exchange: what they cost and was not refunded. Two queries."""
    by_ticket = _quote_by_ticket(booking, _read_paid_tickets(booking), percent=FULL_PERCENT)
    return min(sum((by_ticket.get(ticket.pk, ZERO) for ticket in tickets), ZERO), _left_of(find_payments(booking)))


def quote_in_full(booking: Booking, tickets: Iterable[Ticket]) -> Decimal:
    """Return all that these tickets cost, including fees, as far as it was paid and not refunded. Two queries."""
    paid = _read_paid_tickets(booking)
    by_ticket = _quote_by_ticket(booking, paid, percent=FULL_PERCENT)
    fees = {ticket.pk: ticket.fees_left for ticket in paid}
    wanted = sum((by_ticket.get(ticket.pk, ZERO) + fees.get(ticket.pk, ZERO) for ticket in tickets), ZERO)
    return min(wanted, _left_of(find_payments(booking)))


def read_left_by_ticket(bookings: Collection[Booking]) -> dict[int, dict[Ticket, Decimal]]:
    """Return, by pk of booking, what is left of what each of its tickets cost. One query.

    That is its part of the booking's total, fees included, less what was refunded or promised for it. A refund that
    failed counts, too, since it is made good by itself (`remedy.py`). Canceled tickets are among them, for which
    something may have been kept. It is below zero if more was given back.
    """
    paid: dict[int, dict[int, Ticket]] = {booking.pk: {} for booking in bookings}
    refunded: dict[int, Decimal] = defaultdict(Decimal)
    # A row for each line, since SQLite would add them up in binary.
    lines: QuerySet[Any] = Ticket.objects.filter(_PAID, booking__in=bookings).order_by("pk")
    instead = F("refund_lines__refund__remedy__refund__source")
    for row in lines.annotate(line=F("refund_lines__amount"), instead=instead):
        paid[row.booking_id][row.pk] = row
        # A refund that we made instead of this one has the same lines.
        if row.line is not None and row.instead != Refund.Source.HERE:
            refunded[row.pk] += row.line
    found = {}
    for booking in bookings:
        tickets = paid[booking.pk].values()
        found[booking.pk] = {ticket: ticket.worth + ticket.fees_left - refunded[ticket.pk] for ticket in tickets}
    return found


def quote_canceled_shows(
    booking: Booking, by_ticket: Mapping[Ticket, Decimal], show_ids: Collection[int], *, left: Decimal
) -> dict[int, Decimal]:
    """Return by pk of ticket what goes back when the theater cancels these shows. No query.

    It is all that is left of what the tickets for them cost (`read_left_by_ticket`), so that every cent belongs to
    one show: fees too, and what was kept for tickets returned before, but nothing that pays for other shows. It is
    never more than what is `left` of the payments: a bank may have taken more than was for these tickets. Without
    other shows, all that is left goes back.
    """
    own = {ticket.pk: part for ticket, part in by_ticket.items() if ticket.show_id in show_ids}
    has_others = len(own) < len(by_ticket)
    amount = min(max(sum(own.values(), ZERO), ZERO), left) if has_others else left
    return share(amount, {pk: max(part, ZERO) for pk, part in own.items()}, booking.currency)


def cancel_tickets(
    *,
    booking: Booking,
    tickets: Iterable[Ticket] | None = None,
    by: User | None,
    reason: str = "",
    amount: Decimal | None = None,
) -> Refund | None:
    """Cancel these tickets, or all that are left, free their places at once and promise the refund.

    Returns the refund, or None if nothing is due or nothing was left to cancel, so a second call is
    harmless. A hold is released. With `amount`, staff decide what is refunded, whatever the policy
    says; the caller has checked that they may (`Capability.REFUND`).

    Raises `NotCancelable` with the reason, `RefundTooLarge`, and `WrongState` for a ticket of
    another booking.
    """
    chosen_tickets = None if tickets is None else list(tickets)
    with transaction.atomic():
        booking = locking.lock_booking(booking.pk)
        if chosen_tickets is not None and any(ticket.booking_id != booking.pk for ticket in chosen_tickets):
            raise WrongState
        if booking.state == Booking.State.HELD:
            release_hold(booking=booking, by=by)
            return None
        chosen = _choose(_read_paid_tickets(booking), chosen_tickets)
        if booking.state != Booking.State.CONFIRMED or not chosen:
            return None
        now = timezone.now()
        is_by_policy = amount is None
        if amount is None:
            quote = quote_cancellation(booking, chosen_tickets, now=now)
            if not quote.is_allowed:
                raise NotCancelable(quote.reason)
            chosen = [ticket for ticket in chosen if ticket.pk in quote.by_ticket]
            amount, lines = quote.amount, quote.by_ticket
            fees: dict[int, Decimal] | None = quote.fees
        else:
            fees = None
            lines = {ticket.pk: ticket.worth for ticket in chosen}
        if reason_against := object_to_leaving(booking, chosen, now, by_customer=is_by_policy):
            raise NotCancelable(reason_against)
        free_issued(booking, chosen, now)
        refund = promise_refund(booking, amount, lines=lines, fees=fees, by=by, reason=reason)
        messages.notify_canceled(booking, chosen, refund)
        record(
            by=by,
            action=Action.CANCEL_TICKETS,
            on=booking,
            theater_id=booking.theater_id,
            before={"tickets": [ticket.code for ticket in chosen]},
            after={"state": booking.state, "refund": str(amount)},
            reason=reason[:300],
        )
    return refund


def _read_paid_tickets(booking: Booking) -> list[Ticket]:
    tickets = _read_paid(booking.pk)
    for ticket in tickets:
        ticket.booking = booking
    return tickets


def _find_paid(tickets: Collection[Ticket]) -> list[Ticket]:
    """Return of all tickets of a booking those that `_PAID` finds."""
    moved = {ticket.moved_from_id for ticket in tickets}
    paid = [ticket for ticket in tickets if ticket.state in _PAID_STATES and ticket.pk not in moved]
    return sorted(paid, key=lambda ticket: ticket.pk)


@compiled
def _read_paid(booking_id: int) -> QuerySet[Ticket]:
    paid = Ticket.objects.filter(_PAID, booking=booking_id)
    return paid.select_related("seat", "area", "show__hall__theater__city").order_by("pk")


@compiled
def _read_admitted(pks: tuple[int, ...]) -> QuerySet[Ticket, tuple[int]]:
    return Ticket.objects.admitted().filter(pk__in=pks).order_by().values_list("pk")[:1]


def _choose(paid: list[Ticket], tickets: Iterable[Ticket] | None) -> list[Ticket]:
    wanted = None if tickets is None else {ticket.pk for ticket in tickets}
    return [
        ticket for ticket in paid if ticket.state == Ticket.State.ISSUED and (wanted is None or ticket.pk in wanted)
    ]


def _find_objection(
    show: Show, chosen: list[Ticket], payments: list[Payment], until: datetime | None, now: datetime
) -> str:
    """Return why the customer may not cancel; empty if they may."""
    if until is None:
        return gettext("Tickets for this show cannot be returned.")
    if now >= until:
        local = formats.date_format(timezone.localtime(until, show.hall.theater.tz), "DATETIME_FORMAT")
        return gettext("Tickets for this show could be returned until %(until)s.") % {"until": local}
    if _read_admitted(tuple(ticket.pk for ticket in chosen)):
        return gettext("A ticket that was used cannot be returned.")
    if any(get_gateway(payment.gateway).is_for_staff for payment in payments):
        return gettext("These tickets were paid for at the box office; please return them there.")
    return ""


def _left_of(payments: Iterable[Payment]) -> Decimal:
    return sum((payment.left for payment in payments), ZERO)


def _quote_by_ticket(
    booking: Booking, paid: list[Ticket], *, percent: Decimal, of: Show | None = None
) -> dict[int, Decimal]:
    """Return what is refunded for each paid ticket, or each `of` one show, whatever is canceled with it; no fees."""
    worth = {ticket.pk: ticket.worth for ticket in paid if of is None or ticket.show == of}
    parts = quote_refunds(list(worth.values()), percent=percent, currency=booking.currency)
    return dict(zip(worth, parts, strict=True))


def free_issued(booking: Booking, chosen: list[Ticket], now: datetime) -> None:
    """Cancel issued tickets of a locked booking and free their places; its last one closes the booking."""
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in chosen]).update(state=Ticket.State.CANCELED)
    free_places(chosen)
    if not booking.tickets.filter(state=Ticket.State.ISSUED).exists():
        booking.state = Booking.State.CANCELED
        booking.canceled_at = now
        booking.save(update_fields=["state", "canceled_at"])
