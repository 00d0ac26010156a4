"""What a hold costs, with its fees, and with or without a voucher, which is put on it or taken off again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from decimal import Decimal
from enum import Enum

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from bookings import locking
from bookings.errors import HoldExpired, UnknownVoucher, VoucherRefused, WrongState
from bookings.models import Booking, FeeLine, Ticket, Voucher, exchange_of
from bookings.pricing import ZERO, Fee, QuotedFee, quote_booking, quote_discounts
from bookings.tallies import move_vouchers
from events.models import ChargedFee, FeeCase, FeeRule, charge_fees, find_tax_rate, read_charges
from theaters.models import SaleKind, TaxRounding

# What `quote_hold` sets on tickets.
QUOTED_FIELDS = ("discount", "amount", "fees", "tax", "fees_tax", "returned_fees", "tax_rate", "fees_tax_rate")
# What it sets on the hold.
QUOTED_SUMS = ("voucher", "discount", "fees", "tax", "total")


class FeeTerms(Enum):
    """Which rules a sale follows. An exchange has paid the fees for its booking, and if its difference is waived, all.

    Fees that were paid for the tickets given back count for those of the others (`complete_exchange.py`).
    """

    ALL = "all"
    PER_TICKET = "per_ticket"
    NONE = "none"


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
        if booking.transfer_due_on is not None:
            raise VoucherRefused(gettext("This booking waits for a bank transfer of the amount that was asked for."))
        voucher = find_voucher(code, booking.theater_id, now) if code.strip() else None
        if voucher == booking.voucher:
            return booking
        uses = Counter([voucher.pk] if voucher else [])
        uses.subtract([booking.voucher_id] if booking.voucher_id else [])
        tickets = booking.tickets.filter(state=Ticket.State.HELD).select_related("show", "category").order_by("pk")
        had_fees = bool(booking.fees)
        changed = quote_hold(booking, list(tickets), voucher)
        booking.save(update_fields=QUOTED_SUMS)
        save_quote(booking, changed, had_fees=had_fees)
        if move_vouchers(uses):
            raise VoucherRefused(gettext("This voucher is used up."))
        if voucher is not None:
            check_uses_by_customer(booking, voucher, now)
    return booking


def quote_hold(
    booking: Booking, tickets: Sequence[Ticket], voucher: Voucher | None, *, terms: FeeTerms = FeeTerms.ALL
) -> list[Ticket]:
    """Set the amounts of a hold, its fees, and the amounts of all its tickets, whose shows and categories are loaded.

    Saves nothing (`save_quote`). Returns the tickets whose amounts are others now. At most one
    query. Raises `VoucherRefused` if the voucher is for none of these tickets.
    """
    theater, now = booking.theater, timezone.now()
    discounts = _quote_voucher(voucher, tickets, booking.currency) if voucher else [ZERO] * len(tickets)
    charged = _find_fees(booking, tickets, discounts, now, terms)
    rates = [find_tax_rate(theater, kind, now) for kind in (SaleKind.ADMISSION, SaleKind.FEE)]
    quote = quote_booking(
        [ticket.price for ticket in tickets],
        discounts,
        currency=booking.currency,
        tax_rate=rates[0],
        includes_tax=theater.prices_include_tax,
        fees=[Fee(one.amount, one.index, is_returned=one.rule.is_returned) for one in charged],
        fees_tax_rate=rates[1],
        is_rounded_by_line=theater.tax_rounding == TaxRounding.LINE,
    )
    changed = []
    for ticket, quoted in zip(tickets, quote.tickets, strict=True):
        values = [*astuple(quoted), *rates]
        if values != [getattr(ticket, name) for name in QUOTED_FIELDS]:
            for name, value in zip(QUOTED_FIELDS, values, strict=True):
                setattr(ticket, name, value)
            changed.append(ticket)
    booking.voucher, booking.discount, booking.fees = voucher, quote.discount, quote.fees
    booking.tax, booking.total = quote.tax, quote.total
    booking.quoted_fees = _make_lines(booking, tickets, charged, quote.charged, rates[1])
    return changed


def save_quote(booking: Booking, changed: Sequence[Ticket], *, had_fees: bool) -> None:
    """Write what `quote_hold` has set on tickets that were there before, and its fees once all tickets are written."""
    Ticket.objects.bulk_update(changed, QUOTED_FIELDS)
    _save_fee_lines(booking, had_fees=had_fees)


def _find_fees(
    booking: Booking, tickets: Sequence[Ticket], discounts: Sequence[Decimal], now: datetime, terms: FeeTerms
) -> list[ChargedFee]:
    """Return what is charged for these tickets, whose shows and categories are loaded; nothing unless it is a sale.

    No query unless the theater's rules were changed.
    """
    if booking.kind != Booking.Kind.SALE or terms is FeeTerms.NONE:
        return []
    rules = read_charges(booking.theater).fees
    if terms is FeeTerms.PER_TICKET:
        rules = tuple(rule for rule in rules if rule.per == FeeRule.Per.TICKET)
    if not rules:
        return []
    cases = [
        FeeCase(
            ticket.price, ticket.price - discount, ticket.category.name, ticket.ticket_type_id, ticket.show.event_id
        )
        for ticket, discount in zip(tickets, discounts, strict=True)
    ]
    return charge_fees(rules, cases, channel=booking.channel, now=now, currency=booking.currency)


def _make_lines(
    booking: Booking,
    tickets: Sequence[Ticket],
    charged: Sequence[ChargedFee],
    quoted: Sequence[QuotedFee],
    tax_rate: Decimal,
) -> list[FeeLine]:
    return [
        FeeLine(
            booking=booking,
            ticket=None if fee.index is None else tickets[fee.index],
            rule=fee.rule,
            name=fee.rule.name,
            amount=one.amount,
            tax=one.tax,
            tax_rate=tax_rate,
            is_returned=fee.rule.is_returned,
        )
        for fee, one in zip(charged, quoted, strict=True)
    ]


def _save_fee_lines(booking: Booking, *, had_fees: bool) -> None:
    """Write the lines that a hold was quoted, once its tickets are written. No query without fees."""
    if had_fees:
        lines = FeeLine.objects.filter(booking=booking)
        lines._raw_delete(lines.db)
    if booking.quoted_fees:
        FeeLine.objects.bulk_create(booking.quoted_fees)


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
