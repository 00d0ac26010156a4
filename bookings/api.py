"""API calls about seats, bookings and entry."""

import json
from collections.abc import Iterable
from decimal import Decimal
from hashlib import blake2b
from typing import Annotated, Any, cast

from django.conf import settings
from django.core.cache import caches
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from ninja import Header, Query, Router, Status

from accounts.models import User
from bookings.access import customer_bookings, find_customer_booking
from bookings.availability import Availability, read_availability
from bookings.errors import HoldExpired, WrongState
from bookings.models import Booking, CheckIn, Refund, Ticket
from bookings.schemas import (
    AvailabilityOut,
    BookingIn,
    BookingOut,
    BookingsOut,
    CancellationOut,
    CancelQuery,
    CheckInIn,
    CheckInOut,
    KeysOut,
    PaymentIn,
    SeatsOut,
)
from bookings.seat_plan import read_seat_plan
from bookings.selectors import in_seating_order, read_show, read_tickets, with_tickets
from bookings.services.cancel import cancel_tickets
from bookings.services.check_in import check_in, find_entry
from bookings.services.hold_best import hold_best_seats
from bookings.services.hold_seats import AreaChoice, SeatChoice, hold_seats
from bookings.services.pay import confirm_free, pay_with_token
from bookings.ticket_codes import InvalidTicketCode, public_keys, sign
from events.models import Show
from events.schemas import Paging
from theaters.money import round_money
from ticketing.api_auth import jwt_auth
from ticketing.problems import Problem

seat_router = Router(tags=["seats"])
booking_router = Router(tags=["bookings"], auth=jwt_auth)
door_router = Router(tags=["door"])

KEY_SECONDS = 3600


# ------------------------------------------------------------ seats


@seat_router.get("/shows/{slug:code}/seats", response=SeatsOut)
def get_seats(request: HttpRequest, code: str) -> HttpResponseBase:
    """List all places of a show with prices and whether they are free; to follow them, ask for `availability`."""
    show = _get_show(code)
    availability = read_availability(show.pk)
    pages, key = caches["pages"], f"api-seats:{show.pk}"
    known: tuple[str, str] | None = pages.get(key)
    if known is None or known[0] != availability.version:
        known = availability.version, json.dumps(_list_seats(show, availability), ensure_ascii=False)
        pages.set(key, known, settings.PAGES_STALE_SECONDS)
    return _answer_json(request, known[1], blake2b(known[1].encode(), digest_size=9).hexdigest())


# Not counted: every open seat map asks each few seconds, and many people share an address.
@seat_router.get("/shows/{slug:code}/availability", response=AvailabilityOut, throttle=[])
def get_availability(request: HttpRequest, code: str) -> HttpResponseBase:
    """Say which seats are taken and how many places areas have left.

    Made to be asked often: send the ETag of the last answer as `If-None-Match`, and get 304 while nothing changed.
    """
    found = read_availability(_get_show(code).pk)
    content = {"version": found.version, "taken": found.taken, "areas": found.areas}
    return _answer_json(request, json.dumps(content, separators=(",", ":")), found.version)


def _get_show(code: str) -> Show:
    show = read_show(code)
    if show is None:
        raise Http404
    return show


def _answer_json(request: HttpRequest, content: str, version: str) -> HttpResponseBase:
    etag = f'"{version}"'
    response = HttpResponse(content, content_type="application/json")
    response["ETag"] = etag
    # Kept, and asked for again each time: a seat that is gone must not be shown as free.
    patch_cache_control(response, public=True, no_cache=True)
    return get_conditional_response(request, etag=etag, response=response) or response


def _list_seats(show: Show, availability: Availability) -> dict[str, Any]:
    plan = read_seat_plan(show)
    taken = frozenset(availability.taken)
    return {
        "seat_map": {"id": plan["seat_map"], "version": plan["version"], "view_box": plan["view_box"]},
        "version": availability.version,
        "currency": plan["currency"],
        "categories": [
            {
                "id": category["id"],
                "name": category["name"],
                "color": category["color"],
                "rank": category["rank"],
                "prices": plan["prices"].get(str(category["id"]), {}),
            }
            for category in plan["categories"]
        ],
        "ticket_types": plan["ticket_types"],
        "seats": [
            {
                "id": seat.id,
                "section": section["name"],
                "row": row["label"],
                "number": seat.number,
                "category": seat.category,
                "x": seat.x,
                "y": seat.y,
                "accessible": seat.is_accessible,
                "companion": seat.is_companion,
                "restricted_view": seat.has_restricted_view,
                "state": "taken" if seat.id in taken else "free",
            }
            for section in plan["sections"]
            for row in section["rows"]
            for seat in row["seats"]
        ],
        "areas": [
            {
                "id": area["id"],
                "name": area["name"],
                "category": area["category"],
                "capacity": area["capacity"],
                "available": availability.areas.get(area["id"], 0),
            }
            for area in plan["areas"]
        ],
    }


# ------------------------------------------------------------ booking


@booking_router.post("/bookings", response={201: BookingOut})
def create_booking(
    request: HttpRequest,
    wish: BookingIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=80)] = None,
) -> Status[dict[str, Any]]:
    """Hold all of these places for a while, or none of them.

    Send an `Idempotency-Key` of your own: the same call again, after a lost answer, finds the same booking.
    """
    user = _user(request)
    show = read_show(wish.show)
    if show is None:
        raise Problem("not-found", _("There is no such show."))
    common: dict[str, Any] = {
        "show": show,
        "customer": user,
        "channel": Booking.Channel.API,
        "voucher_code": wish.voucher,
        "idempotency_key": idempotency_key,
        "locale": user.language,
    }
    if wish.best_available:
        best = wish.best_available
        booking = hold_best_seats(
            quantity=best.quantity,
            category_id=best.category,
            ticket_type_id=best.ticket_type,
            accessible=best.accessible,
            **common,
        )
    else:
        booking = hold_seats(
            seats=[SeatChoice(one.seat, one.ticket_type) for one in wish.seats],
            areas=[AreaChoice(one.area, one.quantity, one.ticket_type) for one in wish.areas],
            **common,
        )
    if booking.made_tickets is None:
        # Made by an earlier call.
        return Status(201, _describe(_find(user, booking.code)))
    return Status(201, _describe(booking, in_seating_order(booking.made_tickets)))


@booking_router.post("/bookings/{slug:code}/pay", response={200: BookingOut, 202: BookingOut})
def pay_booking(request: HttpRequest, code: str, payment: PaymentIn) -> Status[dict[str, Any]]:
    """Pay a hold with a token of a payment gateway; a booking that costs nothing is confirmed by any.

    202: the gateway answers later, and the booking is confirmed then. Paying again what is paid changes nothing.
    """
    user = _user(request)
    booking = find_customer_booking(user, code)
    if booking.state != Booking.State.CONFIRMED:
        try:
            if booking.due:
                booking = pay_with_token(booking=booking, gateway=payment.gateway, token=payment.token)
            else:
                booking = confirm_free(booking=booking)
        except WrongState:
            # The same call in another thread was faster.
            booking = _find(user, code)
            if booking.state != Booking.State.CONFIRMED:
                raise
    if booking.state in (Booking.State.EXPIRED, Booking.State.CANCELED):
        # The money came too late, and goes back.
        raise HoldExpired
    status = 200 if booking.state == Booking.State.CONFIRMED else 202
    return Status(status, _describe(booking, read_tickets(booking)))


@booking_router.get("/bookings", response=BookingsOut)
def list_bookings(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """List your bookings, the newest first."""
    bookings = customer_bookings(_user(request)).order_by("-created_at", "-pk")
    page = _readable(bookings)[paging.offset : paging.offset + paging.limit]
    return {"items": [_describe(booking) for booking in page], "count": bookings.count()}


@booking_router.get("/bookings/{slug:code}", response=BookingOut)
def get_booking(request: HttpRequest, code: str) -> dict[str, Any]:
    """Tell all about one of your bookings."""
    return _describe(_find(_user(request), code))


@booking_router.delete("/bookings/{slug:code}", response=CancellationOut)
def cancel_booking(request: HttpRequest, code: str, query: Query[CancelQuery]) -> dict[str, Any]:
    """Release a hold, or cancel tickets under the show's refund policy.

    All of a booking, or only the tickets named. What is canceled already stays so.
    """
    user = _user(request)
    booking = _find(user, code)
    tickets = None
    if query.ticket and booking.state != Booking.State.HELD:
        wanted = {one.upper() for one in query.ticket}
        tickets = [ticket for ticket in booking.tickets.all() if ticket.code in wanted]
        if len(tickets) != len(wanted):
            detail = _("The booking has no such ticket.")
            raise Problem("invalid-input", detail, errors=[{"parameter": "ticket", "in": "query", "detail": detail}])
    refund = cancel_tickets(booking=booking, tickets=tickets, by=user)
    return {**_describe(_find(user, code)), "refund": _describe_refund(refund)}


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _find(user: User, code: str) -> Booking:
    booking = _readable(customer_bookings(user)).filter(code=code).first()
    if booking is None:
        raise Http404
    return booking


def _readable(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    return with_tickets(bookings.select_related("show__event", "show__hall__theater__city", "voucher"))


def _describe(booking: Booking, tickets: Iterable[Ticket] | None = None) -> dict[str, Any]:
    is_lapsed = booking.is_lapsed(timezone.now())
    return {
        "code": booking.code,
        # Its places may be anybody's already, swept or not.
        "state": Booking.State.EXPIRED if is_lapsed else booking.state,
        "url": f"{settings.SITE_URL}{booking.get_absolute_url()}",
        "show": _describe_show(booking.show),
        "created_at": booking.created_at,
        "expires_at": booking.expires_at if booking.state == Booking.State.HELD else None,
        "currency": booking.currency,
        "total": _money(booking.total, booking),
        "discount": _money(booking.discount, booking),
        "fees": _money(booking.fees, booking),
        "tax": _money(booking.tax, booking),
        "voucher": booking.voucher.code if booking.voucher else None,
        "tickets": _describe_tickets(booking, booking.tickets.all() if tickets is None else tickets),
    }


def _describe_show(show: Show) -> dict[str, Any]:
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


def _describe_tickets(booking: Booking, tickets: Iterable[Ticket]) -> list[dict[str, Any]]:
    described = []
    for ticket in tickets:
        ticket.show = booking.show
        described.append(
            {
                "code": ticket.code,
                "state": ticket.state,
                "label": ticket.label,
                "seat": ticket.seat_id,
                "area": ticket.area_id,
                "category": ticket.category.name,
                "ticket_type": ticket.ticket_type.name,
                "price": _money(ticket.price - ticket.discount, booking),
                "qr": sign(ticket) if ticket.state == Ticket.State.ISSUED else None,
            }
        )
    return described


def _describe_refund(refund: Refund | None) -> dict[str, Any] | None:
    if refund is None:
        return None
    booking = refund.payment.booking
    return {"amount": _money(refund.amount, booking), "currency": booking.currency, "state": refund.state}


def _money(amount: Decimal, booking: Booking) -> Decimal:
    return round_money(amount, booking.currency)


# ------------------------------------------------------------ at the door


@door_router.post("/check-ins", response=CheckInOut, auth=jwt_auth)
def create_check_in(
    request: HttpRequest,
    presented: CheckInIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=80)] = None,
) -> dict[str, Any]:
    """Decide about a ticket at the door. Staff of the show's theater only.

    Whoever is in already, comes too early or is not valid, is no error of the call: `result` says so,
    and each presentation is written down. Send an `Idempotency-Key` of your own: the same call again,
    after a lost answer, gets the same answer.
    """
    show = None
    if presented.show:
        show = _get_show(presented.show)
    try:
        found = check_in(
            qr=presented.qr,
            gate=presented.gate,
            by=_user(request),
            device=presented.device,
            direction=presented.direction,
            show=show,
            key=idempotency_key,
        )
    except InvalidTicketCode:
        return _describe_unknown()
    return _describe_check_in(found)


@door_router.get("/ticket-key", response=KeysOut)
def get_ticket_key(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """Give the public keys by which a door tells our tickets without asking us (JSON Web Keys).

    A QR code reads `M1.<kid>.<ticket>.<show>.<signature>`: Ed25519 over what is before the last dot, in
    base32 without padding. Whether a ticket was canceled or used, only `check-ins` knows.
    """
    patch_cache_control(response, public=True, max_age=KEY_SECONDS)
    return {"keys": public_keys()}


def _describe_check_in(found: CheckIn) -> dict[str, Any]:
    ticket = found.ticket
    show = ticket.show
    entry = find_entry(ticket) if found.result == CheckIn.Result.ALREADY_IN else None
    return {
        "result": found.result,
        "reason": found.reason,
        "detail": str(found.get_reason_display() if found.reason else found.get_result_display()),
        "ticket": ticket.code,
        "seat": ticket.label,
        "category": ticket.category.name,
        "ticket_type": ticket.ticket_type.name,
        "name": ticket.attendee_name or ticket.booking.name or None,
        "show": _describe_show(show),
        "is_early": found.reason == CheckIn.Reason.TOO_EARLY,
        "entered": {"at": entry.at, "gate": entry.gate} if entry else None,
    }


def _describe_unknown() -> dict[str, Any]:
    nothing = dict.fromkeys(("ticket", "seat", "category", "ticket_type", "name", "show", "entered"))
    return {
        **nothing,
        "result": CheckIn.Result.NOT_VALID,
        "reason": "unknown",
        "detail": _("This is none of our tickets."),
        "is_early": False,
    }
