"""Put a voucher on a hold, or take it off again."""

from collections import Counter

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings import locking
from bookings.counters import move_vouchers
from bookings.errors import HoldExpired, VoucherRefused, WrongState
from bookings.models import Booking, Ticket
from bookings.pricing import ZERO, quote_booking
from bookings.services.complete_exchange import exchange_of
from bookings.services.redeem_voucher import check_uses_by_customer, find_voucher, quote_voucher


def use_voucher(*, booking: Booking, code: str) -> Booking:
    """Quote a hold anew with the voucher `code`, or without one when it is empty; nothing when it is so already.

    The hold keeps its code, its places, the prices that they were quoted and its time. A payment that
    was started for the old amount pays for it no longer: money that still comes goes back.

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
            raise VoucherRefused(_("An exchange takes no voucher."))
        voucher = find_voucher(code, booking.show, now) if code.strip() else None
        if voucher == booking.voucher:
            return booking
        theater = booking.show.hall.theater
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
        for ticket, discount in zip(tickets, discounts, strict=True):
            ticket.discount = discount
        Ticket.objects.bulk_update(tickets, ["discount"])
        uses = Counter([voucher.pk] if voucher else [])
        uses.subtract([booking.voucher_id] if booking.voucher_id else [])
        booking.voucher, booking.discount, booking.tax, booking.total = voucher, quote.discount, quote.tax, quote.total
        booking.save(update_fields=["voucher", "discount", "tax", "total"])
        if move_vouchers(uses):
            raise VoucherRefused(_("This voucher is used up."))
        if voucher is not None:
            check_uses_by_customer(booking, voucher, now)
    return booking
