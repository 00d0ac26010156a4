"""API calls about cities and theaters."""

from datetime import date, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from events.catalogue import TheaterDetail, TheaterItem, read_theater, read_theaters
from events.schemas import Paging, Slug
from lib.pictures import picture_url
from lib.words import index_words, query_words
from theaters.brands import address_of
from theaters.cities import read_cities
from theaters.directory import CityItem

router = Router(tags=["catalogue"])


class CityOut(Schema):
    slug: str
    name: str
    country: str
    time_zone: str
    theater_count: int


class CitiesOut(Schema):
    items: list[CityOut]
    count: int


class TheaterCityOut(Schema):
    slug: str
    name: str


class TheaterOut(Schema):
    slug: str
    name: str
    url: str
    city: TheaterCityOut
    place: str
    time_zone: str
    latitude: Decimal | None
    longitude: Decimal | None
    currency: str
    description: str
    photo: str | None
    phone: str
    email: str
    website: str
    access_information: str
    travel_information: str
    rating_average: Decimal | None
    rating_count: int


class TheaterListedOut(TheaterOut):
    show_count: int


class TheatersOut(Schema):
    items: list[TheaterListedOut]
    count: int


class HallOut(Schema):
    name: str
    capacity: int


class SpanOut(Schema):
    opens: time
    closes: time = Field(description="00:00 is the end of the day.")


class SpecialDayOut(Schema):
    """A date that differs from its week; closed without spans."""

    date: date
    spans: list[SpanOut]
    note: str


class OpeningHoursOut(Schema):
    """When the box office is open, by the clock of the theater's `time_zone`."""

    week: list[list[SpanOut]] = Field(description="The spans of each weekday, from Monday on.")
    dates: list[SpecialDayOut] = Field(description="Dates of the next 30 days that differ.")


class TheaterDetailOut(TheaterOut):
    """`/shows?theater=` lists what is on."""

    halls: list[HallOut]
    opening_hours: OpeningHoursOut | None = Field(description="Null if the theater tells none.")


class TheaterQuery(Paging):
    city: Slug = Field("", description="Slug of a city.")
    q: str = Field("", max_length=100, description="Words of name, address or city, or their beginnings.")


@router.get("/cities", response=CitiesOut)
def list_cities(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """List the cities that have a theater, by name."""
    cities = read_cities()
    return {"items": cities[paging.offset : paging.offset + paging.limit], "count": len(cities)}


@router.get("/theaters", response=TheatersOut)
def list_theaters(request: HttpRequest, query: Query[TheaterQuery]) -> dict[str, Any]:
    """List theaters, by city and name."""
    words = query_words(query.q)
    found = [
        theater
        for city, theaters in read_theaters()
        if query.city in ("", city.slug)
        for theater in theaters
        if _matches(theater, city, words)
    ]
    page = found[query.offset : query.offset + query.limit]
    return {"items": [{**_theater(one), "show_count": one.show_count} for one in page], "count": len(found)}


@router.get("/theaters/{slug:slug}", response=TheaterDetailOut)
def get_theater(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Return a theater with its halls and the opening hours of its box office."""
    found = read_theater(slug)
    if found is None:
        raise Http404
    return {**_theater(found.theater), "halls": found.halls, "opening_hours": _opening(found)}


def _opening(found: TheaterDetail) -> dict[str, Any] | None:
    today = timezone.now().astimezone(ZoneInfo(found.theater.time_zone)).date()
    dates = found.opening.coming_dates(today)
    return {"week": found.opening.week, "dates": dates} if found.opening.is_known else None


def _matches(theater: TheaterItem, city: CityItem, words: list[str]) -> bool:
    known = index_words(f"{theater.name} {theater.place} {city.name}") if words else set()
    return all(any(other.startswith(word) for other in known) for word in words)


def _theater(theater: TheaterItem) -> dict[str, Any]:
    return {
        "slug": theater.slug,
        "name": theater.name,
        "url": address_of(theater.slug) + reverse("events:theater", args=[theater.slug]),
        "city": {"slug": theater.city_slug, "name": theater.city_name},
        "place": theater.place,
        "time_zone": theater.time_zone,
        "latitude": theater.latitude,
        "longitude": theater.longitude,
        "currency": theater.currency,
        "description": theater.description,
        "photo": settings.SITE_URL + picture_url(theater.photo) if theater.photo else None,
        "phone": theater.phone,
        "email": theater.email,
        "website": theater.website,
        "access_information": theater.access_information,
        "travel_information": theater.travel_information,
        "rating_average": theater.rating_average,
        "rating_count": theater.rating_count,
    }
