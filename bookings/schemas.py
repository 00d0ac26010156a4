"""How seats, bookings and tickets look to API clients, and what they may send."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from ninja import Field, Schema
from pydantic import ConfigDict, StringConstraints, ValidationInfo, field_validator, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from bookings.models import Booking, Ticket
from payments.models import Refund

# The largest key that a database holds, and more places and shows than a client needs in one call.
MAX_ID = 2**63 - 1
MAX_PLACES = 100
MAX_SHOWS = 10

Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Quantity = Annotated[int, Field(ge=1, le=MAX_PLACES)]
# PostgreSQL stores no NUL, and people do not type other control characters.
SingleLine = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", strip_whitespace=True)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,16}$")]

BookingState = Literal["held", "confirmed", "canceled", "expired"]
TicketState = Literal["held", "issued", "canceled", "released"]
RefundState = Literal["pending", "succeeded", "failed"]

for _literal, _choices, _more in (
    (BookingState, Booking.State, set()),
    (TicketState, Ticket.State, set()),
    (RefundState, Refund.State, set()),
):
    if set(_literal.__args__) - _more != set(_choices.values):  # type: ignore[attr-defined]
        raise TypeError(f"The API's states of {_choices} are not those of the model.")


class Input(Schema):
    """What a client sends. Unknown members are refused, since a misspelled one would be ignored."""

    model_config = ConfigDict(extra="forbid")


class SeatMapOut(Schema):
    id: int
    version: int
    view_box: list[float] = Field(description="x, y, width and height of the drawing, in the map's own units.")


class CategoryOut(Schema):
    id: int
    name: str
    color: str
    rank: int = Field(description="1 is the best.")
    prices: dict[str, Decimal] = Field(description="By id of ticket type. Empty: not for sale.")


class TicketTypeOut(Schema):
    id: int
    name: str
    who: str
    companion: bool = Field(description="Sold only with a wheelchair place, one for each.")
    restricted: bool = Field(description="By one of these rules, so that its price is not one for everyone.")
    sold_out: bool = Field(description="Its quota for this show is used up.")
    minimum: int | None = Field(description="So many of it in a booking for the show, or none.")
    maximum: int | None = Field(description="No more of it in a booking for the show.")
    group_from: int | None = Field(description="The booking needs so many tickets for the show, of whatever types.")
    per_accompanying: int | None = Field(
        description="So many for each ticket of a type that `accompanies`. Empty: sold alone, too."
    )
    accompanies: bool = Field(description="Counts as company for types with `per_accompanying`.")
    sold_until: date | None = Field(description="The last day of its sale, in the theater's time zone.")


class SeatOut(Schema):
    id: int
    section: str
    row: str
    number: str
    category: int
    x: float
    y: float
    accessible: bool
    companion: bool
    companion_of: int | None = Field(description="The wheelchair place that a companion seat belongs to.")
    restricted_view: bool
    step_free: bool
    hearing_loop: bool
    state: Literal["free", "taken"]


class AreaOut(Schema):
    id: int
    name: str
    category: int
    capacity: int
    available: int


class SeatsOut(Schema):
    """The first ticket type is the default."""

    seat_map: SeatMapOut
    version: str = Field(description="Of the availability.")
    currency: str
    categories: list[CategoryOut]
    ticket_types: list[TicketTypeOut]
    seats: list[SeatOut]
    areas: list[AreaOut]


class AvailabilityOut(Schema):
    version: str
    taken: list[int] = Field(description="Ids of seats that can't be had.")
    areas: dict[str, int] = Field(description="Places left by id of area.")


class SeatIn(Input):
    seat: Id
    ticket_type: Id | None = None


class AreaIn(Input):
    area: Id
    quantity: Quantity
    ticket_type: Id | None = None


class TicketsIn(Input):
    """So many tickets of one type."""

    ticket_type: Id
    quantity: Quantity


class BestAvailableIn(Input):
    """How many people sit together: `quantity` of one ticket type, or `tickets` of several."""

    # The rule of `_choose_one_way`, so that the schema promises no more.
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "oneOf": [
                {"required": ["quantity"], "properties": {"quantity": {"type": "integer"}, "tickets": {"maxItems": 0}}},
                {
                    "required": ["tickets"],
                    "properties": {
                        "tickets": {"minItems": 1},
                        "quantity": {"type": "null"},
                        "ticket_type": {"type": "null"},
                    },
                },
            ]
        },
    )

    quantity: Quantity | None = None
    ticket_type: Id | None = Field(None, description="Of all of them; the show's first one without it.")
    tickets: list[TicketsIn] = Field([], max_length=MAX_PLACES, description="Each ticket type once.")
    category: Id | None = None
    accessible: Annotated[int, Field(ge=0, le=MAX_PLACES)] = Field(
        default=0, description="How many wheelchair places: each with its companion seat, and the others close by."
    )
    across_aisle: bool = Field(
        default=False, description="Across an aisle in one row, rather than in several rows, if there is no other way."
    )

    @property
    def ticket_types(self) -> list[int | None]:
        """The ticket type of each person."""
        if self.quantity is not None:
            return [self.ticket_type] * self.quantity
        return [one.ticket_type for one in self.tickets for _each in range(one.quantity)]

    @model_validator(mode="after")
    def _choose_one_way(self) -> Self:
        if (self.quantity is None) == (not self.tickets):
            raise ValueError("Send either “quantity” or “tickets”.")
        if self.tickets and self.ticket_type is not None:
            raise ValueError("Name each ticket type in “tickets”.")
        if len({one.ticket_type for one in self.tickets}) < len(self.tickets):
            raise ValueError("Name each ticket type once.")
        if len(self.ticket_types) > MAX_PLACES:
            raise ValueError(f"Ask for at most {MAX_PLACES} seats.")
        if self.accessible > len(self.ticket_types):
            raise ValueError("There are more wheelchair places than people.")
        return self


_SOME: JsonDict = {"minItems": 1}
_NONE: JsonDict = {"maxItems": 0}
# The rule of `_choose_one_way`, so that the schema promises no more.
_ONE_WAY: list[Any] = [
    {
        "properties": {"best_available": {"type": "null"}},
        "anyOf": [
            {"required": ["seats"], "properties": {"seats": _SOME}},
            {"required": ["areas"], "properties": {"areas": _SOME}},
        ],
    },
    {
        "required": ["best_available"],
        "properties": {"best_available": {"type": "object"}, "seats": _NONE, "areas": _NONE},
    },
]


class _PlacesIn(Input):
    seats: list[SeatIn] = Field([], max_length=MAX_PLACES)
    areas: list[AreaIn] = Field([], max_length=MAX_PLACES)
    best_available: BestAvailableIn | None = None

    def check_one_way(self) -> None:
        if self.best_available and (self.seats or self.areas):
            raise ValueError("Name places, or ask for the best available, not both.")
        if not (self.best_available or self.seats or self.areas):
            raise ValueError("Name seats or areas, or ask for the best available.")


class ItemIn(_PlacesIn):
    """Places of one show: name `seats`, `areas` or both; or leave the choice of seats to `best_available`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"oneOf": _ONE_WAY})

    show: Code

    @model_validator(mode="after")
    def _choose_one_way(self) -> Self:
        self.check_one_way()
        return self


class BookingIn(_PlacesIn):
    """Places of one `show`: name `seats`, `areas` or both; or leave the choice of seats to `best_available`.

    Or places of several shows of one theater, as `items`.
    """

    # The rules of `_choose_one_form`, so that the schema promises no more.
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"show": "6SZ48B7A", "seats": [{"seat": 3306}, {"seat": 3307, "ticket_type": 8}]},
                {
                    "items": [
                        {"show": "6SZ48B7A", "seats": [{"seat": 3306}]},
                        {"show": "W4N7TQ2C", "best_available": {"quantity": 2}},
                    ],
                    "voucher": "SPRING",
                },
            ],
            "oneOf": [
                {
                    "required": ["show"],
                    "properties": {"show": {"type": "string"}, "items": _NONE},
                    "oneOf": _ONE_WAY,
                },
                {
                    "required": ["items"],
                    "properties": {
                        "items": _SOME,
                        "show": {"type": "null"},
                        "seats": _NONE,
                        "areas": _NONE,
                        "best_available": {"type": "null"},
                    },
                },
            ],
        },
    )

    items: list[ItemIn] = Field([], max_length=MAX_SHOWS, description="Instead of `show`: each show once.")
    show: Code | None = Field(None, validate_default=True)
    voucher: SingleLine = Field("", max_length=40)

    @field_validator("show")
    @classmethod
    def _choose_one_form(cls, show: str | None, info: ValidationInfo) -> str | None:
        has_items = bool(info.data.get("items", True))
        if show is None and not has_items:
            raise PydanticCustomError("missing", "Field required")
        if show is not None and has_items and "items" in info.data:
            raise ValueError("Name one show, or several in “items”, not both.")
        return show

    @model_validator(mode="after")
    def _choose_one_way(self) -> Self:
        if not self.items:
            self.check_one_way()
        elif self.best_available or self.seats or self.areas:
            raise ValueError("Name the places of each show in its item.")
        return self


class PaymentIn(Input):
    """The sandbox's tokens are `approve`, `decline` and `later`."""

    gateway: SingleLine = Field(max_length=20, examples=["sandbox"])
    token: SingleLine = Field(max_length=200, examples=["approve"])
    accepted_terms: list[Id] | None = Field(
        None,
        max_length=10,
        description=(
            "Ids of the texts of `GET /bookings/{code}/terms` that you have shown to the customer. Some theaters "
            "ask for them; sent or not, what you send must be what holds."
        ),
    )


class TermsOut(Schema):
    """A legal text: terms, house rules or privacy."""

    id: int
    kind: str
    title: str
    version: int
    holds_from: date
    url: str


class AcceptedTermsOut(TermsOut):
    how: Literal["checkout", "box", "till", "api"]
    language: str
    accepted_at: datetime


class BookingTermsOut(Schema):
    current: list[TermsOut] = Field(description="What holds today: show it before the customer pays.")
    accepted: list[AcceptedTermsOut] = Field(description="What is on record for this booking; it never changes.")


class TicketOut(Schema):
    """`price` is what this ticket costs, its part of a discount taken off."""

    code: str
    state: TicketState
    show: str = Field(description="Code of its show.")
    label: str
    seat: int | None
    area: int | None
    category: str
    ticket_type: str
    price: Decimal
    passed_on: bool = Field(description="Given to somebody else, who alone has its QR code.")
    qr: str | None = Field(description="The text of the QR code; only of issued tickets that were not passed on.")


class RefundOut(Schema):
    amount: Decimal
    currency: str
    state: RefundState


class BookingShowOut(Schema):
    code: str
    title: str
    theater: str
    hall: str
    starts_at: datetime
    doors_at: datetime | None
    time_zone: str


class FeeOut(Schema):
    name: str
    amount: Decimal
    tax_rate: Decimal = Field(description="In percent.")
    tax: Decimal


class BookingOut(Schema):
    code: str
    state: BookingState
    url: str
    show: BookingShowOut = Field(description="Of several shows, the first of `shows`.")
    shows: list[BookingShowOut] = Field(
        description="The shows of valid or held tickets, the earliest first; of all tickets if there are no such."
    )
    created_at: datetime
    expires_at: datetime | None = Field(description="Until when the places are held.")
    currency: str
    total: Decimal
    discount: Decimal
    fees: Decimal = Field(description="In the total, tax included; “fee_lines” has each.")
    fee_lines: list[FeeOut] = Field(description="By name, the first one first.")
    tax: Decimal
    voucher: str | None
    tickets: list[TicketOut]


class BookingsOut(Schema):
    items: list[BookingOut]
    count: int


class CancellationOut(BookingOut):
    refund: RefundOut | None = Field(description="What this call gives back; empty when nothing is due.")


class CancelQuery(Schema):
    ticket: list[Code] = Field([], max_length=MAX_PLACES, description="Code of a ticket, repeatable. Without any: all.")
