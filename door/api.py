"""API calls at the door."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from ninja import Header, Router

from accounts.api import jwt_auth
from bookings.api.bookings import describe_show, user_of
from bookings.api.seats import find_show
from bookings.tickets.codes import public_keys
from door.answers import Answer, answer_scan
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
    """Decide about a ticket at the door. Only for staff who work at one.

    A person who is already in, too early or not valid is not an error of the call: `result` says so, and each
    presentation of a ticket of your theaters is recorded. Send an `Idempotency-Key` of your own: the same call
    again, after a lost answer, gets the same answer.

    A device that was without a network sends `scanned_at` for each person whom it let through. If two devices let
    in the same ticket, the first by time is the admission; the other becomes `already_in`, with `is_conflict`.
    """
    answer = answer_scan(
        qr=presented.qr,
        gate=presented.gate,
        by=user_of(request),
        device=presented.device,
        direction=presented.direction,
        shows=[find_show(presented.show)] if presented.show else [],
        key=idempotency_key,
        scanned_at=presented.scanned_at,
    )
    return _describe(answer)


@door_router.get("/ticket-key", response=KeysOut)
def get_ticket_key(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """Return the public keys by which a door verifies our tickets offline (JSON Web Keys).

    A QR code reads `M1.<kid>.<ticket>.<show>.<signature>`: Ed25519 over everything before the last dot, in
    base32 without padding. Whether a ticket was canceled or used, only `check-ins` knows.
    """
    patch_cache_control(response, public=True, max_age=TICKET_KEY_CACHE_SECONDS)
    return {"keys": public_keys()}


def _describe(answer: Answer) -> dict[str, Any]:
    ticket, entry = answer.ticket, answer.entry
    of_ticket: dict[str, Any] = dict.fromkeys(("ticket", "seat", "category", "ticket_type", "proof", "name"))
    if ticket is not None:
        of_ticket = {
            "ticket": ticket.code,
            "seat": ticket.label,
            "category": ticket.category.name,
            "ticket_type": ticket.ticket_type.name,
            "proof": ticket.ticket_type.asked_proof,
            "name": ticket.attendee_name or ticket.booking.name or None,
        }
    return {
        **of_ticket,
        "result": answer.result,
        "reason": answer.reason,
        "detail": answer.words,
        "show": describe_show(answer.show) if answer.show else None,
        "opens_at": answer.opens_at,
        "is_early": answer.is_early,
        "entered": {"at": entry.at, "gate": entry.gate, "by": str(entry.by or "")} if entry else None,
        "is_conflict": answer.found is not None and answer.found.is_conflict,
    }
