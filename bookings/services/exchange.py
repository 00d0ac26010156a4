"""Exchange tickets for others, of the same show or of another one of the theater, at the difference in price.

The booking keeps its code. The new places are held by a hold of their own while the old tickets stay valid. What
the old tickets are worth pays for them (`Booking.credit`). If nothing is left to pay, the exchange is completed at
once; otherwise when the surcharge comes, by any way of paying. If it never comes, the hold lapses, and nothing has
changed. If the old tickets are worth more, the rest is refunded through the gateway that they were paid by.

The places of the old tickets can be chosen again, for other ticket types. If nothing changes but seats, because
what they cost stays the same, the tickets simply move (`move_tickets.py`).

Rules: tickets that were used are not exchanged. Customers may exchange for as long as they could cancel.
Of what is left over they get the share that the show's policy refunds; what they give back for other
tickets counts in full. Staff may always exchange, in full, and may waive the difference.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
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
from bookings.models import Booking, Exchange, Ticket, by_show
from bookings.pricing import ZERO, split
from bookings.seating.chosen import AreaChoice, SeatChoice
from bookings.services.cancel import CancellationQuote, percent_of, quote_cancellation, quote_in_full, quote_worth
from bookings.services.companions import object_to_leaving
from bookings.services.complete_exchange import complete_exchange, find_counting_fees, object_to_exchange
from bookings.services.hold_seats import HoldTerms, hold_seats
from bookings.services.move_tickets import lock_issued, move_tickets
from bookings.services.places import QuotedLine, quote_places
from bookings.services.refund import share
from bookings.services.release_hold import release_hold
from bookings.services.vouchers import FeeTerms, quote_hold
from events.models import Show
from lib.money import round_charge
from lib.refusals import ProblemType, Refusal
from theaters.models import Theater

_NOT_BOUGHT = _("Tickets that were not bought can only be exchanged by the box office.")
_SHOW_CANCELED = _("The show is canceled, and its tickets are refunded in full.")


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

    If `is_move`, the tickets only get other seats at the price that they have. A voucher does not carry over:
    `lost_discount` is what it took off the tickets that are given back.
    """

    worth: Decimal
    price: Decimal
    credit: Decimal
    due: Decimal
    refund: Decimal
    is_move: bool = False
    lost_discount: Decimal = ZERO

    @property
    def kept(self) -> Decimal:
        """What the theater keeps of what is left over, by the policy of the show."""
        return self.worth - self.credit - self.refund


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
    now = timezone.now()
    _check(booking, wish, now, by_customer=by_customer)
    show = Show.objects.select_related("hall__theater").get(pk=wish.show.pk)
    theater = show.hall.theater
    lines = quote_places(show, wish.seats, wish.areas).lines
    if reason := object_to_leaving(booking, wish.tickets, now, by_customer=by_customer, coming=lines, to=show):
        raise NotExchangeable(reason)
    if _is_move(booking, wish, lines):
        worth = quote_worth(booking, wish.tickets)
        return ExchangeQuote(worth, worth, worth, ZERO, ZERO, is_move=True)
    draft = _draft(booking, theater, wish, lines, by_customer=by_customer)
    quote = _weigh(booking, wish, draft, by_customer=by_customer)
    is_lost = booking.voucher_id is not None and not wish.is_even
    lost = sum((ticket.discount for ticket in wish.tickets), ZERO) if is_lost else ZERO
    return replace(quote, lost_discount=lost)


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
    """Exchange the tickets, or hold others until the surcharge is paid.

    Returns this booking once the exchange is made; otherwise the hold, which lives until `until` (the usual time
    by default) and says what is `due`. With `send_link`, the customer is sent a link to pay. Called again with the
    same wish, it finds what the first call made; called with another wish, it gives up a hold that is not paid yet.

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
        for open_one, hold in _find_open(booking, chosen):
            if _is_for(open_one, wish) and not hold.is_lapsed(now):
                return hold
            release_hold(booking=hold, by=by)
        exchange, hold = _begin(booking, wish, chosen, by=by, reason=reason, until=until, by_customer=by_customer)
        if not hold.due:
            if object_to_exchange(exchange, booking) is not None:
                raise WrongState
            complete_exchange(exchange, booking=booking, hold=hold, now=now, by=by)
            return booking
        if send_link:
            messages.notify_surcharge(exchange)
    return hold


def find_open_exchanges(booking: Booking) -> list[Exchange]:
    """Return the exchanges of this booking that wait for their surcharge. One query."""
    return list(booking.exchanges.filter(hold__state=Booking.State.HELD).select_related("hold__theater__city"))


def find_exchangeable(booking: Booking, tickets: Iterable[Ticket], quote: CancellationQuote) -> list[Ticket]:
    """Return those of the valid tickets that a customer may exchange, by the quote for canceling all. No query."""
    if booking.kind != Booking.Kind.SALE:
        return []
    return [one for one in tickets if one.pk in quote.by_ticket and one.show.state != Show.State.CANCELED]


def explain_not_exchangeable(booking: Booking, quote: CancellationQuote) -> str:
    """Return why a customer may exchange none of the tickets, where `find_exchangeable` finds none."""
    if booking.kind != Booking.Kind.SALE:
        return str(_NOT_BOUGHT)
    return str(_SHOW_CANCELED if quote.is_allowed else quote.reason)


def _check(booking: Booking, wish: ExchangeWish, now: datetime, *, by_customer: bool) -> None:
    if booking.state != Booking.State.CONFIRMED:
        raise NotExchangeable(_("Only a confirmed booking can be exchanged."))
    if wish.show.hall.theater_id != booking.theater_id:
        raise NotExchangeable(_("Tickets can only be exchanged for shows of the same theater."))
    places = len(wish.seats) + sum(choice.quantity for choice in wish.areas)
    if places != len(wish.tickets):
        raise UnknownPlace
    if any(ticket.show.state == Show.State.CANCELED for ticket in wish.tickets):
        raise NotExchangeable(_SHOW_CANCELED)
    if by_customer:
        if booking.kind != Booking.Kind.SALE:
            raise NotExchangeable(_NOT_BOUGHT)
        quote = quote_cancellation(booking, wish.tickets, now=now)
        if not quote.is_allowed:
            raise NotExchangeable(quote.reason)


def _is_move(booking: Booking, wish: ExchangeWish, lines: Sequence[QuotedLine]) -> bool:
    """Return True if the tickets only change seats, because what they cost stays the same."""
    if any(ticket.show_id != wish.show.pk for ticket in wish.tickets):
        return False
    kinds = Counter((line.place.category_id, line.ticket_type_id) for line in lines)
    is_same_kind = kinds == Counter((ticket.category_id, ticket.ticket_type_id) for ticket in wish.tickets)
    costs = sum((ticket.price for ticket in wish.tickets), ZERO)
    is_free = booking.kind != Booking.Kind.SALE
    return wish.is_even or is_free or is_same_kind or sum((line.price for line in lines), ZERO) == costs


def _draft(
    booking: Booking, theater: Theater, wish: ExchangeWish, lines: Sequence[QuotedLine], *, by_customer: bool
) -> Booking:
    """Return the hold that an exchange would make, unsaved, with its amounts."""
    draft = Booking(theater=theater, currency=theater.currency, kind=booking.kind, channel=_channel(by_customer))
    prices = [line.price if booking.kind == Booking.Kind.SALE else ZERO for line in lines]
    tickets = [
        Ticket(show=wish.show, category=line.category, ticket_type=line.ticket_type, price=price)
        for line, price in zip(lines, prices, strict=True)
    ]
    quote_hold(draft, tickets, None, terms=_fee_terms(wish))
    return draft


def _fee_terms(wish: ExchangeWish) -> FeeTerms:
    return FeeTerms.NONE if wish.is_even else FeeTerms.PER_TICKET


def _channel(by_customer: bool) -> Booking.Channel:
    return Booking.Channel.WEB if by_customer else Booking.Channel.BOX_OFFICE


def _weigh(booking: Booking, wish: ExchangeWish, hold: Booking, *, by_customer: bool) -> ExchangeQuote:
    """Weigh what the tickets count for against what the others cost. Fees count for fees, and never come back."""
    worth, price = quote_worth(booking, wish.tickets), hold.total
    if wish.is_even:
        return ExchangeQuote(worth, price, min(worth, price), ZERO, ZERO)
    fees = ZERO
    if booking.fees and hold.fees:
        left = quote_in_full(booking, wish.tickets) - worth
        fees = min(sum(find_counting_fees(wish.tickets, hold.fees).values(), ZERO), left)
    price -= fees
    credit = min(worth, price)
    refund = worth - credit
    if by_customer and refund:
        weights = {ticket.pk: ticket.worth for ticket in wish.tickets}
        parts = share(refund, weights, booking.currency)
        refund = ZERO
        for show, tickets in by_show(wish.tickets).items():
            whole = sum((parts[ticket.pk] for ticket in tickets), ZERO)
            refund += round_charge(whole * percent_of(show, tickets) / 100, booking.currency)
    return ExchangeQuote(worth + fees, price + fees, credit + fees, price - credit, refund)


def _begin(
    booking: Booking,
    wish: ExchangeWish,
    chosen: Sequence[Ticket],
    *,
    by: User | None,
    reason: str,
    until: datetime | None,
    by_customer: bool,
) -> tuple[Exchange, Booking]:
    """Hold the new places for the same person, with the worth of the old tickets as credit."""
    hold = hold_seats(
        show=wish.show,
        seats=wish.seats,
        areas=wish.areas,
        customer=booking.customer,
        email=booking.email,
        channel=_channel(by_customer),
        made_by=None if by_customer else by,
        locale=booking.locale,
        terms=HoldTerms(kind=booking.kind, until=until, given_back=chosen, fees=_fee_terms(wish)),
    )
    if wish.is_even:
        _waive(hold, quote_worth(booking, chosen))
    quote = _weigh(booking, wish, hold, by_customer=by_customer)
    hold.name, hold.email, hold.phone = booking.name, booking.email, booking.phone
    hold.link_version, hold.credit = booking.link_version, quote.credit
    hold.save(update_fields=["name", "email", "phone", "link_version", "credit"])
    exchange = Exchange.objects.create(
        booking=booking, hold=hold, worth=quote.worth, refund=quote.refund, reason=reason[:300], made_by=by
    )
    exchange.returned.set(chosen)
    fresh = list(hold.tickets.order_by("pk"))
    for old, new in zip(chosen, fresh, strict=True):
        new.attendee_name, new.attendee_email, new.exchange = old.attendee_name, old.attendee_email, exchange
    Ticket.objects.bulk_update(fresh, ["attendee_name", "attendee_email", "exchange"])
    record(
        by=by,
        action=Action.START_EXCHANGE,
        on=booking,
        theater_id=booking.theater_id,
        before={"places": [f"{ticket.label} ({ticket.code})" for ticket in chosen], "worth": str(quote.worth)},
        after={
            "show": str(wish.show),
            "price": str(hold.total),
            "due": str(hold.due),
            "refund": str(quote.refund),
            **({"voucher": f"{booking.voucher} stays behind"} if booking.voucher and not wish.is_even else {}),
        },
        reason=reason[:300],
    )
    return exchange, hold


def _waive(hold: Booking, worth: Decimal) -> None:
    """Discount a new hold by what it costs more than the old tickets are worth."""
    if hold.total <= worth:
        return
    theater = hold.theater
    tickets = list(hold.tickets.order_by("pk"))
    rate = tickets[0].tax_rate
    net = worth if theater.prices_include_tax else round_charge(worth * 100 / (100 + rate), hold.currency)
    prices = [ticket.price for ticket in tickets]
    discounts = split(sum(prices, ZERO) - net, prices, hold.currency)
    tax = worth - net if not theater.prices_include_tax else worth * rate / (100 + rate)
    tax = round_charge(tax, hold.currency)
    costs = [ticket.price - discount for ticket, discount in zip(tickets, discounts, strict=True)]
    amounts = split(worth, costs, hold.currency)
    taxes = split(tax, amounts, hold.currency)
    for ticket, discount, amount, part in zip(tickets, discounts, amounts, taxes, strict=True):
        ticket.discount, ticket.amount, ticket.tax = discount, amount, part
    Ticket.objects.bulk_update(tickets, ["discount", "amount", "tax"])
    hold.discount, hold.total, hold.tax = sum(discounts, ZERO), worth, tax
    hold.save(update_fields=["discount", "total", "tax"])


def _find_made(booking: Booking, wish: ExchangeWish) -> Booking:
    """Return the booking if the same wish was fulfilled before. Raises `WrongState` if the tickets went elsewhere."""
    made = booking.exchanges.filter(returned__in=[ticket.pk for ticket in wish.tickets], completed_at__isnull=False)
    if any(_is_for(exchange, wish) for exchange in made.distinct()):
        return booking
    if all(ticket.show_id == wish.show.pk for ticket in wish.tickets):
        return move_tickets(booking=booking, tickets=wish.tickets, seats=wish.seats, areas=wish.areas, by=None)
    raise WrongState


def _find_open(booking: Booking, given_back: Sequence[Ticket]) -> list[tuple[Exchange, Booking]]:
    """Return the exchanges that wait for a surcharge and count on any of these tickets, with holds. One query."""
    waiting = booking.exchanges.filter(hold__state=Booking.State.HELD, returned__in=given_back)
    rows = waiting.select_related("hold__theater").distinct().order_by("hold")
    return [(exchange, exchange.hold) for exchange in rows if exchange.hold is not None]


def _is_for(exchange: Exchange, wish: ExchangeWish) -> bool:
    """Return True if the tickets taken have exactly the wished-for places, and the ticket types that it names."""
    types = [*(seat.ticket_type_id for seat in wish.seats), *(area.ticket_type_id for area in wish.areas)]
    names_types = None not in types
    rows = exchange.taken.values_list("show_id", "seat_id", "area_id", "ticket_type_id")
    taken = Counter((*place, type_id if names_types else None) for *place, type_id in rows)
    show_id = wish.show.pk
    wanted: Counter[tuple[int | None, ...]] = Counter()
    for seat in wish.seats:
        wanted[show_id, seat.seat_id, None, seat.ticket_type_id if names_types else None] += 1
    for area in wish.areas:
        wanted[show_id, None, area.area_id, area.ticket_type_id if names_types else None] += area.quantity
    return taken == wanted
