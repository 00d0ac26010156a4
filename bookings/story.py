"""The story of a booking, read from the rows that were written when things happened.

No log of its own is kept: holds, payments, messages and check-ins carry their times, and changes that
people made are in the audit log.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext

from accounts.audit_words import NOTHING, compare, name_action
from accounts.models import AuditEntry
from bookings.balance import Balance, find_balance
from bookings.models import Booking, Exchange, Ticket, TicketPrint, by_show
from bookings.selectors import read_tickets
from bookings.services.exchange import find_open_exchanges
from events.models import Show
from lib.money import format_money
from notifications.models import Notification
from payments.models import Payment, Refund

# How many other bookings of the same person the page lists.
MAX_OTHER_BOOKINGS = 12

# How many messages its story has.
MAX_MESSAGES = 100

# Facts that services write into the audit log as amounts.
AMOUNTS = frozenset({"amount", "due", "price", "refund", "worth"})


@dataclass(frozen=True)
class Entry:
    """Something that happened: when, what, with which details, and by whom (empty: by itself)."""

    at: datetime
    title: str
    icon: str
    tone: str = ""
    details: tuple[str, ...] = ()
    by: str = ""
    # The message, if staff may send it again.
    failed_message: int | None = None
    # The payment, if staff may put it right.
    open_payment: int | None = None


@dataclass
class Story:
    """Everything that the page of a booking shows."""

    booking: Booking
    tickets: list[Ticket]
    payments: list[Payment]
    refunds: list[Refund]
    # Those that wait for their surcharge.
    exchanges: list[Exchange]
    balance: Balance
    entries: list[Entry]
    prints: list[TicketPrint]
    # How often the tickets were mailed.
    mailed: int
    others: list[Booking] = field(default_factory=list)

    @property
    def shows(self) -> dict[Show, list[Ticket]]:
        """All tickets by show, those that were given back too."""
        return by_show(self.tickets)

    @property
    def replaced(self) -> set[int | None]:
        """The tickets, by pk, that others have replaced, in a move or an exchange."""
        moved = {ticket.moved_from_id for ticket in self.tickets}
        return moved | {ticket.pk for ticket in self.tickets if ticket.credited}

    @property
    def printed(self) -> set[int]:
        """The tickets, by pk, that were printed."""
        return {ticket.pk for one in self.prints for ticket in one.tickets.all()}


def read_story(booking: Booking, now: datetime) -> Story:
    """Return the booking's story, the newest entry first. Eleven statements.

    `booking` comes with its show, event, hall, theater, city, customer, voucher and `made_by`.
    """
    tickets = read_tickets(booking)
    payments = list(booking.payments.select_related("made_by").order_by("created_at", "pk"))
    refunds = list(
        Refund.objects.filter(payment__booking=booking)
        .select_related("payment", "made_by", "remedy", "remedy_of")
        .order_by("created_at", "pk")
    )
    prints = list(booking.prints.select_related("by").prefetch_related("tickets"))
    sent = list(Notification.objects.filter(about=booking.code).order_by("-created_at")[:MAX_MESSAGES])
    entries = [
        *_describe_hold(booking, payments),
        *(entry for payment in payments for entry in _describe_payment(payment)),
        *(entry for refund in refunds for entry in _describe_refund(refund)),
        *_describe_messages(sent),
        *_describe_prints(prints, tickets),
        *_describe_check_ins(tickets),
        *_describe_changes(booking, payments, refunds),
    ]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return Story(
        booking=booking,
        tickets=tickets,
        payments=payments,
        refunds=refunds,
        exchanges=find_open_exchanges(booking),
        balance=find_balance(booking, payments, refunds, now),
        entries=entries,
        prints=prints,
        mailed=sum(_has_tickets(message) for message in sent),
    )


def read_others(booking: Booking, rows: QuerySet[Booking]) -> list[Booking]:
    """Return other bookings of the same account or address among `rows`, the newest first. Two statements."""
    whose = Q(customer=booking.customer_id) if booking.customer_id else Q()
    if booking.email:
        whose |= Q(email=booking.email)
    if not whose:
        return []
    others = rows.filter(whose).exclude(pk=booking.pk).select_related("theater__city")
    places = Ticket.objects.select_related("seat", "area", "show__event", "show__hall__theater__city")
    return list(
        others.prefetch_related(Prefetch("tickets", places)).order_by("-created_at", "-pk")[:MAX_OTHER_BOOKINGS]
    )


def _describe_hold(booking: Booking, payments: list[Payment]) -> list[Entry]:
    by = str(booking.made_by or booking.customer or "")
    until = (gettext("until %(at)s") % {"at": _clock(booking, booking.expires_at)},) if booking.expires_at else ()
    entries = [
        Entry(booking.created_at, gettext("Places held"), "event_seat", details=(*until, _channel(booking)), by=by)
    ]
    if booking.is_extended and payments:
        entries.append(
            Entry(payments[0].created_at, gettext("Hold extended because a payment was started"), "more_time")
        )
    if booking.confirmed_at:
        entries.append(Entry(booking.confirmed_at, gettext("Confirmed"), "check_circle", "good"))
    if booking.canceled_at:
        entries.append(Entry(booking.canceled_at, gettext("Canceled, with its last ticket"), "cancel", "bad"))
    if booking.state == Booking.State.EXPIRED and booking.expires_at:
        entries.append(Entry(booking.expires_at, gettext("Hold expired, places free again"), "timer_off", "bad"))
    return entries


def _channel(booking: Booking) -> str:
    return f"{booking.get_channel_display()}, {booking.get_kind_display()}"


def _describe_payment(payment: Payment) -> list[Entry]:
    amount = format_money(payment.amount, payment.currency)
    by = str(payment.made_by or "")
    gateway = payment.get_gateway_display()
    reference = (payment.reference,) if payment.reference else ()
    words = {"amount": amount, "gateway": gateway}
    entries = [
        Entry(payment.created_at, gettext("Payment of %(amount)s started: %(gateway)s") % words, "credit_card", by=by)
    ]
    if payment.captured_at and payment.received_amount is not None:
        is_surplus = payment.state == Payment.State.SURPLUS
        title = gettext("%(amount)s received, but bought nothing") if is_surplus else gettext("%(amount)s received")
        words["amount"] = format_money(payment.received_amount, payment.paid_currency)
        entries.append(
            Entry(
                payment.captured_at,
                title % words,
                "payments",
                "bad" if is_surplus else "good",
                details=(payment.get_surplus_reason_display(), *reference) if is_surplus else reference,
                by=by,
                open_payment=payment.pk if is_surplus and payment.left else None,
            )
        )
    elif payment.state in (Payment.State.DECLINED, Payment.State.ABANDONED):
        # The time of the gateway's answer is not kept; it was later than this.
        entries[0] = Entry(
            payment.created_at,
            gettext("Payment of %(amount)s: %(gateway)s") % words,
            "credit_card_off",
            "bad",
            details=(payment.get_state_display(), *reference),
            by=by,
        )
    return entries


def _describe_refund(refund: Refund) -> list[Entry]:
    amount = format_money(refund.amount, refund.currency)
    by, reason = str(refund.made_by or ""), (refund.reason,) if refund.reason else ()
    if refund.is_outside:
        return _describe_outside(refund, amount)
    if refund.exchange_id is not None:
        reason = (gettext("The surplus value of the exchanged tickets"), *reason)
    entries = [Entry(refund.created_at, gettext("Refund of %s promised") % amount, "undo", details=reason, by=by)]
    if refund.settled_at:
        if refund.state == Refund.State.SUCCEEDED:
            entries.append(Entry(refund.settled_at, gettext("%s refunded") % amount, "undo", "good", _say_way(refund)))
        else:
            entry = Entry(refund.settled_at, gettext("Refund of %s failed") % amount, "error", "bad", (refund.error,))
            entries.append(entry if hasattr(refund, "remedy") else replace(entry, open_payment=refund.payment_id))
    return entries


def _describe_outside(refund: Refund, amount: str) -> list[Entry]:
    """Describe money that went back without us, and how a chargeback ended."""
    is_chargeback = refund.source == Refund.Source.CHARGEBACK
    title = gettext("Chargeback of %s") if is_chargeback else gettext("%s refunded on the gateway’s own pages")
    entry = Entry(refund.created_at, title % amount, "credit_card_off", "bad", (refund.reference,))
    is_open = not hasattr(refund, "remedy_of") and refund.state != Refund.State.FAILED
    entries = [replace(entry, open_payment=refund.payment_id) if is_open else entry]
    if refund.settled_at and refund.settled_at != refund.created_at:
        is_lost = refund.state == Refund.State.SUCCEEDED
        if is_chargeback:
            title = gettext("Chargeback of %s lost; the money is gone") if is_lost else gettext("Chargeback of %s won")
        else:
            title = gettext("%s refunded") if is_lost else gettext("Refund of %s failed")
        entries.append(Entry(refund.settled_at, title % amount, "gavel", "bad" if is_lost else "good", (refund.error,)))
    return entries


def _say_way(refund: Refund) -> tuple[str, ...]:
    """Describe how staff refunded it, if it was not the way it was paid."""
    if refund.way == Refund.Way.AS_PAID:
        return ()
    return (str(refund.get_way_display()), *([refund.reference] if refund.reference else []))


def _has_tickets(message: Notification) -> bool:
    return message.kind == Notification.Kind.BOOKING_CONFIRMED and message.state == Notification.State.SENT


def _describe_prints(prints: list[TicketPrint], tickets: list[Ticket]) -> list[Entry]:
    labels = {ticket.pk: f"{ticket.label} ({ticket.code})" for ticket in tickets}
    return [
        Entry(
            made.at,
            gettext("Tickets printed, copy %d") % made.copy if made.copy > 1 else gettext("Tickets printed"),
            "print",
            details=(
                "; ".join(labels[ticket.pk] for ticket in made.tickets.all() if ticket.pk in labels),
                f"{made.get_stock_display()}, {made.get_format_display()}",
                *([gettext("Reason: %s") % made.get_reason_display()] if made.reason else []),
            ),
            by=str(made.by),
        )
        for made in prints
    ]


def _describe_messages(messages: list[Notification]) -> list[Entry]:
    entries = []
    for message in messages:
        name = message.get_kind_display()
        is_failed = message.state == Notification.State.FAILED
        details = [message.recipient, message.get_state_display()]
        if message.delivery:
            details.append(message.get_delivery_display())
        if is_failed and message.error:
            details.append(message.error)
        entries.append(
            Entry(
                message.sent_at or message.created_at,
                gettext("Message: %s") % name,
                "mark_email_unread" if is_failed else "mail",
                "bad" if is_failed or message.delivery in ("bounced", "complained") else "",
                tuple(details),
                failed_message=message.pk if is_failed else None,
            )
        )
    return entries


def _describe_check_ins(tickets: list[Ticket]) -> list[Entry]:
    prefetch_related_objects(tickets, "check_ins__by")
    labels = {ticket.pk: ticket.label for ticket in tickets}
    entries = []
    for found in (check_in for ticket in tickets for check_in in ticket.check_ins.all()):
        result = found.get_reason_display() if found.reason else found.get_result_display()
        is_out = found.direction == found.Direction.OUT
        gate = (found.gate,) if found.gate else ()
        entries.append(
            Entry(
                found.at,
                (gettext("At the door, out: %s") if is_out else gettext("At the door: %s")) % labels[found.ticket_id],
                "door_open",
                "good" if found.result == found.Result.ADMITTED else "bad",
                (
                    str(result),
                    *gate,
                    *([gettext("Admitted all the same: %s") % found.note] if found.note else []),
                    *([gettext("Let through: a device had no network.")] if found.is_conflict else []),
                ),
                str(found.by or ""),
            )
        )
    return entries


def _describe_changes(booking: Booking, payments: list[Payment], refunds: list[Refund]) -> list[Entry]:
    types = ContentType.objects.get_for_models(Booking, Payment, Refund)
    about = Q(content_type=types[Booking], object_id=str(booking.pk))
    if payments:
        about |= Q(content_type=types[Payment], object_id__in=[str(payment.pk) for payment in payments])
    if refunds:
        about |= Q(content_type=types[Refund], object_id__in=[str(refund.pk) for refund in refunds])
    entries = []
    for entry in AuditEntry.objects.filter(about).select_related("by"):
        # Only these three kinds can be meant.
        entry.content_type = next(kind for kind in types.values() if kind.pk == entry.content_type_id)
        details = _differences(entry, booking)
        if entry.reason:
            details.append(gettext("Reason: %s") % entry.reason)
        entries.append(Entry(entry.at, name_action(entry), "edit", details=tuple(details), by=str(entry.by or "")))
    return entries


def _differences(entry: AuditEntry, booking: Booking) -> list[str]:
    """Describe what was before and is now, a line for each fact."""
    currency = str(entry.after.get("currency") or entry.before.get("currency") or booking.currency)

    def write(name: str, value: Any) -> str | None:
        if name in AMOUNTS:
            with suppress(InvalidOperation):
                return format_money(Decimal(value), currency)
        if name == "kind" and value in Notification.Kind:
            return str(Notification.Kind(value).label)
        return None

    return [
        f"{one.name}: {one.was} → {one.now}"
        if one.is_change
        else f"{one.name}: {one.now if one.was == NOTHING else one.was}"
        for one in compare(entry, booking.theater.tz, write)
    ]


def _clock(booking: Booking, moment: datetime) -> str:
    return f"{moment.astimezone(booking.theater.tz):%H:%M}"
