"""Sets the prices of many shows at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext

from accounts.actions import Action
from accounts.models import User
from events.audit import record_shows
from events.catalogue import forget_catalogue
from events.errors import InvalidPrices
from events.locking import lock_shows
from events.models import Price, Show, TicketType
from events.prices.grid import PriceKey, find_wrong_amount, used_categories
from events.prices.ranges import refresh_price_ranges
from theaters.models import SeatCategory

WRITE_BATCH = 500


def set_many_prices(*, prices: Mapping[int, Mapping[PriceKey, Decimal]], by: User | None) -> None:
    """Make `prices`, by show pk, all the prices of these shows, all or none, in a few statements.

    Raises what `set_prices` raises for one. Tickets and holds keep what they were quoted.
    """
    with transaction.atomic():
        asked = Show.objects.filter(pk__in=list(prices))
        shows = lock_shows(asked, Show.State.DRAFT, Show.State.ON_SALE)
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
        changes = [(show, before[show.pk], after[show.pk]) for show in shows if before[show.pk] != after[show.pk]]
        record_shows(by=by, action=Action.SET_PRICES, changes=changes)
        forget_catalogue()


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
                problem: str | Promise = gettext(
                    "A price names a category or ticket type that this show does not have."
                )
                problems[str(problem)] = problem
                continue
            place = f"{names[category_id]}, {type_names[ticket_type_id]}"
            for problem in find_wrong_amount(place, amount, show.hall.theater.currency):
                problems[str(problem)] = problem
        if show.state == Show.State.ON_SALE:
            for category in used[show.seat_map_id]:
                if category.pk not in priced:
                    problem = gettext("The category “%(name)s” is on sale and needs a price.") % {"name": category.name}
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
