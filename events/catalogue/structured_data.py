"""Structured data about events and theaters for search engines (schema.org)."""

from __future__ import annotations

import json
from datetime import time
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from events.catalogue import EventDetail, ShowState, Showtime, TheaterItem
from events.models import Access, Event
from theaters.brands import address_of
from theaters.opening_hours import MIDNIGHT, OpeningTimes, Span

# Search engines look at the first few; a page of 300 shows would carry 200 kB of them.
MAX_DESCRIBED_SHOWS = 30

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


def describe_event(event: EventDetail, *, image_url: str) -> SafeString:
    """Return JSON-LD for a `<script>`: the film, and each upcoming show with its offer."""
    card = event.card
    url = _url("events:detail", card.slug, *event.theater_slugs)
    graph: list[dict[str, Any]] = []
    work: dict[str, Any] = {}
    if card.kind == Event.Kind.FILM:
        work = {
            "@type": "Movie",
            "@id": f"{url}#film",
            "name": card.title,
            "description": event.synopsis,
            "image": image_url or None,
            "duration": f"PT{card.running_minutes}M",
            "contentRating": card.age_rating or None,
        }
        if card.rating_count:
            work["aggregateRating"] = _rating(card)
        graph.append(work)
    for show in event.shows[:MAX_DESCRIBED_SHOWS]:
        described = _describe_show(show, event, url=url, image_url=image_url)
        if work:
            described["workPresented"] = {"@id": work["@id"]}
        if features := [_FEATURES[access] for access in show.access if access in _FEATURES]:
            # The features are those of this performance of the work, not of the work.
            name = "workPresented" if work else "workPerformed"
            version = {"@type": work.get("@type", "CreativeWork"), "name": card.title, "accessibilityFeature": features}
            described[name] = {**version, "exampleOfWork": described.get(name)}
        graph.append(described)
    return _dump({"@context": "https://schema.org", "@graph": graph})


def describe_theater(theater: TheaterItem, opening: OpeningTimes, *, image_url: str) -> SafeString:
    place: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "PerformingArtsTheater",
        "name": theater.name,
        "url": _url("events:theater", theater.slug, theater.slug),
        "image": image_url or None,
        "description": theater.description or None,
        "telephone": theater.phone or None,
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
    return _dump(place)


def _hours(span: Span) -> dict[str, str]:
    """Return a span as schema.org has it: a day without hours opens and closes at midnight, one to the end at 23:59."""
    closes = LAST_MINUTE if span.closes == MIDNIGHT != span.opens else span.closes
    return {"opens": f"{span.opens:%H:%M}", "closes": f"{closes:%H:%M}"}


def _describe_show(show: Showtime, event: EventDetail, *, url: str, image_url: str) -> dict[str, Any]:
    card = event.card
    described: dict[str, Any] = {
        "@type": _TYPES.get(Event.Kind(card.kind), "Event"),
        "name": card.title,
        "description": event.synopsis or card.tagline or None,
        "image": image_url or None,
        "url": url,
        "startDate": show.local_start.isoformat(),
        "endDate": show.ends_at.astimezone(show.local_start.tzinfo).isoformat(),
        "doorTime": show.doors_at.astimezone(show.local_start.tzinfo).isoformat() if show.doors_at else None,
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "eventStatus": f"https://schema.org/Event{'Cancelled' if show.state == ShowState.CANCELED else 'Scheduled'}",
        "inLanguage": show.language or None,
        "location": {
            "@type": "Place",
            "name": show.theater_name,
            "url": _url("events:theater", show.theater_slug, show.theater_slug),
            "address": _address(show.theater_place, show.city_name, show.country),
        },
        "organizer": {
            "@type": "PerformingArtsTheater",
            "name": show.theater_name,
            "url": _url("events:theater", show.theater_slug, show.theater_slug),
        },
    }
    if card.rating_count and card.kind != Event.Kind.FILM:
        described["aggregateRating"] = _rating(card)
    availability = _AVAILABILITY.get(show.state)
    if availability and show.price:
        described["offers"] = {
            "@type": "Offer",
            "url": _url("bookings:show", show.code, show.theater_slug),
            "price": f"{show.price.amount.normalize():f}",
            "priceCurrency": show.currency,
            "availability": f"https://schema.org/{availability}",
            "validFrom": show.sales_open_at.isoformat() if show.sales_open_at else None,
        }
    return described


def _address(street: str, city: str, country: str) -> dict[str, Any]:
    return {
        "@type": "PostalAddress",
        "streetAddress": street,
        "addressLocality": city,
        "addressCountry": country,
    }


def _rating(card: Any) -> dict[str, Any]:
    return {
        "@type": "AggregateRating",
        "ratingValue": str(card.rating_average),
        "reviewCount": card.rating_count,
        "bestRating": 5,
    }


def _url(name: str, key: str, *theater_slugs: str) -> str:
    return f"{address_of(*theater_slugs)}{reverse(name, args=[key])}"


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
