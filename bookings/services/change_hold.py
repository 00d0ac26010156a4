"""Hold places for a customer in place of those that they already hold for the show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from accounts.models import User
from bookings.errors import VoucherRefused
from bookings.models import Booking
from bookings.seating.chosen import AreaChoice, SeatChoice
from bookings.services.hold_seats import HoldTerms, hold_seats
from bookings.services.limit_holds import UNKNOWN_BROWSER, Browser
from bookings.signals import offer_moved
from events.models import Show


@dataclass(frozen=True)
class ChangedHold:
    """The new hold, and why it lost the voucher of the old one; empty if it did not."""

    booking: Booking
    voucher_refusal: str = ""


def change_hold(
    *,
    show: Show,
    seats: Sequence[SeatChoice] = (),
    areas: Sequence[AreaChoice] = (),
    replaces: Booking | None,
    customer: User | None = None,
    channel: str = Booking.Channel.WEB,
    made_by: User | None = None,
    browser: Browser = UNKNOWN_BROWSER,
    cart: str = "",
    locale: str = "en",
) -> ChangedHold:
    """Hold these places instead of `replaces`, for the same person and with the same voucher and note.

    On the web, a voucher that no longer fits is dropped, and `voucher_refusal` says why. At the box office it is
    refused, and the seller decides. An offer of the waiting list keeps its time for as many people as it was
    made to. `cart` is the key of a guest's form, or of a seller's page.

    Raises what `hold_seats` raises; `replaces` then stays as it was.
    """
    offer_until = _keep_offer(replaces, len(seats) + sum(area.quantity for area in areas))
    hold = partial(
        hold_seats,
        show=show,
        seats=seats,
        areas=areas,
        customer=customer,
        email=replaces.email if replaces else "",
        channel=channel,
        made_by=made_by,
        locale=locale,
        replaces=replaces,
        terms=HoldTerms(
            until=offer_until,
            note=replaces.note if replaces else "",
            cart=(cart or None) if customer is None else None,
        ),
        browser=browser if customer is None else UNKNOWN_BROWSER,
    )
    if replaces is None:
        return ChangedHold(hold())
    refusal = ""
    with transaction.atomic():
        code = replaces.voucher.code if replaces.voucher else ""
        try:
            booking = hold(voucher_code=code)
        except VoucherRefused as error:
            if channel == Booking.Channel.BOX_OFFICE:
                raise
            booking, refusal = hold(), str(error)
        if replaces.name or replaces.phone:
            booking.name, booking.phone = replaces.name, replaces.phone
            booking.save(update_fields=["name", "phone"])
        if offer_until is not None:
            offer_moved.send(sender=None, old=replaces, new=booking)
    return ChangedHold(booking, refusal)


def _keep_offer(hold: Booking | None, people: int) -> datetime | None:
    """Return how long an offer of the waiting list stands; None for any other hold, or for more people."""
    entry = getattr(hold, "waiting_list_entry", None)
    if hold is None or entry is None or entry.state != entry.State.OFFERED or entry.party_size < people:
        return None
    return hold.expires_at
