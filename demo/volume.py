"""Fill a database with very many events and shows, to see if pages stay fast.

Titles are made of two words; halls are small and all alike, in theaters of their own, so that the season's
stay as they are. An interrupted run can be continued: halls that already have shows are skipped.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from math import ceil

from django.db import transaction

from demo.halls import studio
from demo.places import CITIES
from demo.sales import BoxOffice
from demo.season import dice
from events.catalogue import forget_catalogue
from events.catalogue.search import index_events
from events.models import Event, Label, Price, RefundPolicy, Show, TicketType
from theaters.models import City, Hall, SeatCategory, SeatMap, Theater
from theaters.seat_maps.publish import publish_seat_map, save_draft

EVENTS, SHOWS = 10_000, 200_000
HALLS_PER_THEATER = 5
SHOWS_PER_HALL = 1000
SHOWS_PER_DAY = 4
DAYS_BEFORE = 30
# One hall in ten sells tickets for its shows of the next days.
HALLS_PER_SELLING_HALL, SELLING_DAYS = 10, 3
# 10,000 rows take one core 0.6 s on SQLite.
ROWS_PER_STATEMENT = 1000

_FIRST = (
    "Paper", "Silver", "Quiet", "Burning", "Northern", "Glass", "Second", "Hollow", "Winter", "Amber", "Distant",
    "Broken", "Salt", "Velvet", "Hidden", "Iron", "Summer", "Borrowed", "Crooked", "Golden", "Last", "Patient",
    "Scarlet", "Sleeping", "Stone", "Tidal", "Unwritten", "Wild", "Yellow", "Hundredth", "Feather", "Copper",
    "Late", "Blue", "Narrow", "Painted", "Singing", "Thirteenth", "Other", "Longest",
)  # fmt: skip
_SECOND = (
    "Lighthouse", "Orchard", "Messenger", "Harbor", "Garden", "Clockmaker", "Sister", "River", "Bridge", "Letter",
    "Kingdom", "Mirror", "Voyage", "Carnival", "Sparrow", "Library", "Staircase", "Island", "Lantern", "Weaver",
    "Comet", "Forest", "Tailor", "Mountain", "Theater", "Wedding", "Window", "Cartographer", "Shadow", "Baker",
    "Train", "Concert", "Door", "Machine", "Season", "Tower", "Stranger", "Tide", "Compass", "Dancer",
)  # fmt: skip
_KINDS = tuple(kind for kind in Event.Kind.values if kind != "other")
_MINUTES = (75, 90, 105, 120, 140)
_LABELS = ("comedy", "tragedy", "family", "classic", "live-music", "late-night")


@dataclass(frozen=True)
class Size:
    """How much to fill in."""

    events: int = EVENTS
    shows: int = SHOWS
    shows_per_hall: int = SHOWS_PER_HALL


def load_volume(size: Size, now: datetime, report: Callable[[str], object]) -> None:
    """Add what is missing to the wanted size; `report` is called with lines about the progress."""
    events = _load_events(size.events, report)
    halls = _load_halls(ceil(size.shows / size.shows_per_hall), report)
    for number, seat_map in enumerate(halls):
        if not Show.objects.filter(hall=seat_map.hall_id).exists():
            with transaction.atomic():
                _load_shows(number, seat_map, events, size, now)
                forget_catalogue()
        if (number + 1) % 10 == 0 or number + 1 == len(halls):
            report(f"  {Show.objects.count():,} shows")


def _load_events(count: int, report: Callable[[str], object]) -> list[Event]:
    slugs = [f"volume-{number:06}" for number in range(count)]
    known = set(Event.objects.filter(slug__startswith="volume-").values_list("slug", flat=True))
    labels = [
        Label.objects.get_or_create(slug=slug, defaults={"name": slug.replace("-", " ").capitalize()})[0]
        for slug in _LABELS
    ]
    through = Event.labels.through
    missing = [number for number, slug in enumerate(slugs) if slug not in known]
    with transaction.atomic():
        events = Event.objects.bulk_create((_event(number) for number in missing), batch_size=ROWS_PER_STATEMENT)
        through.objects.bulk_create(
            (through(event_id=event.pk, label_id=labels[index % len(labels)].pk) for index, event in enumerate(events)),
            batch_size=ROWS_PER_STATEMENT,
        )
    report(f"  {len(slugs):,} events")
    if events:
        index_events(Event.objects.filter(slug__in=slugs))
        report("  indexed for search")
    return list(Event.objects.filter(slug__in=slugs).order_by("slug").only("pk", "running_minutes", "interval_minutes"))


def _event(number: int) -> Event:
    around, place = divmod(number, len(_FIRST) * len(_SECOND))
    first, second = divmod(place, len(_SECOND))
    title = f"The {_FIRST[first]} {_SECOND[second]}" + (f" {_roman(around + 1)}" if around else "")
    return Event(
        slug=f"volume-{number:06}",
        title=title,
        kind=_KINDS[number % len(_KINDS)],
        synopsis=f"{title}: one of many events that are there to be found among the others.",
        running_minutes=_MINUTES[number % len(_MINUTES)],
        age_rating=("all ages", "8+", "12+", "16+")[number % 4],
        languages=[("en", "de", "hi", "fr")[number % 4]],
        is_published=True,
    )


def _roman(number: int) -> str:
    digits = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    written = ""
    for value, digit in digits:
        while number >= value:
            written += digit
            number -= value
    return written


def _load_halls(count: int, report: Callable[[str], object]) -> list[SeatMap]:
    seat_maps = []
    layout = studio("Hall", rows=8, seats=12)
    cities = [
        City.objects.get_or_create(
            slug=city.slug, defaults={"name": city.name, "country": city.country, "time_zone": city.time_zone}
        )[0]
        for city in CITIES
    ]
    for number in range(count):
        house, room = divmod(number, HALLS_PER_THEATER)
        theater, _ = Theater.objects.get_or_create(
            slug=f"volume-theater-{house:03}",
            defaults={
                "name": f"Volume Theater {house + 1}",
                "city": cities[house % len(cities)],
                "place": f"{house + 1} Long Street",
                "currency": "EUR",
                "tax_rate": 10,
                "is_published": True,
            },
        )
        for order, name in enumerate(("Adult", "Concession")):
            TicketType.objects.get_or_create(theater=theater, name=name, defaults={"order": order})
        with transaction.atomic():
            hall, _ = Hall.objects.get_or_create(theater=theater, name=f"Hall {room + 1}")
            seat_map = hall.seat_maps.filter(state=SeatMap.State.PUBLISHED).first()
            if seat_map is None:
                draft = save_draft(hall=hall, document=layout, source="demo volume", by=None)
                seat_map = publish_seat_map(seat_map=draft, by=None)
        seat_maps.append(seat_map)
    report(f"  {count:,} halls")
    return seat_maps


def _load_shows(number: int, seat_map: SeatMap, events: list[Event], size: Size, now: datetime) -> None:
    hall = Hall.objects.select_related("theater__city").get(pk=seat_map.hall_id)
    category = SeatCategory.objects.get(seat_map=seat_map)
    adult, concession = hall.theater.ticket_types.order_by("order")
    first = now.astimezone(hall.theater.tz).date() - timedelta(days=DAYS_BEFORE)
    shows = []
    for index in range(size.shows_per_hall):
        day, slot = divmod(index, SHOWS_PER_DAY)
        # Three hours and ten minutes apart: enough for the longest event and cleaning.
        opens = datetime.combine(first + timedelta(days=day), time(10), hall.theater.tz)
        starts_at = opens + slot * timedelta(hours=3, minutes=10)
        shows.append(_show(hall, seat_map, events[(number * 31 + index * 7) % len(events)], starts_at, now))
    Show.objects.bulk_create(shows, batch_size=ROWS_PER_STATEMENT)
    Price.objects.bulk_create(
        (
            Price(show_id=show.pk, category_id=category.pk, ticket_type_id=ticket_type.pk, amount=amount)
            for show in shows
            for ticket_type, amount in (
                (adult, show.from_price or 0),
                (concession, show.lowest_price or 0),
            )
        ),
        batch_size=ROWS_PER_STATEMENT,
    )
    if number % HALLS_PER_SELLING_HALL == 0:
        soon = [show for show in shows if now < show.starts_at < now + timedelta(days=SELLING_DAYS)]
        office = BoxOffice(hall.theater, seat_map, 0.6, customers=[], now=now)
        office.sell(soon).write(hall.theater, office.seller)


def _show(hall: Hall, seat_map: SeatMap, event: Event, starts_at: datetime, now: datetime) -> Show:
    ends_at = starts_at + event.duration
    price = Decimal(dice("price", event.pk).randint(4, 20))
    return Show(
        event_id=event.pk,
        hall_id=hall.pk,
        seat_map_id=seat_map.pk,
        starts_at=starts_at,
        ends_at=ends_at,
        cleared_at=ends_at + timedelta(minutes=hall.cleaning_minutes),
        state=Show.State.ENDED if ends_at <= now else Show.State.ON_SALE,
        language=("en", "de", "hi", "fr")[event.pk % 4],
        refunds=RefundPolicy.UNTIL,
        refund_hours=24,
        from_price=2 * price,
        lowest_price=price,
        highest_price=2 * price,
    )
