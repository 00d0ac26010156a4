"""Exchange tickets for others, of the same show or of another one of the theater, at the difference in price.

The new places are held by a booking of their own, the replacement, while the old tickets stay valid. The
worth of the old tickets pays for it (`Booking.credit`). If nothing is left to pay, the exchange is completed
at once; otherwise when the surcharge comes, by any way of paying. If it never comes, the hold lapses, and
nothing has changed. If the old tickets are worth more, the rest is refunded through their gateway.

People who see a show together share a booking: when some tickets of a booking get other places of the same
show at another price, the others come along into the replacement, with the same place and price, unless one
of them was used or refunded. For another show, only what is exchanged leaves the booking.

Rules: tickets that were used are not exchanged. Customers may exchange for as long as they could cancel.
Of what is left over they get the share that the show's policy refunds; what they give back for other
tickets counts in full. Staff may always exchange, in full, and may waive the difference.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking, messages
from bookings.errors import UnknownPlace, WrongState
from bookings.models import Booking, Exchange, Ticket
from bookings.pricing import ZERO, quote_booking, split
from bookings.seating.chosen import AreaChoice, SeatChoice
from bookings.services.cancel import is_paid_for, quote_cancellation, quote_worth
from bookings.services.confirm import confirm_free
from bookings.services.hold_seats import HoldTerms, hold_seats
from bookings.services.move_tickets import are_used, lock_issued, move_tickets
from bookings.services.places import QuotedLine, quote_places
from bookings.services.release_hold import release_hold
from events.models import Show
from lib.money import round_charge
from lib.refusals import ProblemType, Refusal


class NotExchangeable(Refusal):
    problem = ProblemType(
        "not-exchangeable",
        409,
        _("These tickets can't be exchanged."),
        _("“detail” says why. The show's refund policy decides until when; the box office may still help."),
    )

    def __init__(self, reason: str | Promise) -> None:
        super().__init__()
        self.message = reason


@dataclass(frozen=True)
class ExchangeQuote:
    """What an exchange comes to, in the booking's currency: `due` is still to be paid, `refund` goes back.

    If `is_move`, the tickets only get other seats in the same booking, at the price that they have. `kept` are
    its other tickets, which come along if the replacement is for the same show. A voucher stays behind:
    `lost_discount` is what it took off the tickets that are given back.
    """

    worth: Decimal
    price: Decimal
    credit: Decimal
    due: Decimal
    refund: Decimal
    is_move: bool = False
    kept: Sequence[Ticket] = ()
    lost_discount: Decimal = ZERO


@dataclass(frozen=True)
class ExchangeWish:
    """Which tickets are given back, and for what. With `is_even`, the difference is waived in either direction."""

    tickets: Sequence[Ticket]
    show: Show
    seats: Sequence[SeatChoice] = ()
    areas: Sequence[AreaChoice] = ()
    is_even: bool = False


def quote_exchange(booking: Booking, wish: ExchangeWish, *, by_customer: bool = False) -> ExchangeQuote:
    """Return what the exchange would come to at today's prices. Holds and changes nothing.

    Raises `NotExchangeable`, `UnknownPlace`, `NoPrice`, `NothingChosen`.
    """
    _check(booking, wish, timezone.now(), by_customer=by_customer)
    show = Show.objects.select_related("hall__theater").get(pk=wish.show.pk)
    theater = show.hall.theater
    lines = quote_places(show, wish.seats, wish.areas).lines
    prices = [line.price if booking.kind == Booking.Kind.SALE else ZERO for line in lines]
    quoted = quote_booking(
        prices,
        [ZERO] * len(prices),
        currency=theater.currency,
        tax_rate=theater.tax_rate,
        includes_tax=theater.prices_include_tax,
    )
    if _is_move(booking, wish, lines):
        worth = quote_worth(booking, wish.tickets)
        return ExchangeQuote(worth, worth, worth, ZERO, ZERO, is_move=True)
    quote = _weigh(booking, wish, quoted.total, by_customer=by_customer)
    is_lost = booking.voucher_id is not None and not wish.is_even
    lost = sum((ticket.discount for ticket in wish.tickets), ZERO) if is_lost else ZERO
    return replace(quote, kept=_find_kept(booking, wish), lost_discount=lost)


def exchange_tickets(
    *,
    booking: Booking,
    wish: ExchangeWish,
    by: User | None,
    reason: str = "",
    until: datetime | None = None,
    send_link: bool = False,
    by_customer: bool = False,
) -> Booking:
    """Exchange the tickets, or hold their replacement until the surcharge is paid.

    Returns the customer's resulting booking: this one, if its tickets only moved to other seats at the same
    price; otherwise the replacement, confirmed, or held until `until` (the usual time by default) while
    something is `due`. With `send_link`, the customer is sent a link to pay. Called again with the same wish,
    it finds what the first call made; called with another wish, it gives up a replacement that is not paid yet.

    Raises what `quote_exchange` and `hold_seats` raise, `WrongState` for tickets that are no longer there, and
    `TicketUsed`. Then nothing has changed.
    """
    with transaction.atomic():
        if by_customer:
            locking.lock_customer([wish.show.pk], booking.email, booking.customer.email if booking.customer else "")
        booking = locking.lock_booking(booking.pk)
        now = timezone.now()
        chosen = lock_issued(booking, wish.tickets)
        if chosen is None:
            return _find_made(booking, wish)
        quote = quote_exchange(booking, wish, by_customer=by_customer)
        if quote.is_move:
            return move_tickets(
                booking=booking, tickets=wish.tickets, seats=wish.seats, areas=wish.areas, by=by, reason=reason
            )
        for open_one in _find_open(booking, [*chosen, *quote.kept]):
            if _is_for(open_one, wish) and not open_one.replacement.is_lapsed(now):
                return open_one.replacement
            release_hold(booking=open_one.replacement, by=by)
        exchange = _begin(booking, wish, chosen, quote.kept, by=by, reason=reason, until=until, by_customer=by_customer)
        if not exchange.replacement.due:
            return confirm_free(booking=exchange.replacement, by=by)
        if send_link:
            messages.notify_surcharge(exchange)
    return exchange.replacement


def find_open_exchanges(booking: Booking) -> list[Exchange]:
    """Return the exchanges of this booking that wait for their surcharge. One query."""
    held = booking.exchanges.filter(replacement__state=Booking.State.HELD)
    return list(
        held.select_related(
            "replacement__show__event", "replacement__show__hall__theater__city", "replacement__theater__city"
        )
    )


def _check(booking: Booking, wish: ExchangeWish, now: datetime, *, by_customer: bool) -> None:
    if booking.state != Booking.State.CONFIRMED:
        raise NotExchangeable(_("Only a confirmed booking can be exchanged."))
    if wish.show.hall.theater_id != booking.theater_id:
        raise NotExchangeable(_("Tickets can only be exchanged for shows of the same theater."))
    places = len(wish.seats) + sum(choice.quantity for choice in wish.areas)
    if places != len(wish.tickets):
        raise UnknownPlace
    if booking.show.state == Show.State.CANCELED:
        raise NotExchangeable(_("The show is canceled, and its tickets are refunded in full."))
    if by_customer:
        quote = quote_cancellation(booking, wish.tickets, now=now)
        if not quote.is_allowed:
            raise NotExchangeable(quote.reason)


def _is_move(booking: Booking, wish: ExchangeWish, lines: Sequence[QuotedLine]) -> bool:
    """Return True if the tickets only change seats, because what they cost stays the same."""
    if wish.show.pk != booking.show_id:
        return False
    kinds = Counter((line.place.category_id, line.ticket_type_id) for line in lines)
    is_same_kind = kinds == Counter((ticket.category_id, ticket.ticket_type_id) for ticket in wish.tickets)
    costs = sum((ticket.price for ticket in wish.tickets), ZERO)
    is_free = booking.kind != Booking.Kind.SALE
    return wish.is_even or is_free or is_same_kind or sum((line.price for line in lines), ZERO) == costs


def _weigh(booking: Booking, wish: ExchangeWish, price: Decimal, *, by_customer: bool) -> ExchangeQuote:
    worth = quote_worth(booking, wish.tickets)
    if wish.is_even:
        return ExchangeQuote(worth, price, min(worth, price), ZERO, ZERO)
    credit = min(worth, price)
    refund = worth - credit
    if by_customer:
        refund = round_charge(refund * booking.show.refund_percent / 100, booking.currency)
    return ExchangeQuote(worth, price, credit, price - credit, refund)


def _find_kept(booking: Booking, wish: ExchangeWish) -> list[Ticket]:
    """Return the tickets that come along with the exchanged ones. At most six queries."""
    if wish.show.pk != booking.show_id:
        return []
    pks = {ticket.pk for ticket in wish.tickets}
    everyone = list(booking.tickets.issued().order_by("pk"))
    others = [ticket for ticket in everyone if ticket.pk not in pks]
    if not others or are_used(others) or not is_paid_for(booking, everyone):
        return []
    return others


def _begin(
    booking: Booking,
    wish: ExchangeWish,
    chosen: Sequence[Ticket],
    kept: Sequence[Ticket],
    *,
    by: User | None,
    reason: str,
    until: datetime | None,
    by_customer: bool,
) -> Exchange:
    """Hold the new places for the same person, with the worth of the old tickets as credit."""
    is_same_show = wish.show.pk == booking.show_id
    replacement = hold_seats(
        show=wish.show,
        seats=wish.seats,
        areas=wish.areas,
        customer=booking.customer,
        email=booking.email,
        channel=Booking.Channel.WEB if by_customer else Booking.Channel.BOX_OFFICE,
        made_by=None if by_customer else by,
        locale=booking.locale,
        terms=HoldTerms(kind=booking.kind, until=until, given_back=len(chosen) if is_same_show else 0),
    )
    if wish.is_even:
        _waive(replacement, quote_worth(booking, chosen))
    quote = _weigh(booking, wish, replacement.total, by_customer=by_customer)
    along = _take_along(booking, replacement, kept)
    replacement.name, replacement.email, replacement.phone = booking.name, booking.email, booking.phone
    replacement.link_version, replacement.credit = booking.link_version, quote.credit + along
    amounts = ["total", "discount", "tax", "credit"]
    replacement.save(update_fields=["name", "email", "phone", "link_version", *amounts])
    fresh = list(replacement.tickets.order_by("pk"))
    for old, new in zip(chosen, fresh, strict=True):
        new.attendee_name = old.attendee_name
    Ticket.objects.bulk_update(fresh, ["attendee_name"])
    exchange = Exchange.objects.create(
        booking=booking,
        replacement=replacement,
        worth=quote.worth + along,
        refund=quote.refund,
        reason=reason[:300],
        made_by=by,
    )
    exchange.tickets.set([*chosen, *kept])
    exchange.kept.set(kept)
    record(
        by=by,
        action=Action.START_EXCHANGE,
        on=booking,
        theater_id=booking.theater_id,
        before={"places": [f"{ticket.label} ({ticket.code})" for ticket in chosen], "worth": str(quote.worth)},
        after={
            "booking": replacement.code,
            "show": str(wish.show),
            "price": str(replacement.total),
            "due": str(replacement.due),
            "refund": str(quote.refund),
            **({"voucher": f"{booking.voucher} stays behind"} if booking.voucher and not wish.is_even else {}),
            **({"come along": [f"{ticket.label} ({ticket.code})" for ticket in kept]} if kept else {}),
        },
        reason=reason[:300],
    )
    return exchange


def _take_along(booking: Booking, replacement: Booking, kept: Sequence[Ticket]) -> Decimal:
    """Add the cost of the kept tickets to a new hold, unsaved; return their worth, which pays for it."""
    worth = quote_worth(booking, kept) if kept else ZERO
    if worth:
        costs = sum((ticket.cost for ticket in kept), ZERO)
        is_inside = booking.theater.prices_include_tax
        tax = booking.tax * worth / booking.total if is_inside else worth - costs
        replacement.tax += round_charge(tax, booking.currency)
    replacement.discount += sum((ticket.discount for ticket in kept), ZERO)
    replacement.total += worth
    return worth


def _waive(replacement: Booking, worth: Decimal) -> None:
    """Discount a new hold by what it costs more than the old tickets are worth."""
    if replacement.total <= worth:
        return
    theater = replacement.theater
    rate = theater.tax_rate
    net = worth if theater.prices_include_tax else round_charge(worth * 100 / (100 + rate), replacement.currency)
    tickets = list(replacement.tickets.order_by("pk"))
    prices = [ticket.price for ticket in tickets]
    discounts = split(sum(prices, ZERO) - net, prices, replacement.currency)
    tax = worth - net if not theater.prices_include_tax else worth * rate / (100 + rate)
    tax = round_charge(tax, replacement.currency)
    costs = [ticket.price - discount for ticket, discount in zip(tickets, discounts, strict=True)]
    amounts = split(worth, costs, replacement.currency)
    taxes = split(tax, amounts, replacement.currency)
    for ticket, discount, amount, part in zip(tickets, discounts, amounts, taxes, strict=True):
        ticket.discount, ticket.amount, ticket.tax = discount, amount, part
    Ticket.objects.bulk_update(tickets, ["discount", "amount", "tax"])
    replacement.discount, replacement.total, replacement.tax = sum(discounts, ZERO), worth, tax
    replacement.save(update_fields=["discount", "total", "tax"])


def _find_made(booking: Booking, wish: ExchangeWish) -> Booking:
    """Return what the same wish made before. Raises `WrongState` if the tickets went elsewhere."""
    made = booking.exchanges.filter(tickets__in=[ticket.pk for ticket in wish.tickets]).select_related("replacement")
    for exchange in made.distinct():
        if exchange.replacement.state == Booking.State.CONFIRMED and _is_for(exchange, wish):
            return exchange.replacement
    if wish.show.pk == booking.show_id:
        return move_tickets(booking=booking, tickets=wish.tickets, seats=wish.seats, areas=wish.areas, by=None)
    raise WrongState


def _find_open(booking: Booking, given_back: Sequence[Ticket]) -> list[Exchange]:
    """Return the exchanges that wait for a surcharge and count on any of these tickets. One query."""
    held = booking.exchanges.filter(replacement__state=Booking.State.HELD, tickets__in=given_back)
    return list(
        held.select_related("replacement__show__hall__theater", "replacement__theater")
        .distinct()
        .order_by("replacement")
    )


def _is_for(exchange: Exchange, wish: ExchangeWish) -> bool:
    """Return True if the replacement has exactly the wished-for places, apart from those that came along."""
    replacement = exchange.replacement
    if replacement.show_id != wish.show.pk:
        return False
    places = Counter(replacement.tickets.live().values_list("seat_id", "area_id"))
    if replacement.state != Booking.State.HELD:
        places.subtract(exchange.kept.values_list("seat_id", "area_id"))
    wanted: Counter[tuple[int | None, int | None]] = Counter((choice.seat_id, None) for choice in wish.seats)
    for choice in wish.areas:
        wanted[None, choice.area_id] += choice.quantity
    return +places == wanted
