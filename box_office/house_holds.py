"""Keep places off sale for the house, for a reason and until a time. They are sold from there, or released."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings.errors import NothingChosen, ReasonMissing, WrongState
from bookings.models import Booking, HouseHold, Ticket, by_show
from bookings.seating.chosen import choose_again
from bookings.services.change_hold import drop_show
from bookings.services.hold_seats import HoldRequest, HoldTerms, hold_all
from bookings.services.release_hold import release_hold
from box_office.sale import hold_again, hold_on_terms, read_held


class EndsInThePast(WrongState):
    message = _("This time has already passed.")


def block(
    *, hold: Booking, reason: str, until: datetime | None, by: User, purpose: str = HouseHold.Purpose.HOUSE
) -> Booking:
    """Turn a cart into a house hold; without `until` it stays until staff release it.

    Raises `ReasonMissing`, `EndsInThePast`, and what `hold_seats` raises.
    """
    if not reason.strip():
        raise ReasonMissing
    if until is not None and until <= timezone.now():
        raise EndsInThePast
    with transaction.atomic():
        tickets = read_held(hold)
        terms = HoldTerms(kind=Booking.Kind.HOUSE, note=reason.strip(), until=until, cart=hold.cart)
        house = hold_on_terms(hold, tickets, by, terms)
        HouseHold.objects.create(booking=house, purpose=purpose)
        _record(Action.BLOCK_SEATS, house, by, [ticket.label for ticket in tickets])
    return house


def lift(*, house: Booking, tickets: Collection[int] | None, by: User) -> Booking | None:
    """Release these places, by pk of ticket, or all; return the house hold of what is left.

    Raises `NothingChosen`, and `HoldExpired` if all are free already.
    """
    with transaction.atomic():
        held = read_held(_check_house(house))
        going = [ticket for ticket in held if tickets is None or ticket.pk in tickets]
        if not going:
            raise NothingChosen
        staying = [ticket for ticket in held if ticket not in going]
        _record(Action.LIFT_HOUSE_HOLD, house, by, [ticket.label for ticket in going])
        if not staying:
            release_hold(booking=house, by=by)
            return None
        return _keep_only(house, held, staying)


def sell_from(*, house: Booking, tickets: Collection[int], cart: str, by: User) -> Booking:
    """Move these places, by pk of ticket, out of a house hold into the seller's cart, at today's prices.

    No one else can take them in between. Raises `NothingChosen`, `HoldExpired`, and what `hold_seats` raises.
    """
    with transaction.atomic():
        held = read_held(_check_house(house))
        going = [ticket for ticket in held if ticket.pk in tickets]
        if not going:
            raise NothingChosen
        staying = [ticket for ticket in held if ticket not in going]
        _record(Action.SELL_FROM_HOUSE_HOLD, house, by, [ticket.label for ticket in going])
        if staying:
            _keep_only(house, held, staying)
            return hold_again(house, going, by, HoldTerms(cart=cart))
        return hold_on_terms(house, going, by, HoldTerms(cart=cart))


def _check_house(house: Booking) -> Booking:
    if house.kind != Booking.Kind.HOUSE:
        raise WrongState
    return house


def _keep_only(house: Booking, held: Sequence[Ticket], staying: Sequence[Ticket]) -> Booking:
    """Release all places of a house hold but these."""
    kept = {choice.show: choice for choice in choose_again(staying)}
    for show in by_show(held):
        if show not in kept:
            drop_show(booking=house, show=show)
    return hold_all(
        HoldRequest(
            choices=list(kept.values()),
            customer=None,
            email="",
            channel=Booking.Channel.BOX_OFFICE,
            into=house,
            terms=HoldTerms(kind=Booking.Kind.HOUSE, until=house.expires_at),
        )
    )


def _record(action: str, house: Booking, by: User, labels: list[str]) -> None:
    record(
        by=by,
        action=action,
        on=house,
        theater_id=house.theater_id,
        after={"places": labels[:50], "count": len(labels)},
        reason=house.note[:300],
    )
