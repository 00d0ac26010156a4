"""What the door sends and gets by the API."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Field, Schema

from bookings.schemas import BookingShowOut, Code, Input, Line

CheckInResult = Literal["admitted", "already_in", "not_valid"]
CheckInReason = Literal[
    "",
    "unknown",
    "not_issued",
    "canceled",
    "replaced",
    "show_canceled",
    "other_show",
    "too_early",
    "over",
    "not_inside",
]


class CheckInIn(Input):
    qr: str = Field(max_length=300)
    gate: Line = Field("", max_length=60)
    direction: Literal["in", "out"] = "in"
    device: Line = Field("", max_length=80)
    show: Code | None = Field(None, description="Admit to this show only.")


class EntryOut(Schema):
    at: datetime
    gate: str


class CheckInOut(Schema):
    result: CheckInResult
    reason: CheckInReason = Field(description="Why it is not valid.")
    detail: str = Field(description="The same in words.")
    ticket: str | None
    seat: str | None
    category: str | None
    ticket_type: str | None
    name: str | None
    show: BookingShowOut | None
    is_early: bool = Field(description="The doors are not open yet: `reason` is `too_early`.")
    entered: EntryOut | None = Field(description="When and where somebody came in with this ticket before.")


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
