"""The page of one event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import F, Max, Q, QuerySet

from events.catalogue.cache import cached
from events.catalogue.cards import (
    CARD_SHOWS,
    EventCard,
    LabelItem,
    Showtime,
    make_card,
    only_shown,
    read_labels,
    read_showtimes,
    upcoming_shows,
)
from events.catalogue.reviews import ReviewItem, count_stars, read_reviews
from events.catalogue.show_summaries import read_show_summaries
from events.models import Event, Label, Portrait, Show
from events.prices.notes import describe_charges
from theaters.models import Theater

# A series may have thousands of dates; the page shows the next ones.
EVENT_PAGE_SHOWS = 300
EVENT_PAGE_REVIEWS = 10


@dataclass(frozen=True, slots=True)
class Credit:
    """`portrait` is the name of a stored picture, or "", and `portrait_credit` who took it."""

    name: str
    role: str
    portrait: str = ""
    portrait_credit: str = ""


@dataclass(frozen=True, slots=True)
class PhotoItem:
    name: str
    alt: str
    credit: str


@dataclass(frozen=True, slots=True)
class EventDetail:
    """`shows` are the upcoming ones and those of today that have begun, canceled ones included.

    `last_show_at` is when an event without upcoming shows was last on.
    """

    pk: int
    card: EventCard
    synopsis: str
    cast: tuple[Credit, ...]
    credits: tuple[Credit, ...]
    photos: tuple[PhotoItem, ...]
    subtitles: tuple[str, ...]
    trailer_url: str
    theater_name: str
    theater_slug: str
    asks_attendee_names: bool
    reviews: tuple[ReviewItem, ...]
    star_counts: dict[int, int]
    shows: tuple[Showtime, ...]
    has_more_shows: bool
    last_show_at: datetime | None
    # What is in the prices of each theater, by its name.
    price_notes: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def theater_slugs(self) -> set[str]:
        """The theaters of its shows, or without any the one that it belongs to."""
        return {show.theater_slug for show in self.shows} or {self.theater_slug}

    def by_theater(self) -> list[tuple[Showtime, list[tuple[date, list[Showtime]]]]]:
        """Return the shows by theater, the one with the soonest show first, and then by local day.

        A theater is represented by its first showtime.
        """
        theaters: dict[str, list[Showtime]] = {}
        for show in self.shows:
            theaters.setdefault(show.theater_slug, []).append(show)
        return [(shows[0], group_by_day(shows)) for shows in theaters.values()]


def group_by_day(shows: list[Showtime]) -> list[tuple[date, list[Showtime]]]:
    """Group shows of one time zone, sorted by their start, by local day."""
    return [(day, list(group)) for day, group in groupby(shows, lambda show: show.local_day)]


def _credits(people: list[dict[str, Any]], portraits: dict[str, tuple[str, str]]) -> tuple[Credit, ...]:
    found = []
    for person in people:
        name = str(person.get("name", ""))
        found.append(Credit(name, str(person.get("role", "")), *portraits.get(Portrait.key_of(name), ())))
    return tuple(found)


def _read_portraits(event: Event) -> dict[str, tuple[str, str]]:
    """Return the picture of each of the event's people by the key of the name, with its credit.

    The theater's own, or else a shared one. One query, none for an event without people.
    """
    keys = {Portrait.key_of(str(person.get("name", ""))) for person in (*event.cast, *event.credits)} - {""}
    if not keys:
        return {}
    rows = Portrait.objects.filter(Q(theater=event.theater_id) | Q(theater=None), name_key__in=keys)
    # The theater's own come last and stay.
    own_last = rows.order_by(F("theater").asc(nulls_first=True))
    return {key: (photo, credit) for key, photo, credit in own_last.values_list("name_key", "photo", "credit")}


def _read_photos(event: Event) -> tuple[PhotoItem, ...]:
    if not event.pk:
        return ()
    return tuple(PhotoItem(*row) for row in event.photos.values_list("photo", "alt", "credit"))


@cached()
def read_event(now: datetime, slug: str, *, city: str = "") -> EventDetail | None:
    """Return the published event, with its shows in that city if one is given, or None. Ten queries at most."""
    event = Event.objects.published().select_related("theater").filter(slug=slug).first()
    if event is None:
        return None
    return describe(event, only_shown(Show.objects.public()).filter(event=event), now, city=city)


def read_draft(event: Event, labels: Iterable[Label], *, poster: str, now: datetime) -> EventDetail:
    """Return what the page would show if `event` were published as it is, saved or not.

    `poster` is the name of a stored picture or a data URI. Nothing is cached. Eleven queries at most.
    """
    shows = Show.objects.filter(event=event.pk, hall__theater__is_published=True).exclude(state=Show.State.DRAFT)
    detail = describe(event, shows, now)
    items = tuple(LabelItem(label.slug, label.name, label.kind) for label in labels)
    return replace(detail, card=replace(detail.card, labels=items, poster=poster))


def describe(event: Event, public: QuerySet[Show], now: datetime, *, city: str = "") -> EventDetail:
    """Build the page of an event from those of its shows that customers may see."""
    shows = public.filter(hall__theater__city__slug=city) if city else public
    recent = shows.filter(starts_at__gt=now - timedelta(days=1))
    near = [showtime for _pk, showtime in read_showtimes(recent, now, limit=EVENT_PAGE_SHOWS + 1)]
    listed = [show for show in near if show.starts_at > now or show.local_day == now.astimezone(show.tz).date()]
    last = None if any(show.starts_at > now for show in listed) else public.aggregate(last=Max("starts_at"))["last"]
    here = upcoming_shows(now, **({"theater__city__slug": city} if city else {}))
    summary = read_show_summaries(here, [event.pk]).get(event.pk) if event.pk else None
    bookable = tuple(show for show in listed if show.is_bookable)
    labels = read_labels([event.pk]).get(event.pk, ()) if event.pk else ()
    portraits = _read_portraits(event)
    return EventDetail(
        pk=event.pk or 0,
        card=make_card(event, labels, bookable[:CARD_SHOWS], summary),
        synopsis=event.synopsis,
        cast=_credits(event.cast, portraits),
        credits=_credits(event.credits, portraits),
        photos=_read_photos(event),
        subtitles=tuple(event.subtitles),
        trailer_url=event.trailer_url,
        theater_name=event.theater.name if event.theater else "",
        theater_slug=event.theater.slug if event.theater else "",
        asks_attendee_names=event.asks_attendee_names,
        reviews=read_reviews(event.reviews.all(), limit=EVENT_PAGE_REVIEWS) if event.rating_count else (),
        star_counts=count_stars(event.reviews.all()) if event.rating_count else {},
        shows=tuple(listed[:EVENT_PAGE_SHOWS]),
        has_more_shows=len(near) > EVENT_PAGE_SHOWS,
        last_show_at=last,
        price_notes=_read_price_notes({show.theater_slug for show in bookable}, event, now),
    )


def _read_price_notes(slugs: set[str], event: Event, now: datetime) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """One query, and those for charges that have changed; none without theaters."""
    theaters = Theater.objects.select_related("city").filter(slug__in=slugs).order_by("name") if slugs else ()
    found = [(theater.name, tuple(describe_charges(theater, event.pk, now))) for theater in theaters]
    return tuple((name, notes) for name, notes in found if notes)
