"""Pages of the theaters, and their programme as a calendar to subscribe to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urljoin
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.views.generic import TemplateView

from events.catalogue import (
    TheaterDetail,
    TheaterItem,
    catalogue_version,
    read_theater,
    read_theaters,
)
from events.catalogue.days import today_in
from events.catalogue.link_pictures import picture_of_theater
from events.catalogue.reviews import draw_bars
from events.catalogue.structured_data import describe_theater
from events.catalogue.subscriptions import find_source
from events.forms import PositionForm
from lib.moments import parse_day
from lib.pictures import picture_url
from lib.shared_pages import share
from theaters.brands import brand_of, site_address
from theaters.cities import Position, choose_city, measure_distance, remember_city
from theaters.directory import CityItem
from theaters.tile_map import draw_map

# How many days the page shows at once; later ones unfold.
UNFOLDED_DAYS = 7
NEARBY_THEATERS = 50


class TheaterListView(TemplateView):
    """The theaters by city; for a POST with a position, which is not kept, by their distance from it."""

    template_name = "theaters/list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        share(request, catalogue_version, parameters=("city",))
        response = super().get(request, *args, **kwargs)
        remember_city(request, response)
        return response

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PositionForm(request.POST)
        nearby = _sort_by_distance(**form.cleaned_data) if form.is_valid() else []
        if not nearby:
            messages.error(request, gettext("No theater was found near you."))
            return redirect("events:theaters")
        return self.render_to_response(self.get_context_data(nearby=nearby))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        city = choose_city(self.request)
        return super().get_context_data(
            city=city,
            token_form="nearest-city" if len(_find_placed(_all_theaters())) > 1 else "",
            cities_with_theaters=[one for one in read_theaters() if city in {None, one[0]}],
            **(_draw_map(_find_placed(_all_theaters(city))) if city else {}),
            canonical_url=f"{site_address()}{reverse('events:theaters')}",
            **kwargs,
        )


def _all_theaters(city: CityItem | None = None) -> list[TheaterItem]:
    """Return the theaters of this city, or of all."""
    return [theater for one, theaters in read_theaters() if city in {None, one} for theater in theaters]


def _find_placed(theaters: Iterable[TheaterItem]) -> list[tuple[TheaterItem, Position]]:
    """Return the theaters of which it is known where they are."""
    return [
        (theater, (float(theater.latitude), float(theater.longitude)))
        for theater in theaters
        if theater.latitude is not None and theater.longitude is not None
    ]


def _draw_map(placed: list[tuple[TheaterItem, Position]]) -> dict[str, Any]:
    """Return a map of these theaters and its pins, or None if there is none."""
    drawn = draw_map([position for _theater, position in placed])
    pins = (
        [(theater, *point) for (theater, _position), point in zip(placed, drawn.points, strict=True)] if drawn else []
    )
    return {"map": drawn, "pins": pins}


def _sort_by_distance(*, latitude: float, longitude: float) -> list[tuple[TheaterItem, int]]:
    """Return the nearest theaters of all cities with their distance in kilometers, at least 1."""
    measured = [
        (theater, measure_distance((latitude, longitude), position))
        for theater, position in _find_placed(_all_theaters())
    ]
    nearest = sorted(measured, key=lambda found: found[1])[:NEARBY_THEATERS]
    return [(theater, max(1, round(distance))) for theater, distance in nearest]


class TheaterDetailView(TemplateView):
    """A theater and its programme: day after day, or one day at a time where many shows are on."""

    template_name = "theaters/detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        share(request, catalogue_version, parameters=("city", "day"))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        detail = read_theater(self.kwargs["slug"])
        if detail is None:
            raise Http404(gettext("There is no such theater."))
        theater = detail.theater
        address = brand_of(theater.pk).address
        image_url = urljoin(address, picture_url(theater.photo)) if theater.photo else ""
        return super().get_context_data(
            theater=theater,
            source=find_source("theater", theater.slug),
            halls=detail.halls,
            reviews=detail.reviews,
            star_bars=draw_bars(detail.star_counts),
            map_url=_map_url(theater),
            **_draw_map(_find_placed([theater])),
            link_picture=picture_of_theater(theater),
            canonical_url=f"{address}{reverse('events:theater', args=[theater.slug])}",
            structured_data=describe_theater(theater, detail.opening, image_url=image_url),
            **_describe_opening(detail),
            **(self._one_day(detail) if detail.is_dense else _all_days(detail)),
            **kwargs,
        )

    def _one_day(self, detail: TheaterDetail) -> dict[str, Any]:
        """Return the programme of the day that the address names, or of the first one with shows."""
        weeks = detail.weeks(today_in(detail.theater.time_zone, timezone.now()))
        offered = [day.date for week in weeks for day in week if day.has_shows]
        named = parse_day(self.request.GET.get("day", ""))
        day = named if named in offered else offered[0]
        return {"weeks": weeks, "day": day, "programme": detail.on_day(day)}


def _describe_opening(detail: TheaterDetail) -> dict[str, Any]:
    """Return when the box office is open, for the page: now, in the week, and on the coming dates that differ."""
    opening, now = detail.opening, timezone.now()
    if not opening.is_known:
        return {"opening": None}
    today = today_in(detail.theater.time_zone, now)
    return {
        "opening": opening.state(now, ZoneInfo(detail.theater.time_zone)),
        "today": today,
        "opening_week": [(WEEKDAYS[number], spans) for number, spans in enumerate(opening.week)],
        "opening_dates": opening.coming_dates(today),
    }


def _all_days(detail: TheaterDetail) -> dict[str, Any]:
    days = detail.by_day()
    return {
        "weeks": None,
        "day": None,
        "days": days[:UNFOLDED_DAYS],
        "later_days": days[UNFOLDED_DAYS:],
        "cards": detail.cards,
    }


def _map_url(theater: TheaterItem) -> str:
    """Return a link to the theater on OpenStreetMap: its point, or a search for its address."""
    if theater.latitude is not None and theater.longitude is not None:
        point = f"mlat={theater.latitude}&mlon={theater.longitude}#map=17/{theater.latitude}/{theater.longitude}"
        return f"https://www.openstreetmap.org/?{point}"
    return f"https://www.openstreetmap.org/search?query={quote(f'{theater.place}, {theater.city_name}')}"
