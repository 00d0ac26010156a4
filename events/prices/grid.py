"""The prices of one show, by category and ticket type."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from events.catalogue import forget_catalogue
from events.errors import InvalidPrices
from events.locking import lock_show
from events.models import Price, Show, TicketType
from events.prices.ranges import refresh_price_ranges
from lib.amounts import MAX_AMOUNT
from lib.money import format_money, round_charge
from theaters.models import Area, Seat, SeatCategory

PriceKey = tuple[int, int]


def set_prices(*, show: Show, prices: Mapping[PriceKey, Decimal], by: User | None) -> None:
    """Replace all prices of the show by `prices`, by (category pk, ticket type pk).

    A pair that is left out is not sold. Amounts are in the theater's currency. Tickets and holds keep
    what they were quoted. Raises `InvalidPrices` with every problem, and then nothing has changed; a
    show on sale keeps at least one price in each category.
    """
    with transaction.atomic():
        show = lock_show(show, Show.State.DRAFT, Show.State.ON_SALE)
        _check_prices(show, prices)
        before = _describe_prices(show)
        gone = [
            pk
            for pk, *pair in show.prices.values_list("pk", "category_id", "ticket_type_id")
            if tuple(pair) not in prices
        ]
        Price.objects.filter(pk__in=gone).delete()
        Price.objects.bulk_create(
            [
                Price(show=show, category_id=category_id, ticket_type_id=ticket_type_id, amount=amount)
                for (category_id, ticket_type_id), amount in sorted(prices.items())
            ],
            update_conflicts=True,
            unique_fields=["show", "category", "ticket_type"],
            update_fields=["amount"],
        )
        refresh_price_ranges([show.pk])
        after = _describe_prices(show)
        if after != before:
            audit.record(
                by=by,
                action=Action.SET_PRICES,
                on=show,
                theater_id=show.hall.theater_id,
                before=before,
                after=after,
            )
            forget_catalogue()


def used_categories(seat_map_id: int) -> QuerySet[SeatCategory]:
    """Return the categories of a map that have places."""
    has_place = Exists(Seat.objects.filter(category=OuterRef("pk"))) | Exists(
        Area.objects.filter(category=OuterRef("pk"))
    )
    return SeatCategory.objects.filter(has_place, seat_map=seat_map_id)


def _check_prices(show: Show, prices: Mapping[PriceKey, Decimal]) -> None:
    currency = show.hall.theater.currency
    categories = {category.pk: category for category in SeatCategory.objects.filter(seat_map=show.seat_map_id)}
    ticket_types = {one.pk: one for one in TicketType.objects.filter(theater=show.hall.theater_id)}
    problems: list[str | Promise] = []
    for (category_id, ticket_type_id), amount in prices.items():
        if category_id not in categories or ticket_type_id not in ticket_types:
            problems.append(gettext("A price names a category or ticket type that this show does not have."))
            continue
        place = f"{categories[category_id].name}, {ticket_types[ticket_type_id].name}"
        problems += find_wrong_amount(place, amount, currency)
    if show.state == Show.State.ON_SALE:
        priced = {category_id for category_id, _ticket_type_id in prices}
        problems += [
            gettext("The category “%(name)s” is on sale and needs a price.") % {"name": category.name}
            for category in used_categories(show.seat_map_id).exclude(pk__in=priced)
        ]
    if problems:
        raise InvalidPrices(problems)


def check_amounts(amounts: Mapping[str, Decimal], currency: str) -> None:
    """Raise `InvalidPrices` with every amount, named by its cell, that is invalid in this currency."""
    problems = [problem for place, amount in amounts.items() for problem in find_wrong_amount(place, amount, currency)]
    if problems:
        raise InvalidPrices(problems)


def find_wrong_amount(place: str, amount: Decimal, currency: str) -> list[str | Promise]:
    """Return what is wrong with a price at `place` of the grid, as a list that is empty for a valid one."""
    if not amount.is_finite() or not 0 <= amount <= MAX_AMOUNT:
        return [gettext("%(place)s: the price must be zero or more.") % {"place": place}]
    if round_charge(amount, currency) == amount:
        return []
    example = format_money(round_charge(amount, currency), currency)
    return [
        gettext("%(place)s: %(currency)s has no coins that small; did you mean %(example)s?")
        % {"place": place, "currency": currency, "example": example}
    ]


def _describe_prices(show: Show) -> dict[str, str]:
    rows = show.prices.order_by("category__rank", "ticket_type__order", "pk")
    return {
        f"{category}, {ticket_type}": f"{amount.normalize():f}"
        for category, ticket_type, amount in rows.values_list("category__name", "ticket_type__name", "amount")
    }
