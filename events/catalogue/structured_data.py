"""Structured data about events and theaters for search engines (schema.org)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import time
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from events.catalogue import EventCard, EventDetail, ShowState, Showtime, TheaterItem
from events.models import Access, Event, Show
from lib.pictures import picture_url
from lib.templatetags.formats import when
from theaters.brands import address_of, brand_of, brand_of_page
from theaters.opening_hours import MIDNIGHT, OpeningTimes, Span

# Search engines look at the first few; a page of 300 shows would carry 200 kB of them.
MAX_DESCRIBED_SHOWS = 30
MAX_DESCRIBED_PEOPLE = 20

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CLOSED = Span(MIDNIGHT, MIDNIGHT)
LAST_MINUTE = time(23, 59)
_TYPES = {
    Event.Kind.FILM: "ScreeningEvent",
    Event.Kind.PLAY: "TheaterEvent",
    Event.Kind.OPERA: "TheaterEvent",
    Event.Kind.CONCERT: "MusicEvent",
    Event.Kind.COMEDY: "ComedyEvent",
    Event.Kind.DANCE: "DanceEvent",
}
_AVAILABILITY = {
    ShowState.ON_SALE: "InStock",
    ShowState.FEW_LEFT: "LimitedAvailability",
    ShowState.SOLD_OUT: "SoldOut",
    ShowState.NOT_YET: "PreOrder",
}
# In the words of schema.org, which has none for relaxed performances.
_FEATURES = {
    Access.CAPTIONED: "captions",
    Access.SIGNED: "signLanguage",
    Access.AUDIO_DESCRIBED: "audioDescription",
}


def describe_site() -> SafeString:
    """Return JSON-LD of the site, or of the domain of this request, with its search."""
    brand = brand_of_page(None).brand
    return _dump(
        {
            "@context": "https://schema.org",
            "@type": "WebSite",
            "name": brand.name,
            "url": f"{brand.address}{reverse('events:home')}",
            "potentialAction": {
                "@type": "SearchAction",
                "target": {
                    "@type": "EntryPoint",
                    "urlTemplate": f"{brand.address}{reverse('events:list')}?q={{search_term_string}}",
                },
                "query-input": "required name=search_term_string",
            },
        }
    )


def describe_event(event: EventDetail, *, image_url: str) -> SafeString:
    """Return JSON-LD for a `<script>`: the film or series, each upcoming show with its offer, and the way here."""
    card = event.card
    url = _url("events:detail", card.slug, theaters=event.theater_slugs)
    shows = event.shows[:MAX_DESCRIBED_SHOWS]
    described = [_describe_show(show, event, url=url, image_url=image_url) for show in shows]
    whole = []
    if card.kind == Event.Kind.FILM:
        whole = [_describe_film(event, url=url, image_url=image_url)]
    elif len(shows) > 1:
        whole = [_describe_series(event, shows, url=url, image_url=image_url)]
        for one in described:
            one["superEvent"] = {"@id": whole[0]["@id"]}
    way = _describe_way((gettext("Program"), _url("events:list", theaters=event.theater_slugs)), (card.title, url))
    return _dump({"@context": "https://schema.org", "@graph": [*whole, *described, way]})


def _describe_film(event: EventDetail, *, url: str, image_url: str) -> dict[str, Any]:
    card = event.card
    return {
        "@type": "Movie",
        "@id": f"{url}#film",
        "name": card.title,
        "description": event.synopsis or card.tagline or None,
        "image": image_url or None,
        "duration": f"PT{card.running_minutes}M",
        "contentRating": card.age_rating or None,
        "actor": _people(event),
        "aggregateRating": _rating(card),
    }


def _describe_series(event: EventDetail, shows: Sequence[Showtime], *, url: str, image_url: str) -> dict[str, Any]:
    return {
        "@type": "EventSeries",
        "@id": f"{url}#series",
        "name": event.card.title,
        "url": url,
        "image": image_url or None,
        "startDate": shows[0].local_start.isoformat(),
        "endDate": _local_end(shows[-1]),
        "aggregateRating": _rating(event.card),
    }


def _describe_way(*pages: tuple[str, str]) -> dict[str, Any]:
    """Return the pages that lead to this one, by name and address, itself included."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": url}
            for position, (name, url) in enumerate(pages, start=1)
        ],
    }


def describe_show_page(show: Show) -> SafeString:
    """Return JSON-LD of the way to the page where seats of a show are chosen; the event's page describes the show."""
    theater, event = show.hall.theater, show.event
    way = _describe_way(
        (gettext("Program"), _url("events:list", theaters=[theater.slug])),
        (event.title, _url("events:detail", event.slug, theaters=[theater.slug])),
        (when(show.starts_at, theater.city.time_zone), _url("bookings:show", show.code, theaters=[theater.slug])),
    )
    return _dump({"@context": "https://schema.org", "@graph": [way]})


def describe_theater(theater: TheaterItem, opening: OpeningTimes, *, image_url: str) -> SafeString:
    """Return JSON-LD of a theater with its opening hours, and the way to its page."""
    url, brand = _url("events:theater", theater.slug, theaters=[theater.slug]), brand_of(theater.pk)
    place: dict[str, Any] = {
        "@type": "PerformingArtsTheater",
        "@id": f"{url}#theater",
        "name": theater.name,
        "url": url,
        "logo": urljoin(url, picture_url(brand.logo)) if brand.logo else None,
        "sameAs": [address for address in (theater.website, *brand.social_links) if address] or None,
        "image": image_url or None,
        "description": theater.description or None,
        "telephone": theater.phone or None,
        "aggregateRating": _rating(theater),
        "address": _address(theater.place, theater.city_name, theater.country),
    }
    if theater.latitude is not None and theater.longitude is not None:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": str(theater.latitude),
            "longitude": str(theater.longitude),
        }
    if opening.is_known:
        place["openingHoursSpecification"] = [
            {"@type": "OpeningHoursSpecification", "dayOfWeek": f"https://schema.org/{name}", **_hours(span)}
            for name, spans in zip(_WEEKDAYS, opening.week, strict=True)
            for span in spans
        ]
        place["specialOpeningHoursSpecification"] = [
            {
                "@type": "OpeningHoursSpecification",
                "validFrom": special.date.isoformat(),
                "validThrough": special.date.isoformat(),
                **_hours(span),
            }
            for special in opening.dates
            for span in special.spans or (_CLOSED,)
        ]
    way = _describe_way((gettext("Theaters"), _url("events:theaters", theaters=[theater.slug])), (theater.name, url))
    return _dump({"@context": "https://schema.org", "@graph": [place, way]})


def _hours(span: Span) -> dict[str, str]:
    """Return a span as schema.org has it: a day without hours opens and closes at midnight, one to the end at 23:59."""
    closes = LAST_MINUTE if span.closes == MIDNIGHT != span.opens else span.closes
    return {"opens": f"{span.opens:%H:%M}", "closes": f"{closes:%H:%M}"}


def _describe_show(show: Showtime, event: EventDetail, *, url: str, image_url: str) -> dict[str, Any]:
    card = event.card
    is_film = card.kind == Event.Kind.FILM
    theater = {
        "name": show.theater_name,
        "url": _url("events:theater", show.theater_slug, theaters=[show.theater_slug]),
    }
    return {
        "@type": _TYPES.get(Event.Kind(card.kind), "Event"),
        "name": card.title,
        "description": event.synopsis or card.tagline or None,
        "image": image_url or None,
        "url": url,
        "startDate": show.local_start.isoformat(),
        "endDate": _local_end(show),
        "doorTime": show.doors_at.astimezone(show.tz).isoformat() if show.doors_at else None,
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        **_status(show),
        "inLanguage": show.language or None,
        "location": {
            "@type": "Place",
            **theater,
            "address": _address(show.theater_place, show.city_name, show.country),
        },
        "organizer": {"@type": "PerformingArtsTheater", **theater},
        # A film has actors and a rating of its own.
        "performer": None if is_film else _people(event),
        "aggregateRating": None if is_film else _rating(card),
        "workPresented" if is_film else "workPerformed": _describe_version(show, card, url=url),
        "offers": _describe_offer(show),
    }


def _describe_version(show: Showtime, card: EventCard, *, url: str) -> dict[str, Any] | None:
    """Return what is shown or performed: with features for access, those of this performance alone."""
    work = {"@id": f"{url}#film"} if card.kind == Event.Kind.FILM else None
    features = [_FEATURES[access] for access in show.access if access in _FEATURES]
    if not features:
        return work
    kind = "Movie" if work else "CreativeWork"
    return {"@type": kind, "name": card.title, "accessibilityFeature": features, "exampleOfWork": work}


def _status(show: Showtime) -> dict[str, str]:
    if show.state == ShowState.CANCELED:
        return {"eventStatus": "https://schema.org/EventCancelled"}
    if show.moved_from_at is not None:
        before = show.moved_from_at.astimezone(show.tz).isoformat()
        return {"eventStatus": "https://schema.org/EventRescheduled", "previousStartDate": before}
    return {"eventStatus": "https://schema.org/EventScheduled"}


def _describe_offer(show: Showtime) -> dict[str, Any] | None:
    """Return what tickets cost with their fees: from what pages call the price to the highest one."""
    availability = _AVAILABILITY.get(show.state)
    if availability is None or show.price is None:
        return None
    offer = {
        "url": _url("bookings:show", show.code, theaters=[show.theater_slug]),
        "priceCurrency": show.currency,
        "availability": f"https://schema.org/{availability}",
        "validFrom": show.sales_open_at.astimezone(show.tz).isoformat() if show.sales_open_at else None,
    }
    lowest, highest = show.price.amount, show.highest_price
    if highest is None or highest <= lowest:
        return {"@type": "Offer", "price": _number(lowest), **offer}
    return {"@type": "AggregateOffer", "lowPrice": _number(lowest), "highPrice": _number(highest), **offer}


def _local_end(show: Showtime) -> str:
    return show.ends_at.astimezone(show.tz).isoformat()


def _number(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _people(event: EventDetail) -> list[dict[str, str]] | None:
    names = list(dict.fromkeys(credit.name for credit in event.cast if credit.name))
    return [{"@type": "Person", "name": name} for name in names[:MAX_DESCRIBED_PEOPLE]] or None


def _address(street: str, city: str, country: str) -> dict[str, Any]:
    return {
        "@type": "PostalAddress",
        "streetAddress": street,
        "addressLocality": city,
        "addressCountry": country,
    }


def _rating(rated: EventCard | TheaterItem) -> dict[str, Any] | None:
    if not rated.rating_count:
        return None
    return {
        "@type": "AggregateRating",
        "ratingValue": str(rated.rating_average),
        "reviewCount": rated.rating_count,
        "bestRating": 5,
    }


def _url(name: str, *keys: str, theaters: Iterable[str]) -> str:
    return f"{address_of(*theaters)}{reverse(name, args=keys)}"


def _dump(data: dict[str, Any]) -> SafeString:
    """Return JSON that cannot close the script element it is in."""
    text = json.dumps(_without_empty(data), ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(text)  # noqa: S308 - escaped above


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_empty(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    return value
