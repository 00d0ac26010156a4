"""API calls at the door."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext
from ninja import Header, Router

from accounts.api import jwt_auth
from bookings.api.bookings import describe_show, user_of
from bookings.api.seats import find_show
from bookings.tickets.codes import InvalidTicketCode, public_keys
from door.check_in import check_in, find_entry
from door.models import CheckIn
from door.schemas import CheckInIn, CheckInOut, KeysOut
from lib.api_answers import may_answer

door_router = Router(tags=["door"])

TICKET_KEY_CACHE_SECONDS = 3600


@door_router.post(
    "/check-ins",
    response=CheckInOut,
    auth=jwt_auth,
    openapi_extra=may_answer("forbidden", "mfa-setup-required", "not-found"),
)
def create_check_in(
    request: HttpRequest,
    presented: CheckInIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=80)] = None,
) -> dict[str, Any]:
    """Decide about a ticket at the door. Only for staff of the show's theater.

    A person who is already in, too early or not valid is not an error of the call: `result` says so, and each
    presentation is recorded. Send an `Idempotency-Key` of your own: the same call again, after a lost answer,
    gets the same answer.

    A device that was without a network sends `scanned_at` for each person whom it let through. If two devices let
    in the same ticket, the first to report makes the admission; the answer to the other has `is_conflict`.
    """
    show = None
    if presented.show:
        show = find_show(presented.show)
    try:
        found = check_in(
            qr=presented.qr,
            gate=presented.gate,
            by=user_of(request),
            device=presented.device,
            direction=presented.direction,
            show=show,
            key=idempotency_key,
            scanned_at=presented.scanned_at,
        )
    except InvalidTicketCode:
        return _describe_unknown()
    return _describe_check_in(found)


@door_router.get("/ticket-key", response=KeysOut)
def get_ticket_key(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """Return the public keys by which a door verifies our tickets offline (JSON Web Keys).

    A QR code reads `M1.<kid>.<ticket>.<show>.<signature>`: Ed25519 over everything before the last dot, in
    base32 without padding. Whether a ticket was canceled or used, only `check-ins` knows.
    """
    patch_cache_control(response, public=True, max_age=TICKET_KEY_CACHE_SECONDS)
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
        "show": describe_show(show),
        "is_early": found.reason == CheckIn.Reason.TOO_EARLY,
        "entered": {"at": entry.at, "gate": entry.gate} if entry else None,
        "is_conflict": found.is_conflict,
    }


def _describe_unknown() -> dict[str, Any]:
    nothing = dict.fromkeys(("ticket", "seat", "category", "ticket_type", "name", "show", "entered"))
    return {
        **nothing,
        "result": CheckIn.Result.NOT_VALID,
        "reason": "unknown",
        "detail": gettext("This is not one of our tickets."),
        "is_early": False,
        "is_conflict": False,
    }
