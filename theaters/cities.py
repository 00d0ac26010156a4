"""Cities with published theaters, and the one that a visitor has chosen.

The choice comes from the URL (`?city=`), otherwise a cookie, otherwise the profile. A cookie, not the
session, so that a page costs no query for a visitor without an account.
"""

from __future__ import annotations

from math import acos, cos, radians, sin

from django.http import HttpRequest, HttpResponseBase

from accounts.models import User
from theaters.directory import CityItem, read_directory
from theaters.models import Theater
from theaters.shown import shown_theaters

CITY_COOKIE = "city"
# Means that the visitor wants all cities, even if the profile names one.
ALL_CITIES = "all"
CITY_COOKIE_SECONDS = 365 * 24 * 3600
EARTH_RADIUS_KM = 6371
# Latitude and longitude in degrees.
Position = tuple[float, float]


def read_cities() -> tuple[CityItem, ...]:
    """Return the cities that have a published theater, by name; of a brand's domain, those with one of its own."""
    directory = read_directory()
    shown = shown_theaters()
    return directory.cities if shown is None else directory.cities_of(shown)


def find_city(slug: str) -> CityItem | None:
    return next((city for city in read_cities() if city.slug == slug), None)


def choose_city(request: HttpRequest) -> CityItem | None:
    """Return the city that this visitor has chosen, or None for all; an unknown slug is ignored."""
    slug = _read_choice(request)
    return None if slug == ALL_CITIES else find_city(slug)


def has_chosen_city(request: HttpRequest) -> bool:
    """Return True if this visitor has chosen a city, or all of them."""
    return bool(_read_choice(request))


def _read_choice(request: HttpRequest) -> str:
    for slug in (request.GET.get("city", ""), request.COOKIES.get(CITY_COOKIE, "")):
        if slug == ALL_CITIES or find_city(slug):
            return slug
    user = getattr(request, "user", None)
    if isinstance(user, User) and user.preferred_city_id:
        return next((city.slug for city in read_cities() if city.pk == user.preferred_city_id), "")
    return ""


def find_nearest_city(*, latitude: float, longitude: float) -> CityItem | None:
    """Return the city of the published theater that is nearest to a position, as the crow flies. One query.

    None if no theater has coordinates. The position is not kept.
    """
    here = _direction(latitude, longitude)
    published = Theater.objects.published()
    own = shown_theaters()
    theaters = published if own is None else published.filter(pk__in=own)
    places = theaters.order_by("pk").values_list("city_id", "latitude", "longitude")
    # The nearest point of a sphere is the one whose direction from its center is most alike.
    nearest = max(
        (
            (_likeness(here, _direction(float(lat), float(lon))), city_id)
            for city_id, lat, lon in places
            if lat is not None and lon is not None
        ),
        key=lambda found: found[0],
        default=None,
    )
    return next((city for city in read_cities() if nearest and city.pk == nearest[1]), None)


def measure_distance(here: Position, there: Position) -> float:
    """Return the kilometers between two positions, as the crow flies. Pure."""
    likeness = _likeness(_direction(*here), _direction(*there))
    return EARTH_RADIUS_KM * acos(max(-1.0, min(1.0, likeness)))


def _direction(latitude: float, longitude: float) -> tuple[float, float, float]:
    north, east = radians(latitude), radians(longitude)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


def _likeness(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def remember_city(request: HttpRequest, response: HttpResponseBase) -> None:
    """Remember the city that the URL names for later visits."""
    slug = request.GET.get("city", "")
    if slug and slug != request.COOKIES.get(CITY_COOKIE) and (slug == ALL_CITIES or find_city(slug)):
        response.set_cookie(
            CITY_COOKIE, slug, max_age=CITY_COOKIE_SECONDS, samesite="Lax", secure=request.is_secure(), httponly=True
        )
