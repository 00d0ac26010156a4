"""Put right money that bought nothing or did not go back: staff choose, and the services make it happen once.

A surplus is refunded automatically. It stays with us if the gateway refused the refund. Then staff seat the
customer after all, have the gateway try again, hand it out in cash, or record that they returned it in
another way. What any other failed refund owes is put right in the same ways. What went back without us
needs a decision about its tickets (`outside_refunds.py`).
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking
from bookings.errors import ReasonMissing, SeatsUnavailable, VoucherRefused, WrongState
from bookings.models import Booking, Ticket, by_show
from bookings.seating.availability import forget_availability
from bookings.seating.best import find_best_seats
from bookings.services.confirm import mark_confirmed
from bookings.services.late_money import count_with_late, find_holds_in_the_way, read_released, reissue
from bookings.services.outside_refunds import open_outside
from bookings.services.refund import apply_refund_outcome, hand_out_refund, request_refund
from bookings.services.vouchers import check_uses_by_customer
from events.models import Show
from lib.refusals import Refusal
from payments.gateways.base import RefundOutcome, RefundStatus
from payments.models import Payment, Refund, Remedy
from theaters.models import Seat

_ACTIONS = {
    Refund.Way.CASH: Action.REFUND_IN_CASH,
    Refund.Way.TRANSFER: Action.REFUND_BY_TRANSFER,
    Refund.Way.OUTSIDE: Action.REFUND_OUTSIDE,
}


class ReferenceMissing(Refusal):
    message = _("Give the reference of the transfer, so that it can be found on the bank statement.")


class NotInCash(Refusal):
    message = _("It came in another currency, which the drawers do not hold.")


class CannotBeSeated(Refusal):
    def __init__(self, reason: str | Promise) -> None:
        super().__init__()
        self.message = reason


@dataclass(frozen=True)
class Remedies:
    """What can be done about a payment at this moment, for staff to choose from; nothing is held for it.

    `same` and `equal` are the places that the customer would get; empty if they are not free. `objection`
    says why the payment can't be seated at all.
    """

    left: Decimal
    same: list[str] = field(default_factory=list)
    equal: list[str] = field(default_factory=list)
    objection: str | Promise = ""
    # Limits that staff knowingly pass when they seat the customer.
    warnings: list[str] = field(default_factory=list)
    failed: list[Refund] = field(default_factory=list)
    outside: list[Refund] = field(default_factory=list)


def open_failures() -> QuerySet[Refund]:
    """Return our refunds that failed and that nothing has replaced."""
    return Refund.objects.filter(state=Refund.State.FAILED, source=Refund.Source.HERE, remedy__isnull=True)


def open_refunds() -> QuerySet[Refund]:
    """Return the refunds that need staff: those that failed, and those made without us."""
    return Refund.objects.filter(Q(pk__in=open_failures().values("pk")) | Q(pk__in=open_outside().values("pk")))


def needing_remedy() -> QuerySet[Payment]:
    """Return the payments that need staff: unused money that is here, failed refunds, refunds made without us."""
    # Not by "or", for which PostgreSQL would read every payment.
    surplus = Payment.objects.filter(state=Payment.State.SURPLUS, refunded__lt=F("received_amount"))
    refunds = (rows.order_by().values("payment") for rows in (open_failures(), open_outside()))
    return Payment.objects.filter(pk__in=surplus.order_by().values("pk").union(*refunds, all=True))


def find_remedies(payment: Payment, *, now: datetime | None = None) -> Remedies:
    """Return what can be done about a payment. Reads only; a fixed number of statements."""
    now = now or timezone.now()
    failed = list(open_failures().filter(payment=payment).order_by("pk"))
    outside = list(open_outside().filter(payment=payment).order_by("pk"))
    found = Remedies(payment.left, failed=failed, outside=outside)
    objection = _find_objection(payment, payment.booking, now)
    if objection:
        return replace(found, objection=objection)
    tickets = read_released(payment.booking)
    same = [ticket.label for ticket in tickets] if _are_free(tickets, now) else []
    equal: list[str] = []
    if not same:
        instead = _choose_equal(tickets)
        equal = [instead[ticket.pk].label if ticket.pk in instead else ticket.label for ticket in tickets if instead]
    return replace(found, same=same, equal=equal, warnings=_find_warnings(payment.booking, now))


def seat_surplus(*, payment: Payment, by: User, reason: str, equal: bool = False) -> Booking:
    """Let money that bought nothing buy its booking after all, with its own places or `equal` ones.

    Equal places are the best free seats of the same categories, at the prices that were paid. Staff may pass
    the limits for one customer, of which `find_remedies` warns. Called again for the same payment, it returns
    the booking as it is.

    Raises `CannotBeSeated`, `SeatsUnavailable`, `ReasonMissing`, and `VoucherRefused` if its voucher is
    used up.
    """
    reason = _check_reason(reason)
    # The cached availability may be a few seconds old.
    for show_id in {ticket.show_id for ticket in read_released(payment.booking)}:
        forget_availability(show_id)
    try:
        with transaction.atomic():
            booking = locking.lock_booking(payment.booking_id)
            now = timezone.now()
            payment.refresh_from_db()
            payment.booking = booking
            if payment.state == Payment.State.CAPTURED:
                return booking
            objection = _find_objection(payment, booking, now)
            if objection:
                raise CannotBeSeated(objection)
            tickets = read_released(booking)
            instead = _choose_equal(tickets) if equal else {}
            if equal and not instead:
                raise SeatsUnavailable([ticket.seat for ticket in tickets if ticket.seat])
            warnings = _find_warnings(booking, now)
            reissue(booking, now, instead=instead)
            payment.state, payment.surplus_reason = Payment.State.CAPTURED, ""
            payment.save(update_fields=["state", "surplus_reason"])
            for failed in open_failures().filter(payment=payment):
                Remedy.objects.create(failed=failed, reason=reason, made_by=by)
            mark_confirmed(booking, now, None, after_all=True)
            record(
                by=by,
                action=Action.SEAT_LATE_PAYMENT,
                on=booking,
                theater_id=booking.theater_id,
                before={"places": [ticket.label for ticket in tickets]},
                after={
                    "places": [ticket.label for ticket in booking.tickets.issued().select_related("seat", "area")],
                    **({"although": warnings} if warnings else {}),
                },
                reason=reason,
            )
    except IntegrityError:
        raise SeatsUnavailable([ticket.seat for ticket in read_released(payment.booking) if ticket.seat]) from None
    return booking


def give_back(
    *,
    payment: Payment,
    by: User,
    reason: str,
    failed: Refund | None = None,
    way: Refund.Way = Refund.Way.AS_PAID,
    reference: str = "",
) -> Refund:
    """Return what is left of a surplus, or what the refund `failed` did not; the amount follows from that.

    If it goes back as it was paid, the gateway is called. In the other ways it is not: cash leaves the open
    drawer of `by`, a transfer is found by the bank's `reference`, and the customer is notified at once. Called
    again, it returns the refund that the first call made, in whichever way that was.

    Raises `WrongState`, `NotInCash`, `ReasonMissing`, `ReferenceMissing`, `RefundTooLarge`, and of the drawer
    `NoOpenDrawer` and `DrawerShort`; then nothing has changed.
    """
    reason, reference = _check_reason(reason), reference.strip()
    if way == Refund.Way.TRANSFER and not reference:
        raise ReferenceMissing
    with transaction.atomic():
        booking = locking.lock_booking(payment.booking_id)
        payment.refresh_from_db()
        payment.booking = booking
        earlier = Remedy.objects.filter(failed=failed, refund__payment=payment).select_related("refund").last()
        if earlier is not None and earlier.refund and (failed is not None or not payment.left):
            return earlier.refund
        amount = _find_amount(payment, failed)
        if way == Refund.Way.CASH and payment.paid_currency != payment.currency:
            raise NotInCash
        lines = dict(failed.lines.values_list("ticket", "amount")) if failed else {}
        refund = request_refund(
            payment=payment, amount=amount, reason=reason, lines=lines, by=by, way=way, reference=reference
        )
        Remedy.objects.create(refund=refund, failed=failed, reason=reason, made_by=by)
        if failed is not None:
            for row in failed.show_cancellations.all():
                row.refunds.remove(failed)
                row.refunds.add(refund)
        record(
            by=by,
            action=_ACTIONS.get(way) or (Action.REFUND_AGAIN if failed else Action.REFUND_SURPLUS),
            on=payment,
            theater_id=booking.theater_id,
            before={"failed": failed.error or failed.get_state_display()} if failed else {},
            after={
                "amount": str(amount),
                "currency": payment.paid_currency,
                **({"reference": reference} if reference else {}),
            },
            reason=reason,
        )
        if way == Refund.Way.CASH:
            refund = hand_out_refund(refund=refund, by=by)
        elif way != Refund.Way.AS_PAID:
            apply_refund_outcome(refund, RefundOutcome(RefundStatus.SUCCEEDED))
            refund.refresh_from_db()
    return refund


def _check_reason(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()[:300]


def _find_amount(payment: Payment, failed: Refund | None) -> Decimal:
    if failed is not None:
        if failed.payment_id != payment.pk or not open_failures().filter(pk=failed.pk).exists():
            raise WrongState
        return failed.amount
    # A failed refund of it is named, so that it leaves the list.
    if payment.state != Payment.State.SURPLUS or not payment.left:
        raise WrongState
    if open_failures().filter(payment=payment).exists():
        raise WrongState
    return payment.left


def _find_warnings(booking: Booking, now: datetime) -> list[str]:
    """Return which limits for one customer this booking would pass. At most five queries."""
    warnings = []
    for show, count in count_with_late(booking, now).items():
        if count > show.ticket_limit:
            words = gettext("The customer would have %(count)d tickets for this show; the limit is %(limit)d.")
            warnings.append(words % {"count": count, "limit": show.ticket_limit})
    if booking.voucher is not None:
        try:
            check_uses_by_customer(booking, booking.voucher, now)
        except VoucherRefused:
            words = gettext("The customer has used the voucher %(code)s already, and would use it again.")
            warnings.append(words % {"code": booking.voucher.code})
    return warnings


def _find_objection(payment: Payment, booking: Booking, now: datetime) -> str | Promise:
    """Return why a payment can't buy its booking after all; empty if it can."""
    if payment.state != Payment.State.SURPLUS:
        return _("It bought its booking.")
    if payment.refunded:
        return _("Some of it is on its way back already.")
    if (payment.received_amount, payment.received_currency) != (payment.amount, payment.currency):
        return _("A different amount came than was asked for.")
    if payment.exchange_id is not None:
        return _("It was part of an exchange, which has to be started again.")
    if booking.state != Booking.State.EXPIRED:
        return _("Its booking is %s.") % booking.get_state_display()
    released = Show.objects.filter(tickets__booking=booking, tickets__state=Ticket.State.RELEASED)
    if any(show.state != Show.State.ON_SALE or now >= show.ends_at for show in released):
        return _("The show is over or no longer on sale.")
    return ""


def _are_free(tickets: list[Ticket], now: datetime) -> bool:
    try:
        for show, of_show in by_show(tickets).items():
            find_holds_in_the_way(show, of_show, now)
    except SeatsUnavailable:
        return False
    return bool(tickets)


def _choose_equal(tickets: list[Ticket]) -> dict[int, Seat]:
    """Choose the best free seats for each show and category, by pk of ticket; none if there are not enough."""
    parties: dict[tuple[Show, int, bool], list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        if ticket.seat:
            is_reserved = ticket.seat.is_accessible or ticket.seat.is_companion
            parties[ticket.show, ticket.category_id, is_reserved].append(ticket)
    chosen: dict[int, Seat] = {}
    for (show, category_id, is_reserved), party in parties.items():
        gone = [chosen[ticket.pk].pk for ticket in tickets if ticket.pk in chosen and ticket.show_id == show.pk]
        places = sum(bool(ticket.seat and ticket.seat.is_accessible) for ticket in party) or int(is_reserved)
        seats = find_best_seats(show, len(party), category_id=category_id, accessible=places, gone=gone)
        if len(seats) < len(party):
            return {}
        chosen |= {ticket.pk: seat for ticket, seat in zip(party, seats, strict=True)}
    return chosen
