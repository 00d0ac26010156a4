"""The moment at which old tickets become others: when the replacement is paid, or costs nothing more."""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings.models import Booking, Exchange, Ticket
from bookings.pricing import ZERO
from bookings.services.cancel import free_issued
from bookings.services.refund import find_payments, move_payment, promise_refund, share, write_lines
from bookings.tallies import move_areas
from lib.money import round_money
from payments.models import Payment, Refund


def exchange_of(booking: Booking) -> Exchange | None:
    """Return the exchange whose replacement this booking, as read by `lock_booking`, is. No query."""
    found: Exchange | None = getattr(booking, "exchange", None)
    return found


def object_to_exchange(exchange: Exchange, old: Booking) -> Payment.SurplusReason | None:
    """Return why the locked old booking no longer provides what the exchange counts on; None if it does.

    Three queries.
    """
    tickets = list(exchange.tickets.all())
    if any(ticket.state != Ticket.State.ISSUED for ticket in tickets):
        return Payment.SurplusReason.EXCHANGE_OFF
    if Ticket.objects.admitted().filter(pk__in=[ticket.pk for ticket in tickets]).exists():
        return Payment.SurplusReason.EXCHANGE_USED
    left = sum((payment.left for payment in find_payments(old)), ZERO)
    if left < exchange.replacement.credit + exchange.refund:
        return Payment.SurplusReason.EXCHANGE_REFUNDED
    return None


def complete_exchange(exchange: Exchange, *, old: Booking, now: datetime, by: User | None) -> None:
    """Cancel the old tickets and let their money pay for the replacement; both bookings are locked.

    If they are worth more, the rest is promised as a refund. `object_to_exchange` has returned None.
    """
    replacement = exchange.replacement
    tickets = list(exchange.tickets.select_related("seat", "area").order_by("pk"))
    _move_payments(exchange, find_payments(old), replacement.credit, tickets, now)
    free_issued(old, tickets, now)
    _bring_along(exchange)
    lines = {ticket.pk: ticket.cost for ticket in tickets}
    promise_refund(old, exchange.refund, lines=lines, by=exchange.made_by, reason=exchange.reason, exchange=exchange)
    record(
        by=by or exchange.made_by,
        action=Action.EXCHANGE_TICKETS,
        on=old,
        theater_id=old.theater_id,
        before={"places": [f"{ticket.label} ({ticket.code})" for ticket in tickets]},
        after={
            "booking": replacement.code,
            "carried over": str(round_money(replacement.credit, old.currency)),
            "refund": str(round_money(exchange.refund, old.currency)),
            "state": old.state,
        },
        reason=exchange.reason,
    )


def _bring_along(exchange: Exchange) -> None:
    """Issue the tickets that only come along again in the replacement, with the same place and price."""
    kept = list(exchange.kept.order_by("pk"))
    copies = [
        Ticket(
            booking=exchange.replacement,
            show_id=ticket.show_id,
            seat_id=ticket.seat_id,
            area_id=ticket.area_id,
            category_id=ticket.category_id,
            ticket_type_id=ticket.ticket_type_id,
            price=ticket.price,
            discount=ticket.discount,
            amount=ticket.amount,
            tax=ticket.tax,
            state=Ticket.State.ISSUED,
            attendee_name=ticket.attendee_name,
        )
        for ticket in kept
    ]
    Ticket.objects.bulk_create(copies)
    # There is room: these places have just been given up.
    move_areas(Counter((ticket.show_id, ticket.area_id) for ticket in kept if ticket.area_id))


def _move_payments(
    exchange: Exchange, payments: Sequence[Payment], amount: Decimal, tickets: Sequence[Ticket], now: datetime
) -> None:
    rest = amount
    for payment in payments:
        part = min(rest, payment.left)
        if part <= 0:
            continue
        rest -= part
        move_payment(payment, part)
        origin = payment.origin or payment
        carried = Payment(
            booking=exchange.replacement,
            gateway=Payment.Gateway.EXCHANGE,
            amount=part,
            currency=payment.currency,
            state=Payment.State.CAPTURED,
            key=uuid.uuid4(),
            created_at=now,
            exchange=exchange,
            origin=origin,
            made_by=exchange.made_by,
        )
        carried.receive(now)
        carried.save(force_insert=True)
        refund = Refund.objects.create(
            payment=payment,
            amount=part,
            state=Refund.State.SUCCEEDED,
            reason=exchange.reason,
            key=uuid.uuid4(),
            carried_to=carried,
            exchange=exchange,
            created_at=now,
            settled_at=now,
            made_by=exchange.made_by,
        )
        write_lines(refund, share(part, {ticket.pk: ticket.cost for ticket in tickets}, payment.currency))
