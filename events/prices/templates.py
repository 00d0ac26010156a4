"""Price templates: stored by category *name*, and applied to the categories of a show's own map.

Callers check first that `by` may (`theaters/access.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from events.models import PriceTemplate, Show, TemplatePrice, TicketType
from events.prices.bulk import set_many_prices
from events.prices.grid import PriceKey, check_amounts
from theaters.models import SeatCategory, Theater


@dataclass(frozen=True, slots=True)
class Fit:
    """The prices that a template gives the categories of one map.

    `unknown` are the template's categories that the map lacks, `uncovered` are the map's that
    the template lacks.
    """

    prices: dict[PriceKey, Decimal] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    uncovered: list[str] = field(default_factory=list)


def fit_template(rows: Iterable[TemplatePrice], categories: Iterable[SeatCategory]) -> Fit:
    """Match the prices of a template with the categories of one map by name, ignoring case. No query."""
    by_name = {category.name.casefold(): category for category in categories}
    fit = Fit()
    for row in rows:
        category = by_name.get(row.category_name.casefold())
        if category is not None:
            fit.prices[category.pk, row.ticket_type_id] = row.amount
        elif row.category_name not in fit.unknown:
            fit.unknown.append(row.category_name)
    covered = {category_id for category_id, _ticket_type_id in fit.prices}
    fit.uncovered.extend(category.name for category in by_name.values() if category.pk not in covered)
    return fit


def fit_show(template: PriceTemplate, show: Show) -> Fit:
    """Return the prices that the template gives this show. Two queries."""
    return fit_template(template.prices.all(), SeatCategory.objects.filter(seat_map=show.seat_map_id))


def apply_template(*, template: PriceTemplate, shows: Iterable[Show], by: User | None) -> None:
    """Replace all prices of these shows by the template's; all shows, or none.

    Raises what `set_many_prices` raises. Applying again changes nothing.
    """
    shows = list(shows)
    rows = list(template.prices.all())
    maps: dict[int, list[SeatCategory]] = {show.seat_map_id: [] for show in shows}
    for category in SeatCategory.objects.filter(seat_map__in=list(maps)):
        maps[category.seat_map_id].append(category)
    fits = {seat_map_id: fit_template(rows, categories).prices for seat_map_id, categories in maps.items()}
    set_many_prices(prices={show.pk: fits[show.seat_map_id] for show in shows}, by=by)


def save_template(
    *, theater: Theater, name: str, prices: Mapping[tuple[str, int], Decimal], by: User | None
) -> PriceTemplate:
    """Save `prices`, by (category name, ticket type pk), as the template of this name, replacing its contents.

    Raises `InvalidPrices` with every amount that the theater's currency does not have.
    """
    with transaction.atomic():
        template, _is_new = PriceTemplate.objects.get_or_create(theater=theater, name=name)
        names = dict(TicketType.objects.filter(theater=theater).values_list("pk", "name"))
        check_amounts(
            {f"{category}, {names[ticket_type_id]}": amount for (category, ticket_type_id), amount in prices.items()},
            theater.currency,
        )
        before = _describe(template)
        template.prices.all().delete()
        TemplatePrice.objects.bulk_create(
            TemplatePrice(template=template, category_name=category, ticket_type_id=ticket_type_id, amount=amount)
            for (category, ticket_type_id), amount in prices.items()
        )
        after = _describe(template)
        if after != before or _is_new:
            audit.record(
                by=by, action=Action.SAVE_PRICE_TEMPLATE, on=template, theater_id=theater.pk, before=before, after=after
            )
    return template


def _describe(template: PriceTemplate) -> dict[str, str]:
    rows = template.prices.order_by("pk").values_list("category_name", "ticket_type__name", "amount")
    return {f"{category}, {ticket_type}": f"{amount.normalize():f}" for category, ticket_type, amount in rows}
