"""The shapes of structured data: what schema.org knows of, and search engines ask for, and nothing else."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, HttpUrl, StringConstraints
from pydantic.alias_generators import to_camel

Text = Annotated[str, StringConstraints(min_length=1)]
Amount = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)?$")]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Thing(BaseModel):
    """Nothing else may be said of it."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class Reference(Thing):
    id: HttpUrl = Field(alias="@id")


class Person(Thing):
    type: Literal["Person"] = Field(alias="@type")
    name: Text


class Rating(Thing):
    type: Literal["AggregateRating"] = Field(alias="@type")
    rating_value: Amount
    review_count: Annotated[int, Field(ge=1)]
    best_rating: Literal[5]


class Address(Thing):
    type: Literal["PostalAddress"] = Field(alias="@type")
    street_address: Text
    address_locality: Text
    address_country: Country


class Place(Thing):
    type: Literal["Place"] = Field(alias="@type")
    name: Text
    url: HttpUrl
    address: Address


class Organizer(Thing):
    type: Literal["PerformingArtsTheater"] = Field(alias="@type")
    name: Text
    url: HttpUrl


class Sold(Thing):
    url: HttpUrl
    price_currency: Currency
    availability: Annotated[
        str, StringConstraints(pattern=r"^https://schema.org/(InStock|LimitedAvailability|SoldOut|PreOrder)$")
    ]
    valid_from: AwareDatetime | None = None


class Offer(Sold):
    type: Literal["Offer"] = Field(alias="@type")
    price: Amount


class AggregateOffer(Sold):
    type: Literal["AggregateOffer"] = Field(alias="@type")
    low_price: Amount
    high_price: Amount


class Work(Thing):
    type: Literal["Movie", "CreativeWork"] = Field(alias="@type")
    name: Text
    accessibility_feature: list[Literal["captions", "signLanguage", "audioDescription"]]
    example_of_work: Reference | None = None


class Performance(Thing):
    type: Literal["ScreeningEvent", "TheaterEvent", "MusicEvent", "ComedyEvent", "DanceEvent", "Event"] = Field(
        alias="@type"
    )
    name: Text
    url: HttpUrl
    start_date: AwareDatetime
    end_date: AwareDatetime
    door_time: AwareDatetime | None = None
    previous_start_date: AwareDatetime | None = None
    event_status: Annotated[
        str, StringConstraints(pattern=r"^https://schema.org/Event(Scheduled|Cancelled|Rescheduled)$")
    ]
    event_attendance_mode: Literal["https://schema.org/OfflineEventAttendanceMode"]
    location: Place
    organizer: Organizer
    description: Text | None = None
    image: HttpUrl | None = None
    in_language: Text | None = None
    performer: list[Person] | None = None
    aggregate_rating: Rating | None = None
    offers: Offer | AggregateOffer | None = None
    super_event: Reference | None = None
    work_presented: Reference | Work | None = None
    work_performed: Work | None = None


class Series(Thing):
    type: Literal["EventSeries"] = Field(alias="@type")
    id: HttpUrl = Field(alias="@id")
    name: Text
    url: HttpUrl
    image: HttpUrl | None = None
    start_date: AwareDatetime
    end_date: AwareDatetime
    aggregate_rating: Rating | None = None


class Film(Thing):
    type: Literal["Movie"] = Field(alias="@type")
    id: HttpUrl = Field(alias="@id")
    name: Text
    description: Text | None = None
    image: HttpUrl | None = None
    duration: Annotated[str, StringConstraints(pattern=r"^PT\d+M$")]
    content_rating: Text | None = None
    actor: list[Person] | None = None
    aggregate_rating: Rating | None = None


class Crumb(Thing):
    type: Literal["ListItem"] = Field(alias="@type")
    position: int
    name: Text
    item: HttpUrl


class Way(Thing):
    type: Literal["BreadcrumbList"] = Field(alias="@type")
    item_list_element: Annotated[list[Crumb], Field(min_length=2)]


class Hours(Thing):
    type: Literal["OpeningHoursSpecification"] = Field(alias="@type")
    day_of_week: HttpUrl | None = None
    valid_from: Text | None = None
    valid_through: Text | None = None
    opens: Clock
    closes: Clock


class Point(Thing):
    type: Literal["GeoCoordinates"] = Field(alias="@type")
    latitude: Text
    longitude: Text


class TheaterPlace(Thing):
    type: Literal["PerformingArtsTheater"] = Field(alias="@type")
    id: HttpUrl = Field(alias="@id")
    name: Text
    url: HttpUrl
    address: Address
    geo: Point | None = None
    logo: HttpUrl | None = None
    same_as: list[HttpUrl] | None = None
    image: HttpUrl | None = None
    description: Text | None = None
    telephone: Text | None = None
    opening_hours_specification: list[Hours] | None = None
    special_opening_hours_specification: list[Hours] | None = None


class Target(Thing):
    type: Literal["EntryPoint"] = Field(alias="@type")
    url_template: Annotated[str, StringConstraints(pattern=r"\{search_term_string\}$")]


class Search(Thing):
    type: Literal["SearchAction"] = Field(alias="@type")
    target: Target
    query_input: Literal["required name=search_term_string"] = Field(alias="query-input")


class Site(Thing):
    context: Literal["https://schema.org"] = Field(alias="@context")
    type: Literal["WebSite"] = Field(alias="@type")
    name: Text
    url: HttpUrl
    potential_action: Search


class Graph(Thing):
    context: Literal["https://schema.org"] = Field(alias="@context")
    graph: list[Film | Series | Performance | TheaterPlace | Way] = Field(alias="@graph")
