"""Hold places for a customer: the moment that decides who gets a seat."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from bookings import locking
from bookings.errors import (
    AccountNeeded,
    IdempotencyKeyReused,
    NotOnSale,
    SeatsUnavailable,
    TooManyHolds,
    TooManyTickets,
    VoucherRefused,
    naming,
    refuse_lost,
)
from bookings.models import Booking, Ticket, Voucher, by_show
from bookings.pricing import ZERO
from bookings.seating.availability import forget_availability
from bookings.seating.chosen import AreaChoice, SeatChoice, ShowChoice
from bookings.services.limit_holds import FULL_HOLD_MINUTES, UNKNOWN_BROWSER, Browser, check_limits
from bookings.services.places import (
    Comparison,
    Places,
    check_rules,
    compare_places,
    find_all_in_the_way,
    find_reused,
    quote_places,
    read_own,
    refuse_seats,
)
from bookings.services.release_hold import Freed, drop_tickets, free_tickets
from bookings.services.vouchers import (
    QUOTED_SUMS,
    FeeTerms,
    check_period,
    check_uses_by_customer,
    find_voucher,
    quote_hold,
    save_quote,
)
from bookings.tallies import check_quotas, move_areas, move_vouchers
from events.models import WAIVABLE_RULES, Rule, Show
from events.models.settings import HOLD_MINUTES, choose_language
from lib.after_commit import after_commit
from lib.compiled import compiled, insert
from lib.refusals import Refusal
from theaters.models import Area, Seat, Theater

# How often a hold is tried after others were faster. The second try finds what is gone; the third is for
# the case that a winner let go in between.
HOLD_ATTEMPTS = 3


@dataclass(frozen=True)
class HoldTerms:
    """Terms of a hold that are not those of a customer's own.

    Everything but a sale is free of charge. `until` replaces the hold minutes of the shows; a house hold without it
    stays until staff lift it, and for customers it is how long an offer of the waiting list stands. By `cart`, a
    seller's page or a form that is sent twice finds the hold again.
    """

    kind: str = Booking.Kind.SALE
    until: datetime | None = None
    note: str = ""
    cart: str | None = None
    # Issued tickets that are given back for these. They do not count against the limit, and while they are valid
    # their places can be chosen again: such a ticket waits as released (see `services.complete_exchange`).
    given_back: Sequence[Ticket] = ()
    fees: FeeTerms = FeeTerms.ALL
    # Staff set aside the rules of ticket types that they may (`WAIVABLE_RULES`).
    waives_rules: bool = False


CUSTOMER_TERMS = HoldTerms()


@dataclass(frozen=True)
class HoldRequest:
    """What is asked for, with one choice for each show, and by whom."""

    choices: Sequence[ShowChoice]
    customer: User | None
    email: str
    channel: str
    made_by: User | None = None
    voucher_code: str | None = None
    idempotency_key: str | None = None
    locale: str = "en"
    into: Booking | None = None
    terms: HoldTerms = CUSTOMER_TERMS
    browser: Browser = UNKNOWN_BROWSER

    @property
    def is_box_office(self) -> bool:
        return self.channel == Booking.Channel.BOX_OFFICE


class _Lost(Exception):
    """Areas filled up between the check and the count."""

    def __init__(self, refusal: SeatsUnavailable) -> None:
        super().__init__()
        self.refusal = refusal


def hold_seats(
    *,
    show: Show,
    seats: Sequence[SeatChoice] = (),
    areas: Sequence[AreaChoice] = (),
    customer: User | None = None,
    email: str = "",
    channel: str = Booking.Channel.WEB,
    made_by: User | None = None,
    voucher_code: str | None = None,
    idempotency_key: str | None = None,
    locale: str = "en",
    into: Booking | None = None,
    terms: HoldTerms = CUSTOMER_TERMS,
    browser: Browser = UNKNOWN_BROWSER,
) -> Booking:
    """Hold all of these places for the show's hold minutes at today's prices, or none of them.

    `into` is a hold of the same customer at the same theater, which the caller has checked. It gets these places
    instead of those that it has of the show, and keeps its other tickets, its code and, unless `voucher_code` names
    another or is empty, its voucher. What it had of these places stays as it was quoted. The change renews it, at
    the box office always and elsewhere until `FULL_HOLD_MINUTES` after the oldest of its tickets was held, and
    never shortens it; `terms.until` decides instead. If this fails it stays as it was; if it is over already,
    these places become a hold of their own.

    Called again with the same `idempotency_key` by the same customer, it returns the booking that the first call
    made, whatever its state. A booking that was made or changed has its `made_tickets` loaded.

    `browser` is that of a visitor who is not signed in, for the limits of `limit_holds`. The box office
    (`channel`) may sell until the show ends and beyond the limits. Of `terms`, customers' own holds use only
    `cart`, `given_back` and, for an offer, `until`. At most eight queries for a customer who chooses seats.

    Raises `SeatsUnavailable` with every place that is gone, `NotOnSale`, `AccountNeeded`, `TooManyTickets`,
    `TooManyHolds`, `NothingChosen`, `UnknownPlace`, `NoPrice`, `CompanionAlone`, `TicketRulesBroken`,
    `VoucherRefused`, `IdempotencyKeyReused`.
    """
    if into is not None and customer is None:
        customer = into.customer
    email = email.strip().lower() or (customer.email if customer else "")
    # Without a customer, a key could collide with a stranger's.
    key = (idempotency_key or None) if customer else None
    code = voucher_code if voucher_code is None else voucher_code.strip()
    choice = ShowChoice(show, seats, areas)
    return hold_all(HoldRequest([choice], customer, email, channel, made_by, code, key, locale, into, terms, browser))


def hold_all(wish: HoldRequest) -> Booking:
    """Hold all that is asked for, or nothing, as `hold_seats` explains it."""
    attempt = 1
    while True:
        try:
            with transaction.atomic():
                found = _hold(wish)
            if isinstance(found, Booking):
                return found
            raise found
        except (Refusal, IntegrityError, _Lost) as error:
            earlier = find_earlier(wish) or (_find_made(wish) if isinstance(error, IntegrityError) else None)
            if earlier is not None:
                return earlier
            if isinstance(error, _Lost) and attempt == HOLD_ATTEMPTS:
                raise error.refusal from None
            if isinstance(error, Refusal) or attempt == HOLD_ATTEMPTS:
                raise
            attempt += 1


def _hold(wish: HoldRequest) -> Booking | SeatsUnavailable:
    """Return the hold, or why there is none if nothing was written: a rollback would forget prepared statements."""
    chosen = {choice.show.pk: choice for choice in wish.choices}
    if not wish.is_box_office:
        whose = (wish.email, wish.customer.email if wish.customer else "", wish.browser.network_key)
        locking.lock_customer({*chosen, *_find_shows(wish.into)}, *whose)
    now = timezone.now()
    shows = _read_shows(tuple(sorted(chosen)))
    places = {show: _quote(wish, show, chosen[show.pk], now) for show in shows}
    waits = {show: _find_waiting(wish, show, places[show]) for show in shows}
    taken = {show: places[show].leave_out(waits[show]) for show in shows}
    in_the_way = find_all_in_the_way(taken, own=wish.into, now=now)
    if isinstance(in_the_way, SeatsUnavailable):
        return in_the_way
    own_id = wish.into.pk if wish.into else None
    holds = locking.lock_holds(in_the_way.lapsed, now, own_id=own_id)
    if in_the_way.own_seats and all(hold.pk != own_id for hold in holds):
        raise refuse_seats(places, in_the_way.own_seats)
    own = next((hold for hold in holds if hold.pk == own_id and not hold.is_lapsed(now)), None)
    held = read_own(own) if own else []
    others = [ticket for ticket in held if ticket.show_id not in chosen]
    booking = own or _make_booking(wish, shows[0].hall.theater, now)
    booking.theater = shows[0].hall.theater
    changes = [compare_places(held, show, places[show]) for show in shows]
    added: list[Ticket] = []
    for change in changes:
        made = change.make_tickets(booking, now)
        for ticket, is_waiting in zip(made, waits[change.show], strict=False):
            ticket.state = Ticket.State.RELEASED if is_waiting else ticket.state
        added += made
    # The order in which they are inserted; see `locking`.
    added.sort(key=lambda one: (one.seat_id is None, one.seat_id or 0, one.show_id))
    dropped = [ticket for change in changes for ticket in change.dropped]
    tickets = [*others, *(ticket for change in changes for ticket in change.kept), *added]
    lapses_at = _find_end(wish, own, tickets, now)
    if not wish.is_box_office:
        lapses_at = _limit(wish, own, changes, others, lapses_at, now)
    former_voucher_id, had_fees = booking.voucher_id, bool(booking.fees)
    voucher = _find_voucher(wish, booking, now)
    requoted = quote_hold(booking, tickets, voucher, terms=wish.terms.fees)
    booking.expires_at = lapses_at

    freed = free_tickets([hold for hold in holds if hold is not own])
    _check_types(wish, own_id, tickets, added, dropped, now)
    _save(booking, wish, is_new=own is None)
    # Contested seats first. Our own seats are freed afterwards, so a competitor waits for us and never the
    # reverse: no deadlock.
    had = [ticket for ticket in added if (ticket.show_id, ticket.seat_id) in in_the_way.own_seats]
    insert(*(ticket for ticket in added if ticket not in had))
    if dropped:
        drop_tickets(dropped, now, given_up=[ticket for change in changes for ticket in change.given_up])
    insert(*had)
    save_quote(booking, [ticket for ticket in requoted if ticket not in added], had_fees=had_fees)
    _count(wish, booking, former_voucher_id, added, dropped, freed)
    if voucher is not None:
        check_uses_by_customer(booking, voucher, now)
    for show in shows:
        after_commit(forget_availability, show.pk)
    booking.made_tickets = tickets[len(others) :]
    return booking


def _check_types(  # noqa: PLR0917
    wish: HoldRequest,
    own_id: int | None,
    tickets: Sequence[Ticket],
    added: Sequence[Ticket],
    dropped: Sequence[Ticket],
    now: datetime,
) -> None:
    """Refuse ticket types that are not sold so. For an exchange, its service looks at what stays, too."""
    if wish.terms.kind != Booking.Kind.HOUSE and not wish.terms.given_back:
        shows = {choice.show.pk for choice in wish.choices}
        waived = WAIVABLE_RULES if wish.terms.waives_rules else frozenset[Rule]()
        check_rules(tickets, added=added, shows=shows, channel=wish.channel, now=now, waived=waived)
    check_quotas(own_id, tickets, added=added, dropped=dropped)


@compiled
def _read_shows(pks: tuple[int, ...]) -> QuerySet[Show]:
    return Show.objects.select_related("event", "hall__theater__city").filter(pk__in=pks).order_by("pk")


def _find_shows(hold: Booking | None) -> list[int]:
    """Return the shows of a hold that is not locked yet. One query if there is one."""
    if hold is None:
        return []
    held = Ticket.objects.filter(booking=hold, state=Ticket.State.HELD)
    return list(held.order_by().values_list("show_id", flat=True).distinct())


def _quote(wish: HoldRequest, show: Show, choice: ShowChoice, now: datetime) -> Places:
    """Quote the places of one show, if they may be sold to this customer now."""
    with naming(show):
        if not show.is_on_sale(now) and not (
            wish.is_box_office and show.state == Show.State.ON_SALE and now < show.ends_at
        ):
            raise NotOnSale
        # The link of an offer has proved the address of a party from the waiting list.
        if show.needs_account and wish.customer is None and not wish.is_box_office and wish.terms.until is None:
            raise AccountNeeded
        places = quote_places(show, choice.seats, choice.areas)
    if wish.terms.kind != Booking.Kind.SALE:
        places = replace(places, lines=[replace(line, price=ZERO) for line in places.lines])
    return places


def _find_waiting(wish: HoldRequest, show: Show, places: Places) -> list[bool]:
    """Return for each line whether it gets the place of a ticket that is given back, and so has to wait."""
    return find_reused(places.lines, (ticket for ticket in wish.terms.given_back if ticket.show_id == show.pk))


def _find_end(wish: HoldRequest, own: Booking | None, tickets: Sequence[Ticket], now: datetime) -> datetime | None:
    """Return until when the hold lasts if its limits allow it; None for a house hold that staff lift."""
    if wish.terms.until is not None or wish.terms.kind == Booking.Kind.HOUSE:
        return wish.terms.until
    until = now + timedelta(minutes=min(HOLD_MINUTES.of(choice.show.scope) for choice in wish.choices))
    if own is None or own.expires_at is None:
        return until
    if not wish.is_box_office:
        oldest = min(ticket.held_at for ticket in tickets)
        until = min(until, oldest + timedelta(minutes=FULL_HOLD_MINUTES))
    return max(until, own.expires_at)


def _limit(  # noqa: PLR0917
    wish: HoldRequest,
    own: Booking | None,
    changes: Sequence[Comparison],
    others: Sequence[Ticket],
    lapses_at: datetime | None,
    now: datetime,
) -> datetime | None:
    """Refuse new places beyond the limits; return until when these allow the hold to last.

    A hold that keeps places of other shows is not renewed if that would keep them for too long. One query for each
    show.
    """
    if lapses_at is None:
        return None
    check = partial(check_limits, customer=wish.customer, email=wish.email, browser=wish.browser, into=own, now=now)
    for change in changes:
        if change.lines:
            given_back = sum(ticket.show_id == change.show.pk for ticket in wish.terms.given_back)
            with naming(change.show):
                check(show=change.show, quantity=change.quantity, lapses_at=lapses_at, given_back=given_back)
    if own is None or own.expires_at is None or lapses_at <= own.expires_at:
        return lapses_at
    staying = Counter(ticket.show for ticket in others)
    staying.update(ticket.show for change in changes if not change.lines for ticket in change.kept)
    try:
        for show, quantity in staying.items():
            check(show=show, quantity=quantity, lapses_at=lapses_at)
    except (TooManyHolds, TooManyTickets):
        return own.expires_at
    return lapses_at


def _find_voucher(wish: HoldRequest, booking: Booking, now: datetime) -> Voucher | None:
    if wish.voucher_code is not None:
        return find_voucher(wish.voucher_code, booking.theater_id, now) if wish.voucher_code else None
    if booking.voucher is not None:
        check_period(booking.voucher, now)
    return booking.voucher


def _make_booking(wish: HoldRequest, theater: Theater, now: datetime) -> Booking:
    return Booking(
        theater=theater,
        customer=wish.customer,
        email=wish.email,
        name=wish.customer.name if wish.customer else "",
        phone=wish.customer.phone if wish.customer else "",
        channel=wish.channel,
        made_by=wish.made_by,
        created_at=now,
        kind=wish.terms.kind,
        currency=theater.currency,
        locale=choose_language(wish.locale, theater.pk),
        network_key=wish.browser.network_key,
        idempotency_key=wish.idempotency_key,
        cart=wish.terms.cart,
        note=wish.terms.note,
    )


def _save(booking: Booking, wish: HoldRequest, *, is_new: bool) -> None:
    """Insert a new booking, or update a hold with its new amounts, whose form or seller it was, and its account."""
    if is_new:
        insert(booking)
        return
    if booking.customer_id is None and wish.customer is not None:
        booking.customer, booking.email = wish.customer, wish.customer.email
        booking.name, booking.phone = booking.name or wish.customer.name, booking.phone or wish.customer.phone
    booking.made_by, booking.cart = wish.made_by or booking.made_by, wish.terms.cart or booking.cart
    contact = ("customer", "email", "name", "phone")
    booking.save(update_fields=[*contact, *QUOTED_SUMS, "expires_at", "made_by", "cart"])


def _count(  # noqa: PLR0917
    wish: HoldRequest,
    booking: Booking,
    former_voucher_id: int | None,
    added: Sequence[Ticket],
    dropped: Sequence[Ticket],
    freed: Freed,
) -> None:
    """Update the counters for what was taken and what was released, together and in their order."""
    held = [ticket for ticket in added if ticket.state == Ticket.State.HELD]
    areas = Counter((ticket.show_id, ticket.area_id) for ticket in held if ticket.area_id)
    areas.subtract((ticket.show_id, ticket.area_id) for ticket in dropped if ticket.area_id)
    areas.subtract(freed.areas)
    short = set(move_areas(areas))
    if short:
        lost = {
            show: SeatsUnavailable(
                areas=list({one.area for one in tickets if one.area and (show.pk, one.area_id) in short})
            )
            for show, tickets in by_show(added).items()
        }
        raise _Lost(refuse_lost(lost, are_several=len(wish.choices) > 1))
    vouchers = Counter([booking.voucher_id] if booking.voucher_id else [])
    vouchers.subtract([former_voucher_id] if former_voucher_id else [])
    vouchers.subtract(freed.vouchers)
    if move_vouchers(vouchers):
        raise VoucherRefused(gettext("This voucher is used up."))


def find_earlier(wish: HoldRequest) -> Booking | None:
    """Return the booking that this customer made with the same key; one query if there is a key.

    Raises `IdempotencyKeyReused` if that call asked for something else.
    """
    if wish.idempotency_key is None:
        return None
    earlier = Booking.objects.filter(customer=wish.customer, idempotency_key=wish.idempotency_key).first()
    if earlier is None:
        return None
    if not _is_same(earlier, wish):
        raise IdempotencyKeyReused
    return earlier


def _find_made(wish: HoldRequest) -> Booking | None:
    """Return the hold that the same form of a page made when it was sent before. One query if there is a form."""
    if wish.terms.cart is None or wish.channel != Booking.Channel.WEB:
        return None
    theater = wish.choices[0].show.hall.theater_id
    made = Booking.objects.filter(theater=theater, cart=wish.terms.cart, channel=wish.channel, customer=wish.customer)
    return made.filter(state=Booking.State.HELD).first()


def _is_same(earlier: Booking, wish: HoldRequest) -> bool:
    """Return True if a booking has the requested places, ticket types and voucher."""
    requested: list[tuple[int, Any, Any, int | None]] = []
    for one in wish.choices:
        requested += [(one.show.pk, choice.seat_id, None, choice.ticket_type_id) for choice in one.seats]
        for choice in one.areas:
            requested += [(one.show.pk, None, choice.area_id, choice.ticket_type_id)] * choice.quantity
    tickets = earlier.tickets.order_by()
    booked: list[tuple[int, Any, Any, int]] = list(
        tickets.values_list("show_id", "seat_id", "area_id", "ticket_type_id")
    )
    if Counter(one[:-1] for one in requested) != Counter(one[:-1] for one in booked):
        # A show may have got another version of its seat map since: the same places have the same ids of the layout.
        seats = dict(Seat.objects.filter(pk__in={one[1] for one in requested}).values_list("pk", "guid"))
        areas = dict(Area.objects.filter(pk__in={one[2] for one in requested}).values_list("pk", "guid"))
        requested = [(show, seats.get(seat), areas.get(area), kind) for show, seat, area, kind in requested]
        booked = list(tickets.values_list("show_id", "seat__guid", "area__guid", "ticket_type_id"))
    # A choice without a ticket type got the default one at that time.
    has_types = Counter(one for one in requested if one[-1] is not None) <= Counter(booked)
    has_places = Counter(one[:-1] for one in requested) == Counter(one[:-1] for one in booked)
    voucher = earlier.voucher.code_key if earlier.voucher else ""
    return has_places and has_types and voucher == Voucher.key_of(wish.voucher_code or "")
