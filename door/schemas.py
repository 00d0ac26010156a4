"""What the door sends and receives by the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.utils import timezone
from ninja import Field, Schema
from pydantic import AwareDatetime, field_validator

from bookings.schemas import BookingShowOut, Code, Input, SingleLine
from door.check_in import MAX_CLOCK_SKEW, MAX_SCAN_AGE
from door.models import CheckIn

# In one call. Measured: 9 ms of CPU each.
MAX_DECISIONS = 50

CheckInResult = Literal["admitted", "already_in", "not_valid", "undone"]
CheckInReason = Literal[
    "",
    "unreadable",
    "other_issuer",
    "forged",
    "unknown",
    "other_theater",
    "not_issued",
    "canceled",
    "replaced",
    "show_canceled",
    "other_show",
    "too_early",
    "show_moved",
    "over",
    "not_inside",
    "no_reentry",
]
# The guide (docs/api.md) says the same.
REASONS: dict[CheckInReason, str] = {
    "unreadable": "The text does not have the form of a ticket's code",
    "other_issuer": "Signed by a key that this site does not have: by another site, or before its key was retired",
    "forged": "It names our key, which did not sign it: forged, or damaged",
    "unknown": "We signed it, and have no such ticket",
    "other_theater": "For a theater where the caller does not work; `show` says which",
    "other_show": "For another show than `show` in the call; `show` in the answer says which",
    "canceled": "The ticket was canceled",
    "replaced": "A newer ticket of the same booking takes its place: an old print. Until the customer has the newer "
    "one, the old print stands for it, and the answer is about the newer one",
    "not_issued": "It is not paid",
    "show_canceled": "The show is canceled",
    "too_early": "The doors open at `opens_at`",
    "show_moved": "The same, and the show was moved after the ticket was bought: its print may name another time",
    "over": "The show is over",
    "not_inside": '`"direction": "out"`, and the ticket is not inside',
    "no_reentry": "The ticket went out, and the theater lets no one in again",
}


class CheckInIn(Input):
    qr: str = Field(max_length=300)
    gate: SingleLine = Field("", max_length=60)
    direction: Literal["in", "out"] = "in"
    device: SingleLine = Field("", max_length=80)
    show: Code | None = Field(None, description="Admit to this show only.")
    scanned_at: AwareDatetime | None = Field(
        None,
        description="When a device without a network let the person through, which it reports now: at most two days "
        "ago, and at most two minutes ahead of our clock.",
    )

    @field_validator("scanned_at")
    @classmethod
    def _check_clock(cls, at: datetime | None) -> datetime | None:
        now = timezone.now()
        if at is not None and not now - MAX_SCAN_AGE <= at <= now + MAX_CLOCK_SKEW:
            raise ValueError("Of the last two days, and at most two minutes ahead of our clock.")
        return at


class DecisionIn(Input):
    """What the door's page decided without a network."""

    id: str = Field(min_length=1, max_length=80, pattern=r"^[\w-]+$")
    ticket: Code
    gate: SingleLine = Field("", max_length=60)
    direction: Literal["in", "out"]
    # By our clock, as the device reckons it.
    scanned_at: AwareDatetime
    result: Literal["admitted", "already_in", "not_valid"]
    reason: str = Field("", max_length=15)
    note: SingleLine = Field("", max_length=200)

    @field_validator("reason")
    @classmethod
    def _check_reason(cls, reason: str) -> str:
        if reason and reason not in CheckIn.Reason.values:
            raise ValueError("No reason that is recorded.")
        return reason


class DecisionsIn(Input):
    # By the device's own clock, which shows whether it is right.
    sent_at: AwareDatetime
    # Each is read by itself: a wrong one does not hold up the others.
    decisions: list[dict[str, Any]] = Field(max_length=MAX_DECISIONS)


class EntryOut(Schema):
    at: datetime
    gate: str
    by: str = Field(description="The name of the person who admitted it.")


class CheckInOut(Schema):
    result: CheckInResult
    reason: CheckInReason = Field(
        description="Why it is not valid; empty otherwise. Clients must expect further values.\n\n"
        + "\n".join(f"- `{reason}`: {meaning}." for reason, meaning in REASONS.items())
    )
    detail: str = Field(description="The same in words.")
    ticket: str | None
    seat: str | None
    category: str | None
    ticket_type: str | None
    proof: str | None = Field(description="Who may use this ticket type: ask for proof. Empty if anyone may.")
    name: str | None
    show: BookingShowOut | None = Field(description="What the ticket is for, also at another theater.")
    opens_at: datetime | None = Field(description="When the doors of that show open.")
    is_early: bool = Field(description="They are not open yet: `reason` is `too_early` or `show_moved`.")
    entered: EntryOut | None = Field(description="When and where this ticket was admitted before.")
    is_conflict: bool = Field(
        description="A device without a network let a person through whom this ticket does not admit. Staff see it."
    )


class KeyOut(Schema):
    """A JSON Web Key (RFC 8037)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    alg: Literal["EdDSA"]
    use: Literal["sig"]
    kid: str
    x: str


class KeysOut(Schema):
    keys: list[KeyOut]
