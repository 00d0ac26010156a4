"""Pages of the catalogue. Each reads one selector and adapts it to the visitor."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext
from django.views.generic import TemplateView, View

from events import catalogue
from events.catalogue.event_calendar import NARROWED_BY
from events.catalogue.home import FIRST_EVENTS, HOME_DAYS
from events.catalogue.link_pictures import picture_of_event
from events.catalogue.neighbors import read_also_booked, read_others_at
from events.catalogue.reviews import draw_bars
from events.catalogue.structured_data import describe_event, describe_site
from events.catalogue.subscriptions import Source, find_source
from events.catalogue.trailers import find_trailer
from events.forms import EventFilterForm, PositionForm
from events.models import Label
from events.views.active_filters import count_without, find_active_filters, list_address, write_path
from events.views.event_dates import describe_dates
from lib.moments import parse_day
from lib.pictures import picture_url
from lib.shared_pages import LANGUAGE_PARAMETER, share
from theaters.brands import brand_of_page, find_common_theater
from theaters.cities import (
    ALL_CITIES,
    choose_city,
    find_city,
    find_nearest_city,
    has_chosen_city,
    read_cities,
    remember_city,
)
from theaters.directory import CityItem

# So many cities are offered to a visitor who has chosen none; the menu at the top has all of them.
OFFERED_CITIES = 8
# As long as the search field.
MAX_QUERY = 100
# So many events are shown where nothing was found.
INSTEAD_EVENTS = 4
# How long a browser may keep an answer of `SuggestionsView`.
SUGGESTIONS_SECONDS = 60


class PartialMixin(TemplateView):
    """Answers htmx with `partial_template_name` only, except when it restores a page from history."""

    partial_template_name = ""

    @property
    def wants_partial(self) -> bool:
        htmx = self.request.htmx  # type: ignore[attr-defined]
        return bool(htmx) and not htmx.history_restore_request

    def get_template_names(self) -> list[str]:
        return [self.partial_template_name if self.wants_partial else self.template_name or ""]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request", "Cookie"])
        return response


class HomeView(PartialMixin):
    template_name = "events/home.html"
    partial_template_name = "events/_home_programme.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        share(request, catalogue.catalogue_version, parameters=("city", "day"))
        response = super().get(request, *args, **kwargs)
        remember_city(request, response)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        city = choose_city(self.request)
        day = _read_day(self.request.GET.get("day", ""), city=city, now=now)
        home = catalogue.read_home(city=city, day=day)
        today = () if day else home.on_today(now)
        offered = () if has_chosen_city(self.request) else _offer_cities()
        listed = {card.slug for card in today}
        others, room = [card for card in home.events if card.slug not in listed], FIRST_EVENTS - len(today)
        return super().get_context_data(
            home=home,
            today=today,
            soon=others[:room],
            rest=others[room:],
            lead=home.lead or next((card for card in home.events if card.is_bookable), None),
            city=city,
            city_slug=city.slug if city else "",
            day=day,
            all_days=day is None,
            offered_cities=offered,
            token_form="nearest-city" if offered else "",
            canonical_url=_address(reverse("events:home"), {"city": city.slug} if city else {}),
            structured_data=describe_site(),
            source=find_source("city", city.slug) if city else None,
            **kwargs,
        )


def _offer_cities() -> list[CityItem]:
    """Return the cities with most theaters, by name; none if there is no choice."""
    cities = read_cities()
    if len(cities) == 1:
        return []
    largest = sorted(cities, key=lambda city: -city.theater_count)[:OFFERED_CITIES]
    return [city for city in cities if city in largest]


class NearestCityView(View):
    """Leads to the programme of the city that is nearest to a position, which is not kept."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PositionForm(request.POST)
        city = find_nearest_city(**form.cleaned_data) if form.is_valid() else None
        if city is None:
            messages.error(request, gettext("No city was found near you. Please choose one."))
            return redirect("events:home")
        return redirect(write_path(reverse("events:home"), QueryDict(f"city={city.slug}")))


def _read_day(text: str, *, city: CityItem | None, now: datetime) -> date | None:
    """Return the day that the URL names, if the strip of days can show it."""
    day = parse_day(text)
    if day is None:
        return None
    today = _today(city, now)
    # Without a city each theater has its own today, which may be one day away from ours.
    slack = timedelta(0 if city else 1)
    return day if today - slack <= day < today + timedelta(HOME_DAYS) + slack else None


def _today(city: CityItem | None, now: datetime) -> date:
    return timezone.localdate(now, city.tz if city else None)


class EventListView(PartialMixin):
    """Shared without filters, as the menu links to it."""

    template_name = "events/list.html"

    def get_template_names(self) -> list[str]:
        if self.wants_partial:
            is_more = self.request.htmx.target == "more"  # type: ignore[attr-defined]
            return ["events/_result_items.html" if is_more else "events/_results.html"]
        return super().get_template_names()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        share(request, catalogue.catalogue_version, parameters=("city",))
        response = super().get(request, *args, **kwargs)
        remember_city(request, response)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        choices = catalogue.read_filter_choices()
        query = _in_chosen_city(self.request)
        form = EventFilterForm(query, choices=choices)
        filters = form.to_filters()
        after = self.request.GET.get("after", "")
        page = catalogue.search_events(filters, after=after)
        active = find_active_filters(page, form, query)
        is_empty = not page.events and not after
        is_narrowed = bool(active) or bool(filters.q)
        label = find_source("label", filters.labels[0]) if len(filters.labels) == 1 else None
        if is_empty:
            active = count_without(active, choices)
        return super().get_context_data(
            form=form,
            page=page,
            query=filters.q,
            query_text=query.urlencode(),
            after=after,
            is_more=bool(after),
            instead=_find_instead(filters.city, now) if is_empty else (),
            is_narrowed=is_narrowed,
            active_filters=active,
            label_groups=_label_groups(choices, set(filters.labels)),
            quick_dates=_quick_dates(query, filters, now),
            heading=_heading(filters, label),
            source=label,
            person=filters.person if page.events else "",
            start_address=list_address(query, {}),
            all_cities_address=list_address(query, {"city": ALL_CITIES}) if find_city(filters.city) else "",
            more_address=list_address(query, {"after": page.next_after}),
            canonical_url=self._canonical_url(is_narrowed=is_narrowed, label=label),
            **kwargs,
        )

    def _canonical_url(self, *, is_narrowed: bool, label: Source | None) -> str:
        """Return the address by which the list may be found: of the whole programme, or of all of one label."""
        asked = self.request.GET.keys() - {LANGUAGE_PARAMETER}
        if label is not None and asked == {"label"}:
            return _address(reverse("events:list"), {"label": label.slug})
        return "" if is_narrowed or "after" in asked else _address(reverse("events:list"), {})


def _heading(filters: catalogue.EventFilters, label: Source | None) -> str:
    if filters.q:
        return gettext("“%(query)s”") % {"query": filters.q}
    return label.name if label is not None else gettext("Program")


class SuggestionsView(TemplateView):
    """Options for what is being typed into a search field; without a script nobody asks for them."""

    http_method_names = ["get"]
    template_name = "events/_suggestions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # The column of words holds no more, and a longer query means nothing else.
        query = " ".join(self.request.GET.get("q", "")[:MAX_QUERY].split()).casefold()
        city = choose_city(self.request)
        found = catalogue.suggest(query, city=city.slug if city else "")
        return super().get_context_data(found=found, query=query, **kwargs)

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response = super().render_to_response(context, **kwargs)
        patch_cache_control(response, private=True, max_age=SUGGESTIONS_SECONDS)
        patch_vary_headers(response, ["Cookie"])
        return response


def _in_chosen_city(request: HttpRequest) -> QueryDict:
    """Return the query of the URL, with the visitor's city if it names none."""
    city = choose_city(request)
    if "city" in request.GET or city is None:
        return request.GET
    query = request.GET.copy()
    query["city"] = city.slug
    return query


def _find_instead(city_slug: str, now: datetime) -> tuple[catalogue.EventCard, ...]:
    """Return what is on today, or next, in the city that the list is about."""
    home = catalogue.read_home(city=find_city(city_slug))
    return tuple(home.on_today(now) or home.events)[:INSTEAD_EVENTS]


def _label_groups(choices: catalogue.FilterChoices, chosen: set[str]) -> list[dict[str, Any]]:
    groups = []
    for kind in Label.Kind:
        labels = [label for label in choices.labels if label.kind == kind]
        if labels:
            boxes = [
                {"slug": label.slug, "name": label.name, "id": f"label-{label.slug}", "is_chosen": label.slug in chosen}
                for label in labels
            ]
            is_chosen = any(box["is_chosen"] for box in boxes)
            groups.append({"name": str(kind.label).capitalize(), "choices": boxes, "is_chosen": is_chosen})
    return groups


def _quick_dates(query: QueryDict, filters: catalogue.EventFilters, now: datetime) -> list[dict[str, Any]]:
    today = _today(find_city(filters.city), now)
    saturday = today + timedelta((5 - today.weekday()) % 7) if today.weekday() != 6 else today - timedelta(1)  # noqa: PLR2004
    spans = [
        (gettext("Today"), today, today),
        (gettext("Tomorrow"), today + timedelta(1), today + timedelta(1)),
        (gettext("This weekend"), max(saturday, today), saturday + timedelta(1)),
        (gettext("Next 7 days"), today, today + timedelta(6)),
    ]
    dates = []
    for label, first, last in spans:
        is_chosen = (filters.date_from, filters.date_to) == (first, last)
        span: dict[str, Any] = (
            {"date_from": [], "date_to": []} if is_chosen else {"date_from": str(first), "date_to": str(last)}
        )
        dates.append({"label": label, "address": list_address(query, span), "is_chosen": is_chosen})
    return dates


def _address(path: str, parameters: dict[str, str], theater_id: int | None = None) -> str:
    """Return the canonical address of a page, or of that of a theater: at its brand's domain, if it has one."""
    query = QueryDict(mutable=True)
    query.update(parameters)
    return f"{brand_of_page(theater_id).brand.address}{write_path(path, query)}"


class EventDetailView(PartialMixin):
    template_name = "events/detail.html"
    partial_template_name = "events/_dates.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        share(request, catalogue.catalogue_version, parameters=("city", "day", *NARROWED_BY))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event = catalogue.read_event(self.kwargs["slug"])
        if event is None:
            raise Http404(gettext("There is no such event."))
        return super().get_context_data(**describe_page(self.request, event), **kwargs)


def describe_page(request: HttpRequest, event: catalogue.EventDetail) -> dict[str, Any]:
    """Return what the template of an event's page needs."""
    card = event.card
    city = choose_city(request)
    theater_id = find_common_theater(event.theater_slugs)
    canonical_url = _address(reverse("events:detail", args=[card.slug]), {}, theater_id)
    image_url = urljoin(canonical_url, picture_url(card.poster)) if card.poster else ""
    nearest = next(
        (show for show in event.shows if city and show.city_slug == city.slug), next(iter(event.shows), None)
    )
    in_city = [show for show in event.shows if city and show.city_slug == city.slug and show.is_bookable]
    return {
        "event": event,
        "card": card,
        "theater": theater_id,
        "city": city,
        **describe_dates(request, event, city),
        "nearest": nearest,
        "others_here": SimpleLazyObject(lambda: read_others_at(nearest.theater_slug, but=card.slug) if nearest else ()),
        "also_booked": SimpleLazyObject(lambda: read_also_booked(event.pk, city=city)),
        "prices": catalogue.find_prices(in_city) or card.prices,
        "is_bookable": any(show.is_bookable for show in event.shows),
        "total_minutes": card.running_minutes + card.interval_minutes,
        "trailer": find_trailer(event.trailer_url),
        "star_bars": draw_bars(event.star_counts),
        "link_picture": SimpleLazyObject(lambda: picture_of_event(event)),
        "canonical_url": canonical_url,
        "structured_data": SimpleLazyObject(lambda: describe_event(event, image_url=image_url)),
    }


class RobotsView(TemplateView):
    template_name = "robots.txt"
    content_type = "text/plain"


class ManifestView(TemplateView):
    template_name = "manifest.webmanifest"
    content_type = "application/manifest+json"
