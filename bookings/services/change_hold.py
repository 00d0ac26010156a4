"""Hold places for a customer, in place of those that they hold for the show already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from bookings.errors import VoucherRefused
from bookings.models import Booking
from bookings.seating.chosen import AreaChoice, SeatChoice
from bookings.services.details import set_details
from bookings.services.hold_best import hold_proposed_seats
from bookings.services.hold_seats import CUSTOMERS, Terms, hold_seats
from bookings.services.limit_holds import UNKNOWN, Browser
from bookings.signals import offer_moved
from events.models import Show


@dataclass(frozen=True)
class ChangedHold:
    """The new hold, and why it is without the voucher of the old one; empty where it is not."""

    booking: Booking
    voucher_refusal: str = ""


def change_hold(
    *,
    show: Show,
    seats: Sequence[SeatChoice],
    areas: Sequence[AreaChoice] = (),
    wish: dict[str, Any] | None = None,
    replaces: Booking | None,
    customer: User | None,
    browser: Browser,
    cart: str,
    locale: str,
) -> ChangedHold:
    """Hold these places in place of `replaces`, with its voucher where that fits, its name and its address.

    With a `wish`, the seats were proposed for it, and others that fit it do as well. An offer of the
    waiting list keeps its time, for as many people as it was made to. `cart` is the key of a guest's form.
    Raises what `hold_seats` raises, and `replaces` then stays as it was.
    """
    terms = _keep_offer(replaces, len(seats) + sum(area.quantity for area in areas)) if replaces else None
    common: dict[str, Any] = {
        "show": show,
        "customer": customer,
        "email": replaces.email if replaces else "",
        "channel": Booking.Channel.WEB,
        "locale": locale,
        "replaces": replaces,
        "browser": browser if customer is None else UNKNOWN,
        "terms": terms or (Terms(cart=cart or None) if customer is None else CUSTOMERS),
    }

    def hold(voucher: str) -> Booking:
        if wish is not None:
            return hold_proposed_seats(seats=seats, wish=wish, voucher_code=voucher, **common)
        return hold_seats(seats=seats, areas=areas, voucher_code=voucher, **common)

    refusal = ""
    try:
        booking = hold(replaces.voucher.code if replaces and replaces.voucher else "")
    except VoucherRefused as error:
        booking = hold("")
        refusal = str(error)
    if terms is not None:
        offer_moved.send(sender=None, old=replaces, new=booking)
    if replaces is not None and replaces.email:
        set_details(booking=booking, name=replaces.name, email=replaces.email, phone=replaces.phone)
    return ChangedHold(booking, refusal)


def _keep_offer(hold: Booking, people: int) -> Terms | None:
    """Return the terms of a hold that the waiting list offered; None for any other, or for more people."""
    entry = getattr(hold, "waiting_list_entry", None)
    if entry is None or entry.state != entry.State.OFFERED or entry.party_size < people:
        return None
    return Terms(until=hold.expires_at)
