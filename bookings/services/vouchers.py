"""Put a voucher on a hold, or take it off again."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from bookings import locking
from bookings.errors import HoldExpired, UnknownVoucher, VoucherRefused, WrongState
from bookings.models import Booking, Ticket, Voucher
from bookings.pricing import ZERO, quote_booking, quote_discounts
from bookings.services.complete_exchange import exchange_of
from bookings.tallies import move_vouchers
from events.models import Show
from lib.search_keys import voucher_key


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
        voucher = find_voucher(code, booking.show, now) if code.strip() else None
        if voucher == booking.voucher:
            return booking
        theater = booking.theater
        tickets = list(booking.tickets.filter(state=Ticket.State.HELD).order_by("pk"))
        discounts = quote_voucher(voucher, tickets, booking.currency) if voucher else [ZERO] * len(tickets)
        quote = quote_booking(
            [ticket.price for ticket in tickets],
            discounts,
            currency=booking.currency,
            tax_rate=theater.tax_rate,
            includes_tax=theater.prices_include_tax,
            fees=booking.fees,
        )
        for ticket, discount, amount, tax in zip(tickets, discounts, quote.amounts, quote.taxes, strict=True):
            ticket.discount, ticket.amount, ticket.tax = discount, amount, tax
        Ticket.objects.bulk_update(tickets, ["discount", "amount", "tax"])
        uses = Counter([voucher.pk] if voucher else [])
        uses.subtract([booking.voucher_id] if booking.voucher_id else [])
        booking.voucher, booking.discount, booking.tax, booking.total = voucher, quote.discount, quote.tax, quote.total
        booking.save(update_fields=["voucher", "discount", "tax", "total"])
        if move_vouchers(uses):
            raise VoucherRefused(gettext("This voucher is used up."))
        if voucher is not None:
            check_uses_by_customer(booking, voucher, now)
    return booking


def find_voucher(code: str, show: Show, now: datetime) -> Voucher:
    """Return the voucher that this code names at the show's theater. One query.

    Raises `UnknownVoucher`, and `VoucherRefused` if it is not valid now or not for this event. Whether it has
    uses left is decided when it is redeemed, by `move_vouchers`.
    """
    voucher = Voucher.objects.filter(theater=show.hall.theater_id, code_key=voucher_key(code)).first()
    if voucher is None:
        raise UnknownVoucher
    if voucher.event_id is not None and voucher.event_id != show.event_id:
        raise VoucherRefused(gettext("This voucher is for another event."))
    if voucher.starts_at is not None and now < voucher.starts_at:
        raise VoucherRefused(gettext("This voucher is not valid yet."))
    if voucher.ends_at is not None and now >= voucher.ends_at:
        raise VoucherRefused(gettext("This voucher is no longer valid."))
    return voucher


class Priced(Protocol):
    """A ticket, or a line that becomes one."""

    @property
    def ticket_type_id(self) -> int: ...

    @property
    def price(self) -> Decimal: ...


def quote_voucher(voucher: Voucher, lines: Sequence[Priced], currency: str) -> list[Decimal]:
    """Return the voucher's discount on each line. One query.

    Raises `VoucherRefused` if it is for none of these ticket types.
    """
    ticket_types = set(voucher.ticket_types.values_list("pk", flat=True))
    applies = [not ticket_types or line.ticket_type_id in ticket_types for line in lines]
    if not any(applies):
        raise VoucherRefused(gettext("This voucher is for other kinds of tickets."))
    return quote_discounts(
        [line.price for line in lines],
        currency=currency,
        percent=voucher.percent,
        amount=voucher.amount,
        applies=applies,
    )


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
