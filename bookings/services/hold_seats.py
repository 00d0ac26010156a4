"""Hold places for a customer: the moment that decides who gets a seat."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from bookings import locking
from bookings.errors import (
    AccountNeeded,
    IdempotencyKeyReused,
    NotOnSale,
    SeatsUnavailable,
    VoucherRefused,
)
from bookings.models import Booking, Ticket, Voucher
from bookings.pricing import ZERO, quote_booking
from bookings.seating.availability import forget_availability
from bookings.seating.chosen import AreaChoice, SeatChoice
from bookings.services.limit_holds import UNKNOWN_BROWSER, Browser, check_limits
from bookings.services.places import Places, QuotedLine, find_in_the_way, quote_places
from bookings.services.release_hold import Freed, free_tickets
from bookings.services.vouchers import check_uses_by_customer, find_voucher, quote_voucher
from bookings.tallies import move_areas, move_vouchers
from events.models import Show
from lib.after_commit import after_commit
from lib.refusals import Refusal
from lib.search_keys import voucher_key
from theaters.models import Area

# How often a hold is tried after others were faster. The second try finds what is gone; the third is for
# the case that a winner let go in between.
HOLD_ATTEMPTS = 3


@dataclass(frozen=True)
class HoldTerms:
    """Terms of a hold that are not those of a customer's own.

    Everything but a sale is free of charge. `until` replaces `HOLD_MINUTES`; a house hold without it stays until
    staff lift it, and for customers it is how long an offer of the waiting list stands. By `cart`, a seller's page
    or a guest's form that is sent twice finds the hold again.
    """

    kind: str = Booking.Kind.SALE
    until: datetime | None = None
    note: str = ""
    cart: str | None = None
    # Tickets for the same show that are given back for these; they do not count against the limit.
    given_back: int = 0


CUSTOMER_TERMS = HoldTerms()


@dataclass(frozen=True)
class _HoldRequest:
    show_id: int
    seats: Sequence[SeatChoice]
    areas: Sequence[AreaChoice]
    customer: User | None
    email: str
    channel: str
    made_by: User | None
    voucher_code: str
    idempotency_key: str | None
    locale: str
    replaces: Booking | None
    terms: HoldTerms
    browser: Browser


class _Lost(Exception):
    """Areas filled up between the check and the count."""

    def __init__(self, areas: list[Area]) -> None:
        super().__init__()
        self.areas = areas


def hold_seats(
    *,
    show: Show,
    seats: Sequence[SeatChoice] = (),
    areas: Sequence[AreaChoice] = (),
    customer: User | None = None,
    email: str = "",
    channel: str = Booking.Channel.WEB,
    made_by: User | None = None,
    voucher_code: str = "",
    idempotency_key: str | None = None,
    locale: str = "en",
    replaces: Booking | None = None,
    terms: HoldTerms = CUSTOMER_TERMS,
    browser: Browser = UNKNOWN_BROWSER,
) -> Booking:
    """Hold all of these places for `HOLD_MINUTES` at today's prices, or none of them.

    `replaces` is a hold of the same customer for the same show, which the caller has checked. It is given up in
    the same transaction, so that its seats may be chosen again, and stays if this fails. Called again with the
    same `idempotency_key` by the same customer, it returns the booking that the first call made, whatever its
    state. A new booking has its `made_tickets` loaded.

    `browser` is that of a visitor who is not signed in, for the limits of `limit_holds`. The box office
    (`channel`) may sell until the show ends and beyond the limits. Of `terms`, customers' own holds use only
    `cart`, `note`, `given_back` and, for an offer, `until`. At most eight queries for a customer who chooses seats.

    Raises `SeatsUnavailable` with every place that is gone, `NotOnSale`, `AccountNeeded`, `TooManyTickets`,
    `TooManyHolds`, `NothingChosen`, `UnknownPlace`, `NoPrice`, `VoucherRefused`, `IdempotencyKeyReused`.
    """
    email = email.strip().lower() or (customer.email if customer else "")
    # Without a customer, a key could collide with a stranger's.
    key = (idempotency_key or None) if customer else None
    code = voucher_code.strip()
    wish = _HoldRequest(
        show.pk, seats, areas, customer, email, channel, made_by, code, key, locale, replaces, terms, browser
    )
    attempt = 1
    while True:
        try:
            with transaction.atomic():
                return _hold(wish)
        except (Refusal, IntegrityError, _Lost) as error:
            earlier = _find_earlier(wish)
            if earlier is not None:
                return earlier
            if isinstance(error, _Lost) and attempt == HOLD_ATTEMPTS:
                raise SeatsUnavailable(areas=error.areas) from None
            if isinstance(error, Refusal) or attempt == HOLD_ATTEMPTS:
                raise
            attempt += 1


def _hold(wish: _HoldRequest) -> Booking:
    is_box_office = wish.channel == Booking.Channel.BOX_OFFICE
    if not is_box_office:
        whose = (wish.email, wish.customer.email if wish.customer else "", wish.browser.network_key)
        locking.lock_customer([wish.show_id], *whose)
    now = timezone.now()
    show = Show.objects.select_related("event", "hall__theater__city").get(pk=wish.show_id)
    _check_on_sale(show, now, is_box_office=is_box_office)
    # The link of an offer has proved the address of a party from the waiting list.
    if show.needs_account and wish.customer is None and not is_box_office and wish.terms.until is None:
        raise AccountNeeded
    places = quote_places(show, wish.seats, wish.areas)
    if wish.terms.kind != Booking.Kind.SALE:
        places = replace(places, lines=[replace(line, price=ZERO) for line in places.lines])
    lapses_at = wish.terms.until or now + timedelta(minutes=settings.HOLD_MINUTES)
    if not is_box_office:
        check_limits(
            show=show,
            quantity=len(places.lines),
            lapses_at=lapses_at,
            customer=wish.customer,
            email=wish.email,
            browser=wish.browser,
            replaces=wish.replaces,
            given_back=wish.terms.given_back,
            now=now,
        )
    voucher = find_voucher(wish.voucher_code, show, now) if wish.voucher_code else None

    in_the_way = find_in_the_way(
        show, seats=places.seats, areas=places.areas, wanted=places.wanted, own=wish.replaces, now=now
    )
    own_id = wish.replaces.pk if wish.replaces else None
    holds = locking.lock_holds(in_the_way.lapsed, now, own_id=own_id)
    own = [hold for hold in holds if hold.pk == own_id]
    if in_the_way.own_seats and not own:
        raise SeatsUnavailable([places.seats[pk] for pk in sorted(in_the_way.own_seats)])
    freed = free_tickets([hold for hold in holds if hold.pk != own_id])

    booking, tickets = _build(wish, show, voucher, places.lines, now=now, lapses_at=lapses_at)
    booking.save(force_insert=True)
    # Contested seats first. Our own seats are freed afterwards, so a competitor waits for us and never the
    # reverse: no deadlock.
    Ticket.objects.bulk_create([ticket for ticket in tickets if ticket.seat_id not in in_the_way.own_seats])
    if own:
        freed.add(free_tickets(own))
        Ticket.objects.bulk_create([ticket for ticket in tickets if ticket.seat_id in in_the_way.own_seats])
    _count(booking, places, freed, show)
    if voucher is not None:
        check_uses_by_customer(booking, voucher, now)
    after_commit(forget_availability, show.pk)
    booking.made_tickets = tickets
    return booking


def _check_on_sale(show: Show, now: datetime, *, is_box_office: bool) -> None:
    if show.is_on_sale(now):
        return
    if not (is_box_office and show.state == Show.State.ON_SALE and now < show.ends_at):
        raise NotOnSale


def _build(
    wish: _HoldRequest,
    show: Show,
    voucher: Voucher | None,
    lines: Sequence[QuotedLine],
    *,
    now: datetime,
    lapses_at: datetime,
) -> tuple[Booking, list[Ticket]]:
    theater, terms = show.hall.theater, wish.terms
    is_house = terms.kind == Booking.Kind.HOUSE
    discounts = quote_voucher(voucher, lines, theater.currency) if voucher else [ZERO] * len(lines)
    quote = quote_booking(
        [line.price for line in lines],
        discounts,
        currency=theater.currency,
        tax_rate=theater.tax_rate,
        includes_tax=theater.prices_include_tax,
    )
    booking = Booking(
        theater=theater,
        show=show,
        customer=wish.customer,
        email=wish.email,
        name=wish.customer.name if wish.customer else "",
        phone=wish.customer.phone if wish.customer else "",
        channel=wish.channel,
        made_by=wish.made_by,
        created_at=now,
        kind=terms.kind,
        expires_at=None if is_house and terms.until is None else lapses_at,
        currency=theater.currency,
        total=quote.total,
        discount=quote.discount,
        fees=quote.fees,
        tax=quote.tax,
        voucher=voucher,
        locale=wish.locale,
        network_key=wish.browser.network_key,
        idempotency_key=wish.idempotency_key,
        cart=terms.cart,
        note=terms.note,
    )
    tickets = [
        Ticket(
            booking=booking,
            show=show,
            seat=line.seat,
            area=line.area,
            category=line.category,
            ticket_type=line.ticket_type,
            price=line.price,
            discount=discount,
            amount=amount,
            tax=tax,
        )
        for line, discount, amount, tax in zip(lines, discounts, quote.amounts, quote.taxes, strict=True)
    ]
    return booking, tickets


def _count(booking: Booking, places: Places, freed: Freed, show: Show) -> None:
    """Update the counters for what was taken and what was released, together and in their order."""
    areas: Counter[tuple[int, int]] = Counter({(show.pk, pk): quantity for pk, quantity in places.wanted.items()})
    areas.subtract(freed.areas)
    short = move_areas(areas)
    if short:
        raise _Lost([places.areas[area_id].area for _show_id, area_id in short])
    vouchers = Counter([booking.voucher_id] if booking.voucher_id else [])
    vouchers.subtract(freed.vouchers)
    if move_vouchers(vouchers):
        raise VoucherRefused(gettext("This voucher is used up."))


def _find_earlier(wish: _HoldRequest) -> Booking | None:
    """Return the booking that this customer made with the same key; one query if there is a key.

    Raises `IdempotencyKeyReused` if that call asked for something else.
    """
    if wish.idempotency_key is None:
        return None
    earlier = Booking.objects.filter(customer=wish.customer, idempotency_key=wish.idempotency_key).first()
    if earlier is None:
        return None
    if earlier.show_id != wish.show_id or not _is_same(earlier, wish):
        raise IdempotencyKeyReused
    return earlier


def _is_same(earlier: Booking, wish: _HoldRequest) -> bool:
    """Return True if a booking has the requested places, ticket types and voucher."""
    requested: list[tuple[int | None, int | None, int | None]] = [
        (choice.seat_id, None, choice.ticket_type_id) for choice in wish.seats
    ]
    for choice in wish.areas:
        requested += [(None, choice.area_id, choice.ticket_type_id)] * choice.quantity
    booked = list(earlier.tickets.order_by().values_list("seat_id", "area_id", "ticket_type_id"))
    # A choice without a ticket type got the default one at that time.
    has_types = Counter(one for one in requested if one[2] is not None) <= Counter(booked)
    has_places = Counter(one[:2] for one in requested) == Counter(one[:2] for one in booked)
    voucher = earlier.voucher.code_key if earlier.voucher else ""
    return has_places and has_types and voucher == voucher_key(wish.voucher_code)
