"""What a hold costs, with or without a voucher, which is put on it or taken off again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from bookings import locking
from bookings.errors import HoldExpired, UnknownVoucher, VoucherRefused, WrongState
from bookings.models import Booking, Ticket, Voucher, exchange_of
from bookings.pricing import ZERO, QuotedTicket, quote_booking, quote_discounts
from bookings.tallies import move_vouchers

# What `quote_hold` sets on tickets.
QUOTED_FIELDS = ("discount", "amount", "fees", "tax")


def use_voucher(*, booking: Booking, code: str) -> Booking:
    """Quote a hold again with the voucher `code`, or without one if it is empty; does nothing if nothing differs.

    The hold keeps its code, its places, its quoted prices and its time. A payment that was started for the old
    amount no longer pays for it; money that still comes is refunded.

    Raises `VoucherRefused`, `HoldExpired`, `WrongState`; the hold stays as it was.
    """
    with transaction.atomic():
        booking = locking.lock_booking(booking.pk)
        now = timezone.now()
        if booking.state == Booking.State.EXPIRED or booking.is_lapsed(now):
            raise HoldExpired
        if booking.state != Booking.State.HELD:
            raise WrongState
        if exchange_of(booking) is not None:
            raise VoucherRefused(gettext("An exchange takes no voucher."))
        voucher = find_voucher(code, booking.theater_id, now) if code.strip() else None
        if voucher == booking.voucher:
            return booking
        uses = Counter([voucher.pk] if voucher else [])
        uses.subtract([booking.voucher_id] if booking.voucher_id else [])
        tickets = booking.tickets.filter(state=Ticket.State.HELD).select_related("show").order_by("pk")
        changed = quote_hold(booking, list(tickets), voucher)
        Ticket.objects.bulk_update(changed, QUOTED_FIELDS)
        booking.save(update_fields=["voucher", "discount", "tax", "total"])
        if move_vouchers(uses):
            raise VoucherRefused(gettext("This voucher is used up."))
        if voucher is not None:
            check_uses_by_customer(booking, voucher, now)
    return booking


def quote_hold(booking: Booking, tickets: Sequence[Ticket], voucher: Voucher | None) -> list[Ticket]:
    """Set the amounts of a hold, and those of all its tickets, whose shows are loaded; save neither.

    Returns the tickets whose amounts are others now. At most one query. Raises `VoucherRefused` if the voucher is
    for none of these tickets.
    """
    theater = booking.theater
    quote = quote_booking(
        [ticket.price for ticket in tickets],
        _quote_voucher(voucher, tickets, booking.currency) if voucher else [ZERO] * len(tickets),
        currency=booking.currency,
        tax_rate=theater.tax_rate,
        includes_tax=theater.prices_include_tax,
        fees=booking.fees,
    )
    changed = []
    for ticket, quoted in zip(tickets, quote.tickets, strict=True):
        if quoted != QuotedTicket(ticket.discount, ticket.amount, ticket.fees, ticket.tax):
            ticket.discount, ticket.amount, ticket.fees, ticket.tax = astuple(quoted)
            changed.append(ticket)
    booking.voucher, booking.discount, booking.fees = voucher, quote.discount, quote.fees
    booking.tax, booking.total = quote.tax, quote.total
    return changed


def _quote_voucher(voucher: Voucher, tickets: Sequence[Ticket], currency: str) -> list[Decimal]:
    of_event = [voucher.event_id in (None, ticket.show.event_id) for ticket in tickets]
    if not any(of_event):
        raise VoucherRefused(gettext("This voucher is for another event."))
    types = set(voucher.ticket_types.values_list("pk", flat=True))
    applies = [
        is_of_event and (not types or ticket.ticket_type_id in types)
        for is_of_event, ticket in zip(of_event, tickets, strict=True)
    ]
    if not any(applies):
        raise VoucherRefused(gettext("This voucher is for other kinds of tickets."))
    return quote_discounts(
        [ticket.price for ticket in tickets],
        currency=currency,
        percent=voucher.percent,
        amount=voucher.amount,
        applies=applies,
    )


def find_voucher(code: str, theater_id: int, now: datetime) -> Voucher:
    """Return the voucher that this code names at a theater. One query.

    Raises `UnknownVoucher`, and `VoucherRefused` if it is not valid now. Which tickets it is for is decided when
    they are quoted, and whether it has uses left when it is redeemed, by `move_vouchers`.
    """
    voucher = Voucher.objects.filter(theater=theater_id, code_key=Voucher.key_of(code)).first()
    if voucher is None:
        raise UnknownVoucher
    check_period(voucher, now)
    return voucher


def check_period(voucher: Voucher, now: datetime) -> None:
    """Raise `VoucherRefused` if a voucher is not valid at this moment."""
    if voucher.starts_at is not None and now < voucher.starts_at:
        raise VoucherRefused(gettext("This voucher is not valid yet."))
    if voucher.ends_at is not None and now >= voucher.ends_at:
        raise VoucherRefused(gettext("This voucher is no longer valid."))


def check_uses_by_customer(booking: Booking, voucher: Voucher, now: datetime) -> None:
    """Refuse a customer who has used the voucher often enough, or who lacks the account that it requires.

    One query. Call it while the voucher's row is locked. A guest without an e-mail address is checked when
    they give it (`set_details`). At the counter, staff see the customer.
    """
    is_at_counter = booking.channel == Booking.Channel.BOX_OFFICE
    if voucher.needs_account and booking.customer_id is None and not is_at_counter:
        raise VoucherRefused(gettext("Sign in to use this voucher: it is for customers with an account."))
    whose = Q(customer=booking.customer_id) if booking.customer_id else Q()
    if booking.email:
        whose |= Q(email=booking.email)
    if not whose:
        return
    # A confirmed use stays used when the booking is canceled, unless that was because a show was canceled.
    uses = Q(confirmed_at__isnull=False) | Q(state=Booking.State.HELD, expires_at__gt=now)
    others = Booking.objects.filter(whose, uses, voucher=voucher).exclude(pk=booking.pk)
    others = others.exclude(show_cancellations__has_returned_voucher=True)
    if others.count() >= voucher.limit_per_customer:
        raise VoucherRefused(gettext("You have used this voucher already."))
