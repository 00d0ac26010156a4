"""API schemas of events and shows, and their query parameters."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import BeforeValidator, StringConstraints

from events.catalogue import ShowState
from events.catalogue.counts import API_COUNT_LIMIT
from events.models import Access, Event

Slug = Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9_]*$", max_length=80)]
Kind = Literal["film", "play", "concert", "comedy", "dance", "opera", "talk", "other"]
AccessCode = Literal["captioned", "signed", "audio_described", "relaxed"]
MAX_LIMIT = 100
MAX_OFFSET = 1_000_000

if set(Kind.__args__) != set(Event.Kind.values):  # type: ignore[attr-defined]
    raise TypeError("The API's kinds of events are not those of the model.")
if set(AccessCode.__args__) != set(Access.values):  # type: ignore[attr-defined]
    raise TypeError("The API's access performances are not those of the model.")


class Paging(Schema):
    limit: int = Field(20, ge=1, le=MAX_LIMIT)
    offset: int = Field(0, ge=0, le=MAX_OFFSET)


class EventQuery(Paging):
    """Filters are combined; a repeated parameter matches any of its values."""

    q: str = Field(
        "",
        max_length=100,
        description="Words of title, tagline, people, labels, theater or city, kinds and days: “comedy tonight”.",
    )
    person: str = Field("", max_length=100, description="The name of one of the cast or credits, as the event has it.")
    city: Slug = Field("", description="Slug of a city.")
    label: list[Slug] = Field([], max_length=20, description="Slug of a label; may be repeated.")
    kind: list[Kind] = Field([], max_length=8, description="May be repeated.")
    language: list[Slug] = Field([], max_length=20, description="BCP 47 code; may be repeated.")
    access: list[AccessCode] = Field([], max_length=4, description="Shows with any of these; may be repeated.")
    date_from: date | None = Field(None, description="First local day with a show.")
    date_to: date | None = Field(None, description="Last local day with a show.")
    price_max: Decimal | None = Field(None, ge=0, le=10**8, allow_inf_nan=False)
    min_rating: Decimal | None = Field(None, ge=0, le=5, allow_inf_nan=False)
    sort: Literal["", "soonest", "title", "rating", "newest"] = Field(
        "", description="Empty: by relevance with `q`, else by title. By the soonest, only events with a coming show."
    )


class ShowQuery(Paging):
    """Without dates, upcoming shows only; with `date_from`, also those since then."""

    event: Slug = Field("", description="Slug of an event.")
    theater: Slug = Field("", description="Slug of a theater.")
    city: Slug = Field("", description="Slug of a city.")
    access: list[AccessCode] = Field([], max_length=4, description="Shows with any of these; may be repeated.")
    date_from: date | None = Field(None, description="First local day.")
    date_to: date | None = Field(None, description="Last local day.")


class LabelOut(Schema):
    slug: str
    name: str
    kind: str


class FromPriceOut(Schema):
    """The lowest price: at the default ticket type, and reduced if that is lower."""

    currency: str
    amount: Decimal
    reduced: Decimal | None


class EventOut(Schema):
    """`from_prices` and `next_show_at` are those of upcoming shows that match the filters; one price per currency.

    `lowest_price` is in `currency`, the next show's, and includes reductions, which not everyone may use.
    """

    slug: str
    title: str
    kind: Kind
    tagline: str
    url: str
    poster: str | None
    age_rating: str
    running_minutes: int
    interval_minutes: int
    languages: list[str]
    labels: list[LabelOut]
    rating_average: Decimal | None
    rating_count: int
    show_count: int
    next_show_at: datetime | None
    from_prices: list[FromPriceOut]
    lowest_price: Decimal | None
    currency: str | None


class EventsOut(Schema):
    items: list[EventOut]
    count: int = Field(description=f"How many there are, up to {API_COUNT_LIMIT:,}.")


class CreditOut(Schema):
    name: str
    role: str


class PlaceOut(Schema):
    slug: str
    name: str


class PriceOut(Schema):
    category: str
    category_id: int
    ticket_type: str
    ticket_type_id: int
    amount: Decimal = Field(description="The price without fees.")
    fees: Decimal = Field(description="What each ticket bears beside it; fees for the whole booking are not in it.")
    total: Decimal = Field(description="Price and fees; without tax where the theater adds that.")


class ShowOut(Schema):
    """Times are UTC; `time_zone` is the theater's. `available` counts places, seated and standing."""

    code: str
    url: str
    event: PlaceOut
    theater: PlaceOut
    city: PlaceOut
    hall: str
    starts_at: datetime
    ends_at: datetime
    doors_at: datetime | None
    sales_open_at: datetime | None
    time_zone: str
    format: str
    language: str
    subtitles: str
    access: list[AccessCode] = Field(description="What the show offers, if it is an access performance.")
    state: Annotated[
        Literal["on_sale", "few_left", "sold_out", "not_yet", "closed", "canceled", "past"],
        BeforeValidator(lambda state: ShowState(state).value),
    ]
    capacity: int
    available: int
    currency: str
    from_price: FromPriceOut | None
    lowest_price: Decimal | None
    prices: list[PriceOut]


class ShowsOut(Schema):
    items: list[ShowOut]
    count: int = Field(description=f"How many there are, up to {API_COUNT_LIMIT:,}.")


class EventDetailOut(EventOut):
    """`shows` are the next ones; `/shows?event=` lists them all."""

    synopsis: str
    cast: list[CreditOut]
    credits: list[CreditOut]
    subtitles: list[str]
    trailer_url: str
    theater: PlaceOut | None
    shows: list[ShowOut]
