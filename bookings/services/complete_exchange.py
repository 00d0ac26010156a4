"""The moment at which tickets become others: when the surcharge is paid, or nothing is left to pay."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import messages
from bookings.errors import SeatsUnavailable
from bookings.models import Booking, Exchange, FeeLine, Ticket
from bookings.pricing import ZERO, split
from bookings.seating.availability import forget_availability
from bookings.services.late_money import reissue
from bookings.services.refund import find_payments, promise_refund
from bookings.services.release_hold import free_places
from bookings.tallies import check_quotas, move_areas
from lib.after_commit import after_commit
from lib.money import round_money
from payments.models import Payment


def object_to_exchange(exchange: Exchange, booking: Booking) -> Payment.SurplusReason | None:
    """Return why its locked booking no longer provides what the exchange counts on; None if it does.

    Three queries.
    """
    if exchange.hold is None:
        return Payment.SurplusReason.PAID_ALREADY
    tickets = list(exchange.returned.all())
    if any(ticket.state != Ticket.State.ISSUED for ticket in tickets):
        return Payment.SurplusReason.EXCHANGE_OFF
    if Ticket.objects.admitted().filter(pk__in=[ticket.pk for ticket in tickets]).exists():
        return Payment.SurplusReason.EXCHANGE_USED
    left = sum((payment.left for payment in find_payments(booking)), ZERO)
    if left < exchange.hold.credit + exchange.refund:
        return Payment.SurplusReason.EXCHANGE_REFUNDED
    return None


def complete_exchange(exchange: Exchange, *, booking: Booking, hold: Booking, now: datetime, by: User | None) -> None:
    """Let the booking have the tickets of the hold instead of those given back; both are locked.

    The hold is no more after that. What the old tickets count for beyond the new ones is promised as a refund.
    Call it in a transaction of its own, after `object_to_exchange` has returned None. Raises what `reissue` raises
    if the hold has lapsed and its places are gone.
    """
    returned = list(exchange.returned.select_related("seat", "area", "show").order_by("pk"))
    fees = find_counting_fees(returned, hold.fees) if booking.fees else {}
    tax = _give_back(booking, returned, hold.credit, fees)
    _take(hold, now)
    FeeLine.objects.filter(booking=hold).update(booking=booking)
    Ticket.objects.filter(booking=hold, state=Ticket.State.ISSUED).update(booking=booking)
    booking.total += hold.due
    booking.discount += hold.discount - sum((ticket.discount for ticket in returned), ZERO)
    booking.fees += hold.fees - sum(fees.values(), ZERO)
    booking.tax += hold.tax - tax
    exchange.hold, exchange.completed_at = None, now
    exchange.save(update_fields=["hold", "completed_at"])
    booking.save(update_fields=["total", "discount", "fees", "tax"])
    due = hold.due
    hold.delete()
    lines = {ticket.pk: ticket.worth for ticket in returned}
    promise_refund(
        booking, exchange.refund, lines=lines, by=exchange.made_by, reason=exchange.reason, exchange=exchange
    )
    messages.notify_exchanged(exchange)
    taken = list(exchange.taken.issued().select_related("seat", "area").order_by("pk"))
    messages.send_passed_on(booking, taken)
    record(
        by=by or exchange.made_by,
        action=Action.EXCHANGE_TICKETS,
        on=booking,
        theater_id=booking.theater_id,
        before={"places": [f"{ticket.label} ({ticket.code})" for ticket in returned]},
        after={
            "places": [f"{ticket.label} ({ticket.code})" for ticket in taken],
            "due": str(round_money(due, booking.currency)),
            "refund": str(round_money(exchange.refund, booking.currency)),
        },
        reason=exchange.reason,
    )


def find_counting_fees(tickets: Sequence[Ticket], fees: Decimal) -> dict[FeeLine, Decimal]:
    """Return which fees of tickets that are given back count for up to `fees` of others: none is paid twice.

    Those for the whole booking stay. Two queries, and more for tickets that were moved.
    """
    tickets_of = {ticket.pk for ticket in tickets}
    former = {ticket.moved_from_id for ticket in tickets if ticket.moved_from_id}
    while former:
        tickets_of |= former
        before = Ticket.objects.filter(pk__in=former, moved_from__isnull=False)
        former = {pk for pk in before.values_list("moved_from_id", flat=True) if pk}
    left, found = fees, {}
    for line in FeeLine.objects.filter(ticket__in=tickets_of).order_by("pk"):
        if part := min(left, line.amount - line.credited):
            found[line] = part
            left -= part
    return found


def _give_back(
    booking: Booking, tickets: Sequence[Ticket], credit: Decimal, fees: Mapping[FeeLine, Decimal]
) -> Decimal:
    """Cancel tickets that pay for others together with a `credit`, `fees` in it; return the tax in it."""
    tax, of_fees = ZERO, sum(fees.values(), ZERO)
    for line, part in fees.items():
        line.credited += part
    FeeLine.objects.bulk_update(fees, ["credited"])
    admission = credit - of_fees
    parts = (
        split(admission, [ticket.worth for ticket in tickets], booking.currency) if admission else [ZERO] * len(tickets)
    )
    for ticket, part in zip(tickets, parts, strict=True):
        own = min(of_fees, ticket.fees)
        of_fees -= own
        ticket.state, ticket.credited, ticket.credited_fees = Ticket.State.CANCELED, part + own, own
        ticket.booking = booking
        tax += sum(ticket.tax_in(part, own), ZERO)
    Ticket.objects.bulk_update(tickets, ["state", "credited", "credited_fees"])
    free_places(tickets)
    return tax


def _take(hold: Booking, now: datetime) -> None:
    """Issue the tickets of a hold, also those that waited for places which have just been given back."""
    if hold.state == Booking.State.EXPIRED:
        reissue(hold, now)
        return
    Ticket.objects.filter(booking=hold, state=Ticket.State.HELD).update(state=Ticket.State.ISSUED)
    tickets = Ticket.objects.filter(booking=hold).select_related("show", "ticket_type").order_by("pk")
    waiting = list(tickets.filter(state=Ticket.State.RELEASED))
    if waiting:
        check_quotas(hold.pk, [*tickets.issued(), *waiting], added=waiting)
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in waiting]).update(state=Ticket.State.ISSUED)
    if move_areas(Counter((ticket.show_id, ticket.area_id) for ticket in waiting if ticket.area_id)):
        raise SeatsUnavailable
    for show_id in {ticket.show_id for ticket in waiting}:
        after_commit(forget_availability, show_id)
