"""The price range of a show, stored on it so that lists need not read prices.

The *default ticket type* of a category is the first one, by the theater's order, that the category is
sold at: it is preselected for customers, and “from” is its price. What only some
may use, such as a child's or student's price, is shown as a reduction and never as the price. Tickets
for companions count for nothing here: they are sold only with a wheelchair place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery

from events.models import Price, Show


def refresh_price_ranges(shows: Iterable[int] | QuerySet[Show, Any]) -> None:
    """Set `from_price` and `lowest_price` of these shows, by pk, from their prices. One statement.

    Call it in the transaction that changes prices, or the order of ticket types.
    """
    own = Price.objects.filter(show=OuterRef("pk"), ticket_type__is_companion=False).order_by()
    order = ("ticket_type__order", "ticket_type__name", "ticket_type__pk")
    before = Q(pk__in=[])
    for place, name in enumerate(order):
        same = {column: OuterRef(column) for column in order[:place]}
        before |= Q(**same, **{f"{name}__lt": OuterRef(name)})
    sold_to_all = Price.objects.filter(ticket_type__is_companion=False)
    earlier = sold_to_all.filter(before, show=OuterRef("show"), category=OuterRef("category"))

    def least(prices: QuerySet[Price]) -> Subquery:
        return Subquery(prices.values("show").annotate(least=Min("amount")).values("least"))

    Show.objects.filter(pk__in=shows).order_by().update(
        from_price=least(own.exclude(Exists(earlier))), lowest_price=least(own)
    )
