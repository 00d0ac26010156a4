"""The two things that every page of the catalogue shows: a card of an event, and a showtime."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, TextChoices, Window
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, RowNumber
from django.utils.translation import gettext_lazy as _

from events.catalogue.from_prices import FromPrice, make_from_price
from events.catalogue.show_summaries import ShowSummary
from events.models import ACCESS_FIELDS, Access, Event, Label, Show, ShowQuerySet, find_access
from events.models.settings import Scope, find_doors
from theaters.models import Hall
from theaters.shown import shown_theaters

# Up to how many places are “few left”: the larger of a number and a share of the capacity.
FEW_PLACES = 10
FEW_PERCENT = 10
# How many showtimes a card shows.
CARD_SHOWS = 4


class ShowState(TextChoices):
    ON_SALE = "on_sale", _("on sale")
    FEW_LEFT = "few_left", _("few places left")
    SOLD_OUT = "sold_out", _("sold out")
    NOT_YET = "not_yet", _("not on sale yet")
    CLOSED = "closed", _("sale is closed")
    CANCELED = "canceled", _("canceled")
    PAST = "past", _("over")


@dataclass(frozen=True, slots=True)
class Showtime:
    """One show as lists show it; times are aware, `time_zone` is the theater's."""

    code: str
    event_slug: str
    event_title: str
    starts_at: datetime
    ends_at: datetime
    doors_at: datetime | None
    sales_open_at: datetime | None
    time_zone: str
    theater_name: str
    theater_slug: str
    theater_place: str
    city_name: str
    city_slug: str
    country: str
    hall_name: str
    format: str
    language: str
    subtitles: str
    access: tuple[Access, ...]
    currency: str
    price: FromPrice | None
    capacity: int
    left: int
    state: ShowState
    highest_price: Decimal | None = None
    # When it was to begin before it was moved.
    moved_from_at: datetime | None = None

    @property
    def is_bookable(self) -> bool:
        return self.state in (ShowState.ON_SALE, ShowState.FEW_LEFT)

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def local_start(self) -> datetime:
        return self.starts_at.astimezone(self.tz)

    @property
    def local_day(self) -> date:
        return self.local_start.date()


@dataclass(frozen=True, slots=True)
class LabelItem:
    slug: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class EventCard:
    """An event as lists show it. `prices` and `show_count` cover its matching upcoming shows.

    There is one price per currency, the currency of the first of `next_shows` first.
    """

    slug: str
    title: str
    kind: str
    tagline: str
    age_rating: str
    running_minutes: int
    interval_minutes: int
    poster: str
    rating_average: Decimal | None
    rating_count: int
    languages: tuple[str, ...]
    labels: tuple[LabelItem, ...]
    prices: tuple[FromPrice, ...]
    show_count: int
    next_shows: tuple[Showtime, ...]

    @property
    def kind_label(self) -> str:
        return str(Event.Kind(self.kind).label)

    @property
    def is_bookable(self) -> bool:
        return any(show.is_bookable for show in self.next_shows)


def find_prices(shows: Iterable[Showtime]) -> tuple[FromPrice, ...]:
    """Return the lowest prices of these shows, in the order in which their currencies appear. Pure."""
    amounts: dict[str, tuple[list[Decimal], list[Decimal]]] = {}
    for price in (show.price for show in shows if show.price):
        usual, of_all = amounts.setdefault(price.currency, ([], []))
        usual.append(price.amount)
        of_all.append(price.amount if price.reduced is None else price.reduced)
    found = (make_from_price(currency, min(usual), min(of_all)) for currency, (usual, of_all) in amounts.items())
    return tuple(price for price in found if price)


def upcoming_shows(now: datetime, **halls: Any) -> ShowQuerySet:
    """Return the shows on sale that start after `now`, in published theaters, in halls that match `halls`. No query.

    Whether their event is published is for the caller to ask; most know it already.
    """
    shows = Show.objects.filter(state=Show.State.ON_SALE, starts_at__gt=now)
    if (own := shown_theaters()) is not None:
        halls["theater__in"] = own
    if halls:
        return shows.filter(hall__in=Hall.objects.filter(theater__is_published=True, **halls))
    # Nearly all are: the few others are looked up once for a statement, and no hall is for each show.
    return shows.exclude(hall__in=Hall.objects.filter(theater__is_published=False))


def only_shown(shows: ShowQuerySet) -> ShowQuerySet:
    """Keep the shows of the theaters that this request shows: all, or those of its domain. No query."""
    own = shown_theaters()
    return shows if own is None else shows.filter(hall__theater__in=own)


def is_coming(shows: ShowQuerySet, *, are_few: bool = False) -> Exists | Q:
    """Return the condition that an event has one of `shows`, which are few if not all upcoming ones match.

    Of a few, the database collects the events. Of all, it looks up one for each event in turn, which it does not do
    by itself: that takes two thirds of the time with 10,000 events of 20 shows each, a quarter for those of a kind.
    """
    own = shows.filter(event=OuterRef("pk"))
    if are_few:
        return Exists(own)
    return Q(pk=Subquery(own.order_by().values("event")[:1]))


def is_first(shows: ShowQuerySet) -> Combinable:
    """Return the condition that a show is the first of `shows` of its event.

    A list that is sorted by it ends after a page of events, however many shows follow.
    """
    earlier = shows.filter(event=OuterRef("event"), starts_at__lte=OuterRef("starts_at"))
    return ~Exists(earlier.exclude(starts_at=OuterRef("starts_at"), pk__gte=OuterRef("pk")))


def first_shows_of_each(
    shows: QuerySet[Show], event_ids: Iterable[int], count: int = CARD_SHOWS
) -> QuerySet[Show, Any]:
    """Return the pks of the first `count` of `shows` of each event, as a subquery."""
    rank = Window(RowNumber(), partition_by="event", order_by=["starts_at", "pk"])
    ranked = shows.filter(event__in=list(event_ids)).order_by().annotate(rank=rank)
    return ranked.filter(rank__lte=count).values("pk")


def read_showtimes(shows: QuerySet[Show], now: datetime, *, limit: int | None = None) -> list[tuple[int, Showtime]]:
    """Return (event id, showtime) for each of `shows`, the first `limit` by their start. One query.

    Places left count tickets that are held or issued; a hold that lapsed counts until the sweep
    frees it, within a minute.
    """
    tickets = Show.objects.filter(
        pk=OuterRef("pk"), tickets__state__in=("held", "issued"), tickets__seat__isnull=False
    ).order_by()
    areas = Show.objects.filter(pk=OuterRef("pk"), areas__isnull=False).order_by()
    # Places that staff closed (`ShowArea.limit`) are no more free than those taken.
    closed = Sum(F("areas__taken") + F("areas__area__capacity") - F("areas__capacity"))
    rows = shows.order_by("starts_at", "pk").values(
        "event_id",
        "event__slug",
        "event__title",
        "code",
        "starts_at",
        "ends_at",
        "doors_at",
        "sales_open_at",
        "sales_close_at",
        "sales_stopped_at",
        "state",
        "format",
        "language",
        "subtitles",
        *ACCESS_FIELDS,
        "from_price",
        "lowest_price",
        "highest_price",
        "moved_from_at",
        "hall__name",
        "hall__theater",
        "hall__theater__name",
        "hall__theater__slug",
        "hall__theater__place",
        "hall__theater__currency",
        "hall__theater__city__name",
        "hall__theater__city__slug",
        "hall__theater__city__country",
        "hall__theater__city__time_zone",
        "seat_map__capacity",
        seats_taken=Coalesce(Subquery(tickets.values("pk").values_list(Count("tickets"))), 0),
        areas_taken=Coalesce(Subquery(areas.values("pk").annotate(closed=closed).values("closed")), 0),
    )
    return [(row["event_id"], _make_showtime(row, now)) for row in rows[:limit]]


def _make_showtime(row: Mapping[str, Any], now: datetime) -> Showtime:
    capacity = row["seat_map__capacity"]
    left = max(capacity - row["seats_taken"] - row["areas_taken"], 0)
    return Showtime(
        code=row["code"],
        event_slug=row["event__slug"],
        event_title=row["event__title"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        doors_at=find_doors(row["doors_at"], row["starts_at"], Scope(row["hall__theater"], row["event_id"])),
        sales_open_at=row["sales_open_at"],
        time_zone=row["hall__theater__city__time_zone"],
        theater_name=row["hall__theater__name"],
        theater_slug=row["hall__theater__slug"],
        theater_place=row["hall__theater__place"],
        city_name=row["hall__theater__city__name"],
        city_slug=row["hall__theater__city__slug"],
        country=row["hall__theater__city__country"],
        hall_name=row["hall__name"],
        format=row["format"],
        language=row["language"],
        subtitles=row["subtitles"],
        access=find_access(row),
        currency=row["hall__theater__currency"],
        price=make_from_price(row["hall__theater__currency"], row["from_price"], row["lowest_price"]),
        capacity=capacity,
        left=left,
        state=find_show_state(
            row["state"],
            starts_at=row["starts_at"],
            sales_open_at=row["sales_open_at"],
            sales_close_at=row["sales_stopped_at"] or row["sales_close_at"],
            capacity=capacity,
            left=left,
            now=now,
        ),
        highest_price=row["highest_price"],
        moved_from_at=row["moved_from_at"],
    )


def find_show_state(
    state: str,
    *,
    starts_at: datetime,
    sales_open_at: datetime | None,
    sales_close_at: datetime | None,
    capacity: int,
    left: int,
    now: datetime,
) -> ShowState:
    """Return the state of a show that customers see. Pure."""
    sales_end_at = sales_close_at or starts_at
    if state == Show.State.CANCELED:
        return ShowState.CANCELED
    if state == Show.State.ENDED or now >= max(starts_at, sales_end_at):
        return ShowState.PAST
    if now >= sales_end_at:
        return ShowState.CLOSED
    if sales_open_at is not None and now < sales_open_at:
        return ShowState.NOT_YET
    if left <= 0:
        return ShowState.SOLD_OUT
    return ShowState.FEW_LEFT if left <= max(FEW_PLACES, capacity * FEW_PERCENT // 100) else ShowState.ON_SALE


# What a card shows of its event.
_EVENT_COLUMNS = (
    "slug",
    "title",
    "kind",
    "tagline",
    "age_rating",
    "running_minutes",
    "interval_minutes",
    "poster",
    "rating_average",
    "rating_count",
    "languages",
)


def read_cards(
    event_ids: Iterable[int], shows: Mapping[int, Sequence[Showtime]], summaries: Mapping[int, ShowSummary]
) -> dict[int, EventCard]:
    """Return the cards of these events by pk, with the given shows on them. One query."""
    ids = list(event_ids)
    if not ids:
        return {}
    # A row for each label of an event, or one without.
    rows = Event.objects.filter(pk__in=ids).order_by("labels__kind", "labels__name")
    events: dict[int, Event] = {}
    labels: dict[int, tuple[LabelItem, ...]] = {}
    for pk, slug, name, kind, *values in rows.values_list(
        "pk", "labels__slug", "labels__name", "labels__kind", *_EVENT_COLUMNS
    ):
        if pk not in events:
            events[pk] = Event(pk=pk, **dict(zip(_EVENT_COLUMNS, values, strict=True)))
        if slug:
            labels[pk] = (*labels.get(pk, ()), LabelItem(slug, name, kind))
    return {
        pk: make_card(events[pk], labels.get(pk, ()), tuple(shows.get(pk, ())), summaries.get(pk))
        for pk in ids
        if pk in events
    }


def group_by_event(showtimes: Iterable[tuple[int, Showtime]]) -> dict[int, list[Showtime]]:
    groups: dict[int, list[Showtime]] = {}
    for event_id, showtime in showtimes:
        groups.setdefault(event_id, []).append(showtime)
    return groups


def make_card(
    event: Event, labels: tuple[LabelItem, ...], shows: tuple[Showtime, ...], summary: ShowSummary | None
) -> EventCard:
    prices = summary.prices if summary else {}
    first = shows[0].currency if shows else ""
    return EventCard(
        slug=event.slug,
        title=event.title,
        kind=event.kind,
        tagline=event.tagline,
        age_rating=event.age_rating,
        running_minutes=event.running_minutes,
        interval_minutes=event.interval_minutes,
        poster=event.poster.name or "",
        rating_average=event.rating_average,
        rating_count=event.rating_count,
        languages=tuple(event.languages),
        labels=labels,
        prices=tuple(sorted(prices.values(), key=lambda price: (price.currency != first, price.currency))),
        show_count=summary.show_count if summary else 0,
        next_shows=shows,
    )


def read_labels(event_ids: list[int]) -> dict[int, tuple[LabelItem, ...]]:
    """Return each event's labels. One query."""
    labels: dict[int, tuple[LabelItem, ...]] = {}
    rows = Label.objects.filter(events__in=event_ids).order_by("kind", "name")
    for event_id, slug, name, kind in rows.values_list("events__pk", "slug", "name", "kind"):
        labels[event_id] = (*labels.get(event_id, ()), LabelItem(slug, name, kind))
    return labels
