"""What holds for many shows at once: which can go on sale, and which drafts can go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from events.catalogue import forget_catalogue
from events.errors import InvalidPrices, NotReadyForSale, SchedulingError
from events.locking import claim_show, claim_shows
from events.models import Price, Show, TicketType
from events.prices.grid import PriceKey, find_wrong_amount, used_categories
from events.prices.ranges import refresh_price_ranges
from events.sales.opening import find_missing
from events.timetable.carry import make_areas
from events.timetable.scheduling import describe
from theaters.models import SeatCategory

WRITE_BATCH = 500


class ShowInUse(SchedulingError):
    """A draft has bookings, so that it can't go."""

    def __init__(self, show: Show) -> None:
        self.show = show
        super().__init__(show)

    def __str__(self) -> str:
        return _("“%(title)s” has bookings and can't be deleted.") % {"title": self.show.event.title}


def find_obstacles(shows: Sequence[Show], now: datetime) -> dict[int, list[str | Promise]]:
    """Return by show what keeps it from going on sale. A query for each seat map, and one for all prices."""
    priced: dict[int, set[int]] = {show.pk: set() for show in shows}
    for show_id, category_id in Price.objects.filter(show__in=list(priced)).order_by().values_list("show", "category"):
        priced[show_id].add(category_id)
    used = {pk: list(used_categories(pk)) for pk in {show.seat_map_id for show in shows}}
    return {
        show.pk: find_missing(
            show, now, unpriced=[one for one in used[show.seat_map_id] if one.pk not in priced[show.pk]]
        )
        for show in shows
    }


def open_many(*, shows: Sequence[Show], by: User | None) -> None:
    """Put drafts on sale, all or none, in a few statements. Raises `NotReadyForSale` and `WrongShowState`."""
    with transaction.atomic():
        drafts = claim_shows(shows, Show.State.DRAFT)
        missing = [one for found in find_obstacles(drafts, timezone.now()).values() for one in found]
        if missing:
            raise NotReadyForSale(list({str(one): one for one in missing}.values()))
        make_areas(drafts)
        Show.objects.filter(pk__in=[show.pk for show in drafts]).update(state=Show.State.ON_SALE)
        for theater_id, group in group_by_theater(drafts).items():
            audit.record_many(
                by=by, action=Action.OPEN_SALES, changes=[(show, {}, {}) for show in group], theater_id=theater_id
            )
        forget_catalogue()


def set_many_prices(*, prices: Mapping[int, Mapping[PriceKey, Decimal]], by: User | None) -> None:
    """Make `prices`, by show pk, all the prices of these shows, all or none, in a few statements.

    Raises what `services.set_prices` raises for one. Tickets and holds keep what they were quoted.
    """
    with transaction.atomic():
        asked = Show.objects.filter(pk__in=list(prices))
        shows = claim_shows(asked, Show.State.DRAFT, Show.State.ON_SALE)
        _check_prices(shows, prices)
        before = _describe_prices(shows)
        Price.objects.filter(show__in=shows).delete()
        Price.objects.bulk_create(
            [
                Price(show=show, category_id=category_id, ticket_type_id=ticket_type_id, amount=amount)
                for show in shows
                for (category_id, ticket_type_id), amount in sorted(prices[show.pk].items())
            ],
            batch_size=WRITE_BATCH,
        )
        refresh_price_ranges([show.pk for show in shows])
        after = _describe_prices(shows)
        for theater_id, group in group_by_theater(shows).items():
            changes = [(show, before[show.pk], after[show.pk]) for show in group if before[show.pk] != after[show.pk]]
            audit.record_many(by=by, action=Action.SET_PRICES, changes=changes, theater_id=theater_id)
        forget_catalogue()


def group_by_theater(shows: Iterable[Show]) -> dict[int, list[Show]]:
    groups: dict[int, list[Show]] = {}
    for show in shows:
        groups.setdefault(show.hall.theater_id, []).append(show)
    return groups


def _check_prices(shows: Sequence[Show], prices: Mapping[int, Mapping[PriceKey, Decimal]]) -> None:
    maps = {show.seat_map_id for show in shows}
    categories: dict[int, dict[int, str]] = {pk: {} for pk in maps}
    for pk, seat_map_id, name in SeatCategory.objects.filter(seat_map__in=maps).values_list("pk", "seat_map", "name"):
        categories[seat_map_id][pk] = name
    types: dict[int, dict[int, str]] = {show.hall.theater_id: {} for show in shows}
    for pk, theater_id, name in TicketType.objects.filter(theater__in=list(types)).values_list("pk", "theater", "name"):
        types[theater_id][pk] = name
    used = {pk: list(used_categories(pk)) for pk in maps}
    problems: dict[str, str | Promise] = {}
    for show in shows:
        names, type_names = categories[show.seat_map_id], types[show.hall.theater_id]
        priced = set()
        for (category_id, ticket_type_id), amount in prices[show.pk].items():
            priced.add(category_id)
            if category_id not in names or ticket_type_id not in type_names:
                problem: str | Promise = _("A price names a category or ticket type that this show does not have.")
                problems[str(problem)] = problem
                continue
            place = f"{names[category_id]}, {type_names[ticket_type_id]}"
            for problem in find_wrong_amount(place, amount, show.hall.theater.currency):
                problems[str(problem)] = problem
        if show.state == Show.State.ON_SALE:
            for category in used[show.seat_map_id]:
                if category.pk not in priced:
                    problem = _("The category “%(name)s” is on sale and needs a price.") % {"name": category.name}
                    problems[problem] = problem
    if problems:
        raise InvalidPrices(list(problems.values()))


def _describe_prices(shows: Iterable[Show]) -> dict[int, dict[str, str]]:
    described: dict[int, dict[str, str]] = {show.pk: {} for show in shows}
    rows = Price.objects.filter(show__in=list(described)).order_by("category__rank", "ticket_type__order", "pk")
    for show_id, category, ticket_type, amount in rows.values_list(
        "show", "category__name", "ticket_type__name", "amount"
    ):
        described[show_id][f"{category}, {ticket_type}"] = f"{amount.normalize():f}"
    return described


def delete_drafts(*, shows: Iterable[Show], by: User | None) -> int:
    """Delete these drafts with their prices, all or none, and return how many there were.

    One that is gone already is passed over. Raises `WrongShowState` for a show that is no draft, or
    `ShowInUse`.
    """
    deleted = 0
    with transaction.atomic():
        for one in Show.objects.filter(pk__in=[show.pk for show in shows]).order_by("pk"):
            show = claim_show(one, Show.State.DRAFT)
            audit.record(
                by=by, action=Action.DELETE_SHOW, on=show, theater_id=show.hall.theater_id, before=describe(show)
            )
            try:
                show.delete()
            except ProtectedError as error:
                raise ShowInUse(show) from error
            deleted += 1
        if deleted:
            forget_catalogue()
    return deleted
