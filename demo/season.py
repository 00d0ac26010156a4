"""Load the season: add what is missing, and leave the rest as it is."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction

from accounts.models import User
from demo.baskets import put_into_baskets
from demo.places import CITIES, THEATERS, HallPlan, TheaterPlan
from demo.programme import TUESDAY, Slot, titles_on
from demo.sales import BoxOffice
from demo.titles import LABELS, TITLES, EventPlan
from events.catalogue.search import index_events
from events.models import Event, FeeRule, Label, Price, RefundPolicy, Show, ShowArea, TicketType
from events.prices.charge_changes import note_change
from events.prices.ranges import refresh_price_ranges
from lib.money import smallest_charge
from theaters.models import City, Hall, OpeningHours, SaleKind, SeatCategory, SeatMap, TaxRate, Theater
from theaters.seat_maps.publish import publish_seat_map, save_draft

DAYS_BEFORE = 8
DAYS_AHEAD = 15
# The price of a category, relative to the theater's level; halls with one category charge the level itself.
_CATEGORY_FACTORS = {
    "Box": Decimal("2.2"),
    "Parterre I": Decimal("1.8"),
    "Parterre II": Decimal("1.3"),
    "Dress circle": Decimal("1.4"),
    "Balcony": Decimal("0.7"),
    "Gallery": Decimal("0.35"),
    "Stalls": Decimal("1.2"),
    "Rear stalls": Decimal("0.9"),
    "Premium": Decimal("1.3"),
    "Front": Decimal("0.8"),
    "Table": Decimal("1.6"),
    "Terrace": Decimal("0.7"),
}
# Of box offices: Tuesday to Friday in two parts, and Saturday.
_PARTS = ((time(10), time(13)), (time(15), time(19)))
_OPENING_HOURS = [*((day, *part) for day in range(1, 5) for part in _PARTS), (5, time(14), time(20))]
# Films differ from the site's settings (`overrides.py`).
_OF_FILMS = {"refunds": RefundPolicy.UNTIL, "refund_hours": 2, "refund_percent": 100}
_BY_TITLE = {plan.slug: plan for plan in TITLES}


@dataclass
class Loaded:
    """The number of rows that a run added, by name, and its new shows."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    shows: list[Show] = field(default_factory=list)


def dice(*facts: object) -> Random:
    """Return a random generator that gives the same results for the same facts in every run."""
    return Random(" ".join(map(str, facts)))  # noqa: S311 (nothing secret is drawn from it)


@transaction.atomic
def _charge_fees(theater: Theater) -> None:
    """Let a new theater charge fees for what is sold from now on."""
    step = smallest_charge(theater.currency) * 100
    FeeRule.objects.create(theater=theater, name="Service fee", amount=2 * step, is_returned=True)
    FeeRule.objects.create(
        theater=theater, name="Booking fee", amount=step, per=FeeRule.Per.BOOKING, is_on_api=False, order=1
    )
    TaxRate.objects.create(theater=theater, kind=SaleKind.FEE, rate=20, from_on=date(2020, 1, 1))
    note_change(theater.pk)


def load_places(loaded: Loaded) -> None:
    """Add the missing cities, theaters, ticket types, halls and published seat maps."""
    for city in CITIES:
        _, is_new = City.objects.get_or_create(
            slug=city.slug, defaults={"name": city.name, "country": city.country, "time_zone": city.time_zone}
        )
        loaded.counts["cities"] += is_new
    for plan in THEATERS:
        theater, is_new = Theater.objects.get_or_create(
            slug=plan.slug,
            defaults={
                "name": plan.name,
                "city": City.objects.get(slug=plan.city),
                "place": plan.place,
                "latitude": plan.latitude,
                "longitude": plan.longitude,
                "currency": plan.currency,
                "tax_rate": plan.tax_rate,
                "description": plan.description,
                "travel_information": plan.travel_information,
                "ticket_stock": plan.ticket_stock,
                "access_information": plan.access_information,
                "phone": plan.phone,
                "email": f"{plan.slug}@example.com",
                "is_published": True,
            },
        )
        loaded.counts["theaters"] += is_new
        for order, (name, who, _share) in enumerate((("Adult", "", Decimal(1)), *plan.reduced)):
            rules = plan.rules.get(name, {})
            TicketType.objects.get_or_create(theater=theater, name=name, defaults={"who": who, "order": order, **rules})
        for hall in plan.halls:
            _load_hall(theater, hall, loaded)
        if is_new and plan.has_fees:
            _charge_fees(theater)
        if is_new:
            OpeningHours.objects.bulk_create(
                OpeningHours(theater=theater, weekday=weekday, opens=opens, closes=closes)
                for weekday, opens, closes in _OPENING_HOURS
            )


def _load_hall(theater: Theater, plan: HallPlan, loaded: Loaded) -> None:
    with transaction.atomic():
        hall, is_new = Hall.objects.get_or_create(
            theater=theater, name=plan.name, defaults={"cleaning_minutes": plan.cleaning_minutes}
        )
        loaded.counts["halls"] += is_new
        if not hall.seat_maps.exists():
            draft = save_draft(hall=hall, document=plan.layout, source="demo season", by=None)
            publish_seat_map(seat_map=draft, by=None)


def load_events(loaded: Loaded) -> None:
    """Add the missing labels and events, without their posters."""
    labels = {
        slug: Label.objects.get_or_create(slug=slug, defaults={"name": name, "kind": kind})[0]
        for slug, (name, kind) in LABELS.items()
    }
    theaters = Theater.objects.in_bulk(field_name="slug")
    added = []
    for plan in TITLES:
        if Event.objects.filter(slug=plan.slug).exists():
            continue
        event = Event.objects.create(
            slug=plan.slug,
            title=plan.title,
            kind=plan.kind,
            theater=theaters.get(plan.theater),
            tagline=plan.tagline,
            synopsis=plan.synopsis,
            running_minutes=plan.minutes,
            interval_minutes=plan.interval,
            age_rating=plan.age,
            languages=list(plan.languages),
            subtitles=list(plan.subtitles),
            cast=[{"name": name, "role": role} for name, role in plan.cast],
            credits=[{"name": name, "role": role} for name, role in plan.credits],
            is_published=True,
        )
        event.labels.set(labels[slug] for slug in plan.labels)
        added.append(event.pk)
    if added:
        index_events(Event.objects.filter(pk__in=added))
    loaded.counts["events"] = len(added)


def load_shows(now: datetime, customers: Sequence[User], loaded: Loaded) -> None:
    """Add the missing shows from a week before `now` to two weeks after, with prices and what was sold.

    A slot stays empty if another show is in its way, or if there once was a show at its time.
    """
    events = Event.objects.in_bulk(field_name="slug")
    for theater_plan in THEATERS:
        theater = Theater.objects.select_related("city").get(slug=theater_plan.slug)
        types = list(theater.ticket_types.all())
        for hall_plan in theater_plan.halls:
            seat_map = (
                SeatMap.objects.filter(hall__theater=theater, hall__name=hall_plan.name, state=SeatMap.State.PUBLISHED)
                .select_related("hall__theater__city")
                .first()
            )
            if seat_map is not None:
                shows = _missing_shows(
                    theater_plan=theater_plan,
                    hall_plan=hall_plan,
                    theater=theater,
                    seat_map=seat_map,
                    events=events,
                    now=now,
                )
                # In one transaction, so that no show is left without its sales.
                with transaction.atomic():
                    _add(shows, theater_plan, types, seat_map)
                    office = BoxOffice(
                        theater,
                        seat_map,
                        hall_plan.fill,
                        customers=customers,
                        now=now,
                        takes_cash=hall_plan is theater_plan.halls[0],
                    )
                    ledger = office.sell(shows)
                    put_into_baskets(ledger, shows)
                    ledger.write(theater, office.seller)
                loaded.shows += shows
                loaded.counts["bookings"] += len(ledger.bookings)
                loaded.counts["tickets"] += len(ledger.tickets)
    loaded.counts["shows"] = len(loaded.shows)


def _missing_shows(
    *,
    theater_plan: TheaterPlan,
    hall_plan: HallPlan,
    theater: Theater,
    seat_map: SeatMap,
    events: dict[str, Event],
    now: datetime,
) -> list[Show]:
    hall = seat_map.hall
    taken = list(Show.objects.filter(hall=hall).values_list("starts_at", "cleared_at", "state"))
    today = now.astimezone(theater.tz).date()
    shows = []
    for offset in range(-DAYS_BEFORE, DAYS_AHEAD + 1):
        day = today + timedelta(days=offset)
        for slot, slug in titles_on((theater_plan.slug, hall_plan.key), day):
            event = events.get(slug)
            if event is None:
                continue
            starts_at = datetime.combine(day, slot.at, theater.tz)
            show = _show(event, seat_map, slot, starts_at)
            _set_state(show, hall_plan, day, now)
            is_free = all(
                start != show.starts_at
                and (state == Show.State.CANCELED or show.cleared_at <= start or cleared <= show.starts_at)
                for start, cleared, state in taken
            )
            if is_free:
                taken.append((show.starts_at, show.cleared_at, show.state))
                shows.append(show)
    return shows


def _show(event: Event, seat_map: SeatMap, slot: Slot, starts_at: datetime) -> Show:
    plan, hall = _BY_TITLE[event.slug], seat_map.hall
    ends_at = starts_at + event.duration
    is_film = event.kind == Event.Kind.FILM
    return Show(
        event=event,
        hall=hall,
        seat_map=seat_map,
        starts_at=starts_at,
        ends_at=ends_at,
        cleared_at=ends_at + timedelta(minutes=hall.cleaning_minutes),
        **_OF_FILMS if is_film else {},
        doors_at=starts_at - timedelta(minutes=15) if is_film else None,
        format=slot.format,
        language=slot.language or next(iter(plan.languages), ""),
        subtitles=slot.subtitles or next(iter(plan.subtitles), ""),
        **{access.field: True for access in slot.access},
    )


def _set_state(show: Show, plan: HallPlan, day: date, now: datetime) -> None:
    """Set the show's state and opening of sales: ended, on sale, not yet on sale, or canceled."""
    chance = dice("state", plan.key, show.starts_at.isoformat()).random()
    days = (show.starts_at - now).days
    show.sales_open_at = show.starts_at - timedelta(days=35)
    show.state = Show.State.ENDED if show.ends_at <= now else Show.State.ON_SALE
    # One show in fifty is canceled, and one each week for certain.
    is_off = chance < 0.02 or (plan.key, day.weekday()) == ("saal-3", TUESDAY)  # noqa: PLR2004
    if is_off:
        show.state = Show.State.CANCELED
    elif days >= DAYS_AHEAD - 4 and chance > 0.7:  # noqa: PLR2004 (the end of the season goes on sale later)
        show.sales_open_at = show.starts_at - timedelta(days=7)


def amounts(plan: TheaterPlan, event: EventPlan, category: str, is_only: bool) -> dict[str, Decimal]:
    """Return the price of each ticket type in a category."""
    factor = Decimal(1) if is_only else _CATEGORY_FACTORS.get(category, Decimal(1))
    adult = plan.price_level * factor * Decimal(str(event.price_factor))
    shares = {"Adult": Decimal(1)} | {name: share for name, _who, share in plan.reduced}
    return {
        name: max(
            plan.price_unit if share else Decimal(0),
            (adult * share / plan.price_unit).to_integral_value() * plan.price_unit,
        )
        for name, share in shares.items()
    }


def _add(shows: list[Show], plan: TheaterPlan, types: list[TicketType], seat_map: SeatMap) -> None:
    categories = list(SeatCategory.objects.filter(seat_map=seat_map))
    areas = list(seat_map.areas.all())
    prices = []
    for show in shows:
        event = _BY_TITLE[show.event.slug]
        for category in categories:
            by_type = amounts(plan, event, category.name, len(categories) == 1)
            prices += [
                Price(show=show, category=category, ticket_type=ticket_type, amount=by_type[ticket_type.name])
                for ticket_type in types
                if ticket_type.name in by_type
            ]
    Show.objects.bulk_create(shows)
    Price.objects.bulk_create(prices)
    refresh_price_ranges([show.pk for show in shows])
    ShowArea.objects.bulk_create(
        ShowArea(show=show, area=area, capacity=area.capacity) for show in shows for area in areas
    )
