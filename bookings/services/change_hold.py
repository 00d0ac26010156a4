"""Change the basket of a customer: put places of a show into it, or take those of a show out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from bookings import locking
from bookings.errors import HoldExpired, VoucherRefused, WrongState
from bookings.models import Booking, Ticket, exchange_of
from bookings.seating.chosen import AreaChoice, SeatChoice
from bookings.services.hold_seats import HoldTerms, hold_seats
from bookings.services.limit_holds import UNKNOWN_BROWSER, Browser
from bookings.services.release_hold import drop_tickets, free_at_once
from bookings.services.vouchers import QUOTED_SUMS, quote_hold, save_quote
from bookings.tallies import move_areas, move_vouchers
from events.models import Show
from events.models.settings import HOLD_MINUTES, Scope


@dataclass(frozen=True)
class ChangedHold:
    """The hold, and why it lost its voucher; empty if it did not."""

    booking: Booking
    voucher_refusal: str = ""


def change_hold(
    *,
    show: Show,
    seats: Sequence[SeatChoice] = (),
    areas: Sequence[AreaChoice] = (),
    into: Booking | None,
    customer: User | None = None,
    channel: str = Booking.Channel.WEB,
    made_by: User | None = None,
    browser: Browser = UNKNOWN_BROWSER,
    cart: str = "",
    locale: str = "en",
    waives_rules: bool = False,
) -> ChangedHold:
    """Hold these places in the basket `into`, instead of those that it has of the show, or in a new one.

    On the web, a voucher that no longer fits is dropped, and `voucher_refusal` says why. At the box office it is
    refused, and the seller decides. An offer of the waiting list keeps its time for as many people as it was
    made to, and has a customer's own time for more. `cart` is the key of the form, or of a seller's page. With
    `waives_rules`, staff set rules of ticket types aside, for a reason that the caller records.

    Raises what `hold_seats` raises; `into` then stays as it was.
    """
    people = len(seats) + sum(area.quantity for area in areas)
    hold = partial(
        hold_seats,
        show=show,
        seats=seats,
        areas=areas,
        customer=customer,
        email=into.email if into else "",
        channel=channel,
        made_by=made_by,
        locale=locale,
        into=into,
        terms=HoldTerms(
            until=_find_end_of_offer(into, people) if into else None,
            cart=cart or None,
            waives_rules=waives_rules,
        ),
        browser=browser if customer is None else UNKNOWN_BROWSER,
    )
    try:
        return ChangedHold(hold())
    except VoucherRefused as error:
        if channel == Booking.Channel.BOX_OFFICE:
            raise
        return ChangedHold(hold(voucher_code=""), str(error))


def drop_show(*, booking: Booking, show: Show) -> ChangedHold:
    """Take all tickets for a show out of a hold; without any others it is over. Harmless when repeated.

    The others keep their time and are quoted again; a voucher that is for none of them is dropped.

    Raises `HoldExpired`, and `WrongState` for a booking that is no hold, or an exchange.
    """
    with transaction.atomic():
        booking = locking.lock_booking(booking.pk)
        now = timezone.now()
        if booking.state == Booking.State.EXPIRED or booking.is_lapsed(now):
            raise HoldExpired
        if booking.state != Booking.State.HELD or exchange_of(booking) is not None or booking.transfer_due_on:
            raise WrongState
        held = list(booking.tickets.filter(state=Ticket.State.HELD).select_related("show").order_by("pk"))
        dropped = [ticket for ticket in held if ticket.show_id == show.pk]
        staying = [ticket for ticket in held if ticket.show_id != show.pk]
        if not dropped:
            return ChangedHold(booking)
        if not staying:
            free_at_once([booking])
            booking.state = Booking.State.EXPIRED
            return ChangedHold(booking)
        voucher, refusal, had_fees = booking.voucher, "", bool(booking.fees)
        try:
            requoted = quote_hold(booking, staying, voucher)
        except VoucherRefused as error:
            requoted, refusal = quote_hold(booking, staying, None), str(error)
        drop_tickets(dropped, now, given_up=dropped)
        booking.save(update_fields=QUOTED_SUMS)
        save_quote(booking, requoted, had_fees=had_fees)
        places = Counter((ticket.show_id, ticket.area_id) for ticket in dropped if ticket.area_id)
        move_areas({place: -count for place, count in places.items()})
        if voucher is not None and refusal:
            move_vouchers({voucher.pk: -1})
    return ChangedHold(booking, refusal)


def _find_end_of_offer(hold: Booking, people: int) -> datetime | None:
    """Return how long a hold that is an offer of the waiting list stands for so many people; None for any other."""
    entry = getattr(hold, "waiting_list_entry", None)
    if entry is None or entry.state != entry.State.OFFERED:
        return None
    if entry.party_size < people:
        return timezone.now() + timedelta(minutes=HOLD_MINUTES.of(Scope(hold.theater_id)))
    return hold.expires_at
