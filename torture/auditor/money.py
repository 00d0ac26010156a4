"""Every cent: what came, what it bought, what went back, and what lies in drawers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from torture.auditor.books import Books, group

Found = tuple[int, list[str]]
ZERO = Decimal(0)
DIGITS = {"EUR": 2, "KWD": 3, "JPY": 0}
RECEIVED = ("captured", "surplus")
# The reason that managers in this world write for a refund of a ticket that stays valid.
GOODWILL = "Sorry"


def total(rows: Any, name: str = "amount") -> Decimal:
    return sum((getattr(row, name) for row in rows), ZERO)


def promised(books: Books, payment: Any) -> Decimal:
    """Return what has gone back of a payment, is to go back, or is shown to staff because the gateway refused it."""
    return total(
        refund
        for refund in books.refunds_of[payment.id]
        if refund.state != "failed" or (refund.source == "here" and refund.id not in books.replaced)
    )


def at_counter(books: Books, booking_id: int) -> Decimal:
    """Return what the counter is still to pay out for canceled shows; an upper bound, since some may be paid out."""
    return total(row for row in books.canceled_bookings if row.booking_id == booking_id and row.state == "pay_out")


def is_taken_back(books: Books, booking: Any) -> bool:
    """Return True if a bank took money without asking, which leaves less to refund."""
    return any(
        refund.source != "here" for payment in books.payments_of[booking.id] for refund in books.refunds_of[payment.id]
    )


def has_goodwill(books: Books, booking: Any) -> bool:
    """Return True if staff gave back some of it before, so that less was left."""
    payments = books.payments_of[booking.id]
    return any(refund.reason == GOODWILL for payment in payments for refund in books.refunds_of[payment.id])


def bookings_cost_what_their_tickets_cost(books: Books) -> Found:
    sold = [booking for booking in books.bookings if booking.state in ("confirmed", "canceled")]
    wrong = []
    for booking in sold:
        tickets = [ticket for ticket in books.tickets_of[booking.id] if ticket.state != "released"]
        worth = sum((ticket.amount + ticket.fees - ticket.credited for ticket in tickets), ZERO)
        if worth != booking.total:
            wrong.append(f"{booking.code}: {booking.total} {booking.currency}, its tickets {worth}")
    return len(sold), wrong


def bookings_are_paid_once(books: Books) -> Found:
    """A confirmed or canceled booking has payments over exactly its total; no other has one that was captured."""
    wrong = []
    for booking in books.bookings:
        captured = total(one for one in books.payments_of[booking.id] if one.state == "captured")
        due = booking.total if booking.state in ("confirmed", "canceled") else ZERO
        if captured != due:
            wrong.append(f"{booking.code} is {booking.state}: {captured} {booking.currency} captured, due {due}")
    return len(books.bookings), wrong


def payments_have_their_currency(books: Books) -> Found:
    wrong = []
    for payment in books.payments:
        booking, amount = books.booking[payment.booking_id], payment.received_amount or payment.amount
        if payment.currency != booking.currency:
            wrong.append(f"{booking.code}: paid in {payment.currency}, not {booking.currency}")
        if round(amount, DIGITS[payment.currency]) != amount:
            wrong.append(f"{booking.code}: there is no {amount} {payment.currency}")
    return len(books.payments), wrong


def refunds_stay_within_payments(books: Books) -> Found:
    wrong = []
    for payment in books.payments:
        refunds = [refund for refund in books.refunds_of[payment.id] if refund.state != "failed"]
        received = payment.received_amount if payment.state in RECEIVED else ZERO
        code = books.booking[payment.booking_id].code
        # A bank may take back more than is left.
        if total(refund for refund in refunds if refund.source == "here") > received:
            wrong.append(f"{code}: {total(refunds)} of {received} went back")
        if payment.refunded != min(total(refunds), received):
            wrong.append(f"{code}: {payment.refunded} counted as refunded, but {total(refunds)}")
    return len(books.payments), wrong


def refunds_have_lines_within_them(books: Books) -> Found:
    lines = group(books.lines, lambda line: line.refund_id)
    return len(books.refunds), [
        f"refund {refund.id} of {refund.amount}: lines over {total(lines[refund.id])}"
        for refund in books.refunds
        if total(lines[refund.id]) > refund.amount
    ]


def money_that_bought_nothing_goes_back(books: Books) -> Found:
    surplus = [payment for payment in books.payments if payment.state == "surplus"]
    return len(surplus), [
        f"{books.booking[payment.booking_id].code}: of {payment.received_amount} only {back} is to go back"
        for payment in surplus
        if (back := promised(books, payment)) < payment.received_amount
    ]


def tickets_that_were_given_back_are_refunded(books: Books) -> Found:
    """All shows of this world return everything: what a canceled booking was paid goes back in full."""
    canceled = [booking for booking in books.bookings if booking.state == "canceled" and booking.total]
    wrong = []
    for booking in canceled:
        captured = [payment for payment in books.payments_of[booking.id] if payment.state == "captured"]
        back = sum((promised(books, payment) for payment in captured), ZERO) + at_counter(books, booking.id)
        if back < total(captured, "received_amount"):
            wrong.append(f"{booking.code}: of {total(captured, 'received_amount')} only {back} goes back")
    return len(canceled), wrong


def canceled_tickets_are_refunded(books: Books) -> Found:
    """The same for single tickets of bookings that go on: what they cost, unless staff gave something before."""
    given = {refund.id for refund in books.refunds if refund.reason == GOODWILL}
    failed = {refund.id for refund in books.refunds if refund.state == "failed" and refund.id in books.replaced}
    lines = group((line for line in books.lines if line.refund_id not in failed), lambda line: line.ticket_id)
    exchanged = {exchange.booking_id for exchange in books.exchanges}
    going_on = [one for one in books.bookings if one.state == "confirmed" and one.total and one.id not in exchanged]
    counted, wrong = 0, []
    for booking in going_on:
        if is_taken_back(books, booking) or at_counter(books, booking.id):
            continue
        for ticket in books.tickets_of[booking.id]:
            worth = ticket.amount + ticket.fees - ticket.credited
            if ticket.state == "canceled" and worth:
                counted += 1
                back = total(line for line in lines[ticket.id] if line.refund_id not in given)
                if back > worth or (back < worth and not has_goodwill(books, booking)):
                    wrong.append(f"{booking.code}, ticket {ticket.code}: {back} of {worth} refunded")
    return counted, wrong


def cash_is_in_drawers(books: Books) -> Found:
    """Each payment and refund in cash has its entry, of the same amount."""
    paid, given = (
        {getattr(row, f"{kind}_id"): row.amount for row in books.entries if getattr(row, f"{kind}_id")}
        for kind in ("payment", "refund")
    )
    cash = {one.id: one for one in books.payments if one.gateway == "cash" and one.state in RECEIVED}
    back = {
        one.id: one
        for one in books.refunds
        if one.state == "succeeded"
        and (one.way == "cash" or (one.way == "as_paid" and books.payment[one.payment_id].gateway == "cash"))
    }
    wrong = [
        f"payment {key} of {row.amount} in cash: entry {paid.get(key)}"
        for key, row in cash.items()
        if paid.get(key) != row.amount
    ]
    wrong += [
        f"refund {key} of {row.amount} in cash: entry {given.get(key)}"
        for key, row in back.items()
        if given.get(key) != row.amount
    ]
    wrong += [f"an entry for payment {key}, which is not in cash" for key in paid.keys() - cash.keys()]
    wrong += [f"an entry for refund {key}, which was not given in cash" for key in given.keys() - back.keys()]
    return len(cash) + len(back), wrong


def drawers_balance(books: Books) -> Found:
    entries = group(books.entries, lambda entry: entry.drawer_id)
    wrong = []
    for drawer in books.drawers:
        moved = sum((row.amount if row.kind in ("sale", "pay_in") else -row.amount for row in entries[drawer.id]), ZERO)
        if drawer.closed_at and drawer.expected != drawer.opening_float + moved:
            wrong.append(
                f"drawer {drawer.id}: closed with {drawer.expected}, its entries say {drawer.opening_float + moved}"
            )
    open_ones = group((one for one in books.drawers if not one.closed_at), lambda one: (one.theater_id, one.person_id))
    wrong += [
        f"drawers {[one.id for one in found]} of one person are open" for found in open_ones.values() if len(found) > 1
    ]
    return len(books.drawers), wrong


CHECKS = [
    bookings_cost_what_their_tickets_cost,
    bookings_are_paid_once,
    payments_have_their_currency,
    refunds_stay_within_payments,
    refunds_have_lines_within_them,
    money_that_bought_nothing_goes_back,
    tickets_that_were_given_back_are_refunded,
    canceled_tickets_are_refunded,
    cash_is_in_drawers,
    drawers_balance,
]
