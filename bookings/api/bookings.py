"""API calls by which customers book, pay and cancel."""

from collections.abc import Iterable
from contextlib import nullcontext
from decimal import Decimal
from typing import Annotated, Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from ninja import Header, Query, Router, Status

from accounts.api import jwt_auth
from accounts.models import User
from bookings.access import booking_url, customer_bookings, find_customer_booking
from bookings.errors import HoldExpired, WrongState
from bookings.models import Acceptance, Booking, Ticket, by_show
from bookings.schemas import (
    BookingIn,
    BookingOut,
    BookingsOut,
    BookingTermsOut,
    CancellationOut,
    CancelQuery,
    ItemIn,
    PaymentIn,
)
from bookings.seating.chosen import AreaChoice, SeatChoice, ShowChoice
from bookings.selectors import in_seating_order, read_show, read_tickets, with_shows
from bookings.services.accept_terms import accept_current, take_acceptance
from bookings.services.cancel import cancel_tickets
from bookings.services.confirm import confirm_free
from bookings.services.hold_basket import hold_basket
from bookings.services.hold_best import BestChoice
from bookings.services.pay import pay_with_token
from bookings.throttles import limit_wrong_codes
from bookings.tickets.codes import sign
from events.models import Show
from events.schemas import Paging
from legal.texts import PublishedVersion, read_current
from lib.api_answers import may_answer
from lib.money import round_money
from lib.problem_types import INVALID_INPUT, NOT_FOUND
from lib.problems import Problem
from payments.models import Refund
from theaters.brands import brand_of
from theaters.directory import read_directory
from waiting_room.turns import require_turn

booking_router = Router(tags=["bookings"], auth=jwt_auth)


@booking_router.post(
    "/bookings",
    response={201: BookingOut},
    openapi_extra=may_answer(
        "not-found",
        "seats-unavailable",
        "several-theaters",
        "not-on-sale",
        "nothing-chosen",
        "unknown-place",
        "too-many-tickets",
        "too-many-holds",
        "no-price",
        "companion-alone",
        "ticket-rules",
        "voucher-refused",
        "details-missing",
        "idempotency-key-reused",
        "waiting-room",
    ),
)
def create_booking(
    request: HttpRequest,
    wish: BookingIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=80)] = None,
) -> Status[dict[str, Any]]:
    """Hold all of these places for a while, or none of them.

    For several shows of one theater, send `items` instead of `show`: they become one booking, with one payment. A
    refusal because of one of them names it as `show`, and `seats-unavailable` has the `show` of each place.

    Send an `Idempotency-Key` of your own: the same call again, after a lost answer, finds the same booking.

    A show in high demand admits accounts in turn: `waiting-room` says how many come before yours, and
    `POST /shows/{code}/waiting-room` takes a place in line or tells where it is.
    """
    user = user_of(request)
    choices = _read_choices(wish)
    require_turn(user, [choice.show.code for choice in choices])
    with limit_wrong_codes(request) if wish.voucher else nullcontext():
        booking = hold_basket(
            choices=choices,
            customer=user,
            channel=Booking.Channel.API,
            voucher_code=wish.voucher,
            idempotency_key=idempotency_key,
            locale=user.language,
        )
    if booking.made_tickets is None:
        # Made by an earlier call.
        return Status(201, _describe(_find(user, booking.code)))
    return Status(201, _describe(booking, in_seating_order(booking.made_tickets)))


@booking_router.post(
    "/bookings/{slug:code}/pay",
    response={200: BookingOut, 202: BookingOut},
    openapi_extra=may_answer(
        "payment-declined",
        "terms-not-accepted",
        "hold-expired",
        "wrong-state",
        "nothing-to-pay",
        "gateway-not-offered",
        "gateway-unavailable",
    ),
)
def pay_booking(request: HttpRequest, code: str, payment: PaymentIn) -> Status[dict[str, Any]]:
    """Pay a hold with a token of a payment gateway; a booking that costs nothing is confirmed by any.

    202: the gateway answers later, and the booking is confirmed then. Paying again what is paid changes nothing.
    """
    user = user_of(request)
    booking = find_customer_booking(user, code)
    if booking.state != Booking.State.CONFIRMED:
        try:
            shown = payment.accepted_terms
            if shown is None and (entry := read_directory().theaters.get(booking.theater_id)) and entry.asks_terms_box:
                shown = []
            accepted = None if shown is None else accept_current(booking.theater_id, Acceptance.How.API, shown)
            if booking.due:
                booking = pay_with_token(
                    booking=booking, gateway=payment.gateway, token=payment.token, accepted=accepted
                )
            else:
                with transaction.atomic():
                    booking = confirm_free(booking=booking)
                    if accepted is not None:
                        take_acceptance(booking, accepted)
        except WrongState:
            # The same call in another thread was faster.
            booking = _find(user, code)
            if booking.state != Booking.State.CONFIRMED:
                raise
    if booking.state in (Booking.State.EXPIRED, Booking.State.CANCELED):
        # The money came too late, and goes back.
        raise HoldExpired
    status = 200 if booking.state == Booking.State.CONFIRMED else 202
    return Status(status, _describe(booking, booking.made_tickets or read_tickets(booking)))


@booking_router.get("/bookings", response=BookingsOut)
def list_bookings(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """List your bookings, the newest first."""
    bookings = customer_bookings(user_of(request)).order_by("-created_at", "-pk")
    page = _readable(bookings)[paging.offset : paging.offset + paging.limit]
    return {"items": [_describe(booking) for booking in page], "count": bookings.count()}


@booking_router.get("/bookings/{slug:code}", response=BookingOut)
def get_booking(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return all details of one of your bookings."""
    return _describe(_find(user_of(request), code))


@booking_router.get("/bookings/{slug:code}/terms", response=BookingTermsOut)
def get_booking_terms(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return the legal texts of the booking's theater that hold today, and those that were accepted for it."""
    booking = _find(user_of(request), code)
    return {
        "current": [_describe_terms(booking, one) for one in read_current(booking.theater_id)],
        "accepted": [
            {
                **_describe_terms(booking, PublishedVersion.of(one.version)),
                "how": one.how,
                "language": one.language,
                "accepted_at": one.accepted_at,
            }
            for one in booking.acceptances.select_related("version")
        ],
    }


def _describe_terms(booking: Booking, version: PublishedVersion) -> dict[str, Any]:
    return {
        "id": version.pk,
        "kind": version.kind,
        "title": version.title,
        "version": version.number,
        "holds_from": version.holds_from,
        "url": f"{brand_of(booking.theater_id).address}{version.url}",
    }


@booking_router.delete(
    "/bookings/{slug:code}",
    response=CancellationOut,
    openapi_extra=may_answer("wrong-state", "not-cancelable", "refund-too-large"),
)
def cancel_booking(request: HttpRequest, code: str, query: Query[CancelQuery]) -> dict[str, Any]:
    """Release a hold, or cancel tickets under the show's refund policy.

    All of a booking, or only the tickets named. What is canceled already stays so.
    """
    user = user_of(request)
    booking = _find(user, code)
    tickets = None
    if query.ticket and booking.state != Booking.State.HELD:
        wanted = {one.upper() for one in query.ticket}
        tickets = [ticket for ticket in booking.tickets.all() if ticket.code in wanted]
        if len(tickets) != len(wanted):
            detail = gettext("The booking has no such ticket.")
            raise Problem(INVALID_INPUT, detail, errors=[{"parameter": "ticket", "in": "query", "detail": detail}])
    refund = cancel_tickets(booking=booking, tickets=tickets, by=user)
    return {**_describe(_find(user, code)), "refund": _describe_refund(refund)}


def _read_choices(wish: BookingIn) -> list[ShowChoice | BestChoice]:
    """Return what is asked for of each show. One query for each show cold, none warm."""
    if wish.show is not None:
        show = read_show(wish.show)
        if show is None:
            raise Problem(NOT_FOUND, gettext("There is no such show."))
        return [_choose(show, wish)]
    choices: dict[Show, ShowChoice | BestChoice] = {}
    errors = []
    for number, item in enumerate(wish.items):
        show = read_show(item.show)
        if show is None or show in choices:
            detail = gettext("Name each show once.") if show else gettext("There is no such show.")
            errors.append({"pointer": f"#/items/{number}/show", "detail": detail})
        else:
            choices[show] = _choose(show, item)
    if errors:
        raise Problem(INVALID_INPUT, errors[0]["detail"], errors=errors)
    return list(choices.values())


def _choose(show: Show, wish: BookingIn | ItemIn) -> ShowChoice | BestChoice:
    if best := wish.best_available:
        return BestChoice(show, best.ticket_types, best.category, best.accessible, across_aisle=best.across_aisle)
    return ShowChoice(
        show,
        [SeatChoice(one.seat, one.ticket_type) for one in wish.seats],
        [AreaChoice(one.area, one.quantity, one.ticket_type) for one in wish.areas],
    )


def user_of(request: HttpRequest) -> User:
    """Return the user whom the call's token names."""
    return cast("User", request.user)


def _find(user: User, code: str) -> Booking:
    booking = _readable(customer_bookings(user)).filter(code=code).first()
    if booking is None:
        raise Http404
    return booking


def _readable(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    return with_shows(bookings.select_related("theater__city", "voucher"))


def _describe(booking: Booking, tickets: Iterable[Ticket] | None = None) -> dict[str, Any]:
    is_lapsed = booking.is_lapsed(timezone.now())
    grouped = by_show(booking.tickets.all() if tickets is None else tickets)
    live = [show for show, found in grouped.items() if any(ticket.state in Ticket.LIVE for ticket in found)]
    shows = [describe_show(show) for show in live or grouped]
    return {
        "code": booking.code,
        # Its places may already belong to someone else, even before a sweep.
        "state": Booking.State.EXPIRED if is_lapsed else booking.state,
        "url": booking_url(booking),
        "show": shows[0],
        "shows": shows,
        "created_at": booking.created_at,
        "expires_at": booking.expires_at if booking.state == Booking.State.HELD else None,
        "currency": booking.currency,
        "total": _money(booking.total, booking),
        "discount": _money(booking.discount, booking),
        "fees": _money(booking.fees, booking),
        "fee_lines": [
            {
                "name": fee.name,
                "amount": _money(fee.amount, booking),
                "tax_rate": fee.tax_rate,
                "tax": _money(fee.tax, booking),
            }
            for fee in booking.fee_sums
        ],
        "tax": _money(booking.tax, booking),
        "voucher": booking.voucher.code if booking.voucher else None,
        "tickets": [_describe_ticket(ticket, booking) for found in grouped.values() for ticket in found],
    }


def describe_show(show: Show) -> dict[str, Any]:
    """Return which show a booking or a ticket is for."""
    theater = show.hall.theater
    return {
        "code": show.code,
        "title": show.event.title,
        "theater": theater.name,
        "hall": show.hall.name,
        "starts_at": show.starts_at,
        "doors_at": show.doors_at,
        "time_zone": theater.city.time_zone,
    }


def _describe_ticket(ticket: Ticket, booking: Booking) -> dict[str, Any]:
    return {
        "code": ticket.code,
        "state": ticket.state,
        "show": ticket.show.code,
        "label": ticket.label,
        "seat": ticket.seat_id,
        "area": ticket.area_id,
        "category": ticket.category.name,
        "ticket_type": ticket.ticket_type.name,
        "price": _money(ticket.cost, booking),
        "passed_on": ticket.is_passed_on,
        "qr": sign(ticket) if ticket.state == Ticket.State.ISSUED and not ticket.is_passed_on else None,
    }


def _describe_refund(refund: Refund | None) -> dict[str, Any] | None:
    if refund is None:
        return None
    booking = refund.payment.booking
    return {"amount": _money(refund.amount, booking), "currency": booking.currency, "state": refund.state}


def _money(amount: Decimal, booking: Booking) -> Decimal:
    return round_money(amount, booking.currency)
