"""Sell at the counter: hold for the customer, take the money, or give the tickets away.

A seller works on a cart: a hold of theirs, for any shows of the theater, that the open page finds again by its key.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking
from bookings.errors import HoldExpired, NothingChosen, ReasonMissing, RulesBroken, WrongState
from bookings.messages import notify_confirmed, send_tickets_again
from bookings.models import Acceptance, Booking, Reservation, Ticket, by_show
from bookings.seating.chosen import AreaChoice, Chosen, SeatChoice, choose_again
from bookings.seating.party import spread_types
from bookings.services.accept_terms import accept_current
from bookings.services.change_hold import ChangedHold, change_hold, drop_show
from bookings.services.confirm import confirm_free, confirm_payment
from bookings.services.details import set_details
from bookings.services.hold_best import change_to_best_seats
from bookings.services.hold_seats import HoldRequest, HoldTerms, hold_all
from bookings.services.pay import start_payment
from bookings.services.release_hold import release_hold
from events.models import Show
from events.models.settings import HOLD_MINUTES, Scope
from fiscal.services.issue import issue_for_payment
from payments.drawers import NoOpenDrawer, find_open_drawer
from payments.models import Payment

# How long the seats stay held after the page is left: a page that is only reloaded comes back sooner.
LEFT_CART_SECONDS = 15
# The longest time for which an open page keeps its seats.
MAX_CART_MINUTES = 30


@dataclass(frozen=True)
class Best:
    """The best seats for so many of each ticket type, in one category or any."""

    quantities: Mapping[int, int]
    category_id: int | None = None
    accessible: int = 0
    across_aisle: bool = False


class PaidOtherwise(WrongState):
    """Two sellers, or two windows, took the money for one booking."""

    message = _("This booking has already been paid in another way. Give back what you have just taken for it.")


def find_cart(seller: User, theater_id: int, cart: str) -> Booking | None:
    """Return the hold that the seller works on by this key, as long as it is a hold. One query."""
    return _carts(seller, theater_id, cart).filter(state=Booking.State.HELD).first() if cart else None


def find_finished(seller: User, theater_id: int, cart: str) -> Booking | None:
    """Return the booking that a cart has become, for a form that is sent twice. One query."""
    return _carts(seller, theater_id, cart).filter(state=Booking.State.CONFIRMED).first() if cart else None


def _carts(seller: User, theater_id: int, cart: str) -> QuerySet[Booking]:
    mine = Booking.objects.filter(made_by=seller, channel=Booking.Channel.BOX_OFFICE, cart=cart, theater_id=theater_id)
    return mine.exclude(kind=Booking.Kind.HOUSE).select_related("theater__city", "voucher").order_by("-pk")


def hold_at_counter(
    *,
    show: Show,
    seller: User,
    cart: str,
    best: Best | None = None,
    seats: Sequence[SeatChoice] = (),
    areas: Sequence[AreaChoice] = (),
    locale: str = "en",
    waiver: str = "",
) -> Booking:
    """Hold for the customer at the counter, in place of what the cart has of the show.

    `waiver` is why rules of ticket types are set aside, if any are broken; the caller has checked that the seller may.
    Raises what `change_hold` and `change_to_best_seats` raise; the cart then stays as it was.
    """
    common: dict[str, Any] = {
        "show": show,
        "into": find_cart(seller, show.hall.theater_id, cart),
        "channel": Booking.Channel.BOX_OFFICE,
        "made_by": seller,
        "cart": cart,
        "locale": locale,
    }
    if best is None:
        return _hold_for(waiver, seller, partial(change_hold, seats=seats, areas=areas, **common)).booking
    types = spread_types(best.quantities)
    if not types:
        raise NothingChosen
    hold = partial(
        change_to_best_seats,
        ticket_type_ids=types,
        category_id=best.category_id,
        accessible=min(best.accessible, len(types)),
        across_aisle=best.across_aisle,
        **common,
    )
    return _hold_for(waiver, seller, hold).booking


def _hold_for(waiver: str, seller: User, hold: Callable[..., ChangedHold]) -> ChangedHold:
    """Call `hold`; if rules of ticket types refuse it, set them aside for the reason `waiver`, and record them."""
    try:
        return hold()
    except RulesBroken as error:
        if not waiver:
            raise
        broken = error.violations
    with transaction.atomic():
        changed = hold(waives_rules=True)
        record(
            by=seller,
            action=Action.SET_RULES_ASIDE,
            on=changed.booking,
            theater_id=changed.booking.theater_id,
            after={"rules": [f"{one.ticket_type.name}: {one.rule}" for one in broken]},
            reason=waiver[:300],
        )
    return changed


def change_lines(*, hold: Booking, seller: User, types: Mapping[int, int | None], waiver: str = "") -> ChangedHold:
    """Give tickets of the cart another ticket type, by pk of ticket, or drop those whose type is None.

    `waiver` is as for `hold_at_counter`. Raises `NothingChosen` when none is left, `HoldExpired`, `VoucherRefused`, and
    what `hold_seats` raises.
    """
    changed = ChangedHold(hold)
    with transaction.atomic():
        held = by_show(read_held(hold))
        wanted = {
            show: [(ticket, types.get(ticket.pk, ticket.ticket_type_id)) for ticket in tickets]
            for show, tickets in held.items()
        }
        if not any(type_id for lines in wanted.values() for _ticket, type_id in lines):
            raise NothingChosen
        for show, lines in wanted.items():
            if all(ticket.ticket_type_id == type_id for ticket, type_id in lines):
                continue
            staying = []
            for ticket, type_id in lines:
                if type_id is not None:
                    ticket.ticket_type_id = type_id
                    staying.append(ticket)
            if not staying:
                changed = drop_show(booking=hold, show=show)
                continue
            chosen = Chosen.of(staying)
            change = partial(
                change_hold,
                show=show,
                seats=chosen.seats,
                areas=chosen.areas,
                into=hold,
                channel=Booking.Channel.BOX_OFFICE,
                made_by=seller,
                cart=hold.cart or "",
            )
            changed = _hold_for(waiver, seller, change)
    return changed


def hold_on_terms(hold: Booking, tickets: Sequence[Ticket], seller: User, terms: HoldTerms) -> Booking:
    """Release a hold, and hold these places of it on other terms and without its customer. Call it in a transaction.

    So nobody gets them in between. Raises `HoldExpired`, and what `hold_seats` raises.
    """
    if locking.lock_booking(hold.pk).state != Booking.State.HELD:
        raise HoldExpired
    release_hold(booking=hold)
    return hold_again(hold, tickets, seller, terms)


def hold_again(hold: Booking, tickets: Sequence[Ticket], seller: User, terms: HoldTerms) -> Booking:
    """Hold places that a hold has just released, on other terms. Raises what `hold_seats` raises."""
    return hold_all(
        HoldRequest(
            choices=choose_again(tickets),
            customer=None,
            email="",
            channel=Booking.Channel.BOX_OFFICE,
            made_by=seller,
            locale=hold.locale,
            terms=terms,
        )
    )


def read_held(hold: Booking) -> list[Ticket]:
    """Return the places of a hold with their shows, in seating order. One query.

    Raises `HoldExpired` if it has none any more.
    """
    tickets = hold.tickets.filter(state=Ticket.State.HELD).select_related(
        "seat", "area", "ticket_type", "category", "show__event", "show__hall__theater__city"
    )
    found = list(tickets.order_by("seat__run", "seat__position", "pk"))
    if not found:
        raise HoldExpired
    return found


def keep_cart(*, hold: Booking) -> Booking:
    """Extend a cart while its page is open, until `MAX_CART_MINUTES` after it last got a place. Repeatable."""
    with transaction.atomic():
        hold = locking.lock_booking(hold.pk)
        now = timezone.now()
        filled_at = hold.tickets.aggregate(newest=Max("held_at"))["newest"] or hold.created_at
        held_for = timedelta(minutes=HOLD_MINUTES.of(Scope(hold.theater_id)))
        until = min(now + held_for, filled_at + timedelta(minutes=MAX_CART_MINUTES))
        if hold.state == Booking.State.HELD and hold.expires_at is not None and hold.expires_at < until:
            hold.expires_at = until
            hold.save(update_fields=["expires_at"])
    return hold


def leave_cart(*, hold: Booking) -> Booking:
    """Let a cart lapse soon after its page was left; a reservation goes back to its own time. Repeatable."""
    with transaction.atomic():
        hold = locking.lock_booking(hold.pk)
        now = timezone.now()
        if hold.state == Booking.State.HELD and hold.kind == Booking.Kind.SALE:
            reservation = Reservation.objects.filter(booking=hold).first()
            soon = now + timedelta(seconds=LEFT_CART_SECONDS)
            hold.expires_at = max(reservation.until, soon) if reservation else min(hold.expires_at or soon, soon)
            hold.save(update_fields=["expires_at"])
    return hold


def clear_cart(*, hold: Booking, seller: User) -> Booking:
    """Release the places of a cart at once; a reservation only goes back to waiting. Repeatable."""
    if Reservation.objects.filter(booking=hold).exists():
        return leave_cart(hold=hold)
    return release_hold(booking=hold, by=None if hold.made_by_id == seller.pk else seller)


def check_paid_by(booking: Booking, gateway: str) -> Booking:
    """Return a confirmed booking, for a form that is sent twice. One query.

    Raises `PaidOtherwise` if its money came by another gateway.
    """
    gateways = set(booking.payments.filter(state=Payment.State.CAPTURED).values_list("gateway", flat=True))
    if gateways and gateway not in gateways:
        raise PaidOtherwise
    return booking


def take_money(*, hold: Booking, gateway: str, seller: User, reference: str = "") -> Booking:
    """Take the money for a hold in cash or by the card terminal, and issue its tickets. Repeatable.

    Raises `NoOpenDrawer` before any cash has changed hands, `HoldExpired`, `PaidOtherwise`, `WrongState`,
    `GatewayNotOffered`. Call it outside a transaction.
    """
    hold.refresh_from_db(fields=["state", "expires_at", "total"])
    if hold.state == Booking.State.CONFIRMED:
        return check_paid_by(hold, gateway)
    if not hold.total:
        return confirm_free(booking=hold, by=seller)
    if gateway == Payment.Gateway.CASH and find_open_drawer(seller, hold.theater_id) is None:
        raise NoOpenDrawer
    try:
        payment = start_payment(
            booking=hold,
            gateway=gateway,
            return_url="",
            made_by=seller,
            accepted=accept_current(hold.theater_id, Acceptance.How.TILL),
        ).payment
    except WrongState:
        # A second click came while the first one was being handled.
        hold.refresh_from_db(fields=["state"])
        if hold.state == Booking.State.CONFIRMED:
            return check_paid_by(hold, gateway)
        raise
    with transaction.atomic():
        locked = locking.lock_booking(hold.pk)
        # Places that have become free are not taken again here: the customer still has the money.
        if locked.state == Booking.State.EXPIRED:
            raise HoldExpired
        booking = confirm_payment(payment=payment, reference=reference.strip()[:255], by=seller)
        issue_for_payment(payment)
    return booking


def give_away(*, hold: Booking, reason: str, seller: User, name: str = "", email: str = "") -> Booking:
    """Turn a cart into complimentary tickets, for a reason, for which rules of ticket types are set aside, too.

    Raises `ReasonMissing`, and what `hold_seats` raises.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing

    def hold_free(*, waives_rules: bool = False) -> ChangedHold:
        terms = HoldTerms(kind=Booking.Kind.COMPLIMENTARY, note=reason, cart=hold.cart, waives_rules=waives_rules)
        with transaction.atomic():
            return ChangedHold(hold_on_terms(hold, read_held(hold), seller, terms))

    with transaction.atomic():
        fresh = _hold_for(reason, seller, hold_free).booking
        if name or email:
            fresh = set_details(booking=fresh, name=name, email=email)
        booking = confirm_free(booking=fresh, by=seller)
        record(
            by=seller,
            action=Action.GIVE_COMPLIMENTARY_TICKETS,
            on=booking,
            theater_id=booking.theater_id,
            after={"tickets": booking.tickets.issued().count()},
            reason=reason[:300],
        )
    return booking


def send_to(*, booking: Booking, email: str, seller: User) -> Booking:
    """Send the tickets of a confirmed booking to a new address if it has none, or again to the one it has.

    Raises `WrongState` for any other address: that is a correction, on the booking's own page.
    """
    email = email.strip().lower()
    with transaction.atomic():
        booking = locking.lock_booking(booking.pk)
        known = booking.contact_email
        if booking.state != Booking.State.CONFIRMED or (known and known != email):
            raise WrongState
        if known:
            send_tickets_again(booking)
        else:
            booking.email = email
            booking.save(update_fields=["email"])
            notify_confirmed(booking)
        record(
            by=seller,
            action=Action.SEND_TICKETS,
            on=booking,
            theater_id=booking.theater_id,
            after={"email": email},
        )
    return booking
