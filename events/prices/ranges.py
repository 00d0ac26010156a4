"""The price range of a show, stored on it so that lists need not read prices.

The *default ticket type* of a category is the first one, by the theater's order, that the category is
sold at: it is preselected for customers, and “from” is its price. What only some
may use, such as a child's or student's price, is shown as a reduction and never as the price. Types
that a rule restricts (`TicketType.is_restricted`: companions, groups, a quota, days on which they are sold,
company, not on the web) count for nothing here, so no price on a page needs the clock or what was sold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from events.models import Price, Show, find_price_fees


def refresh_price_ranges(shows: Iterable[int] | QuerySet[Show, Any]) -> None:
    """Set the prices that lists show of these shows, by pk: those of tickets with their fees on the web.

    Call it in the transaction that changes prices, the order of ticket types, or fees. Two statements, and for shows
    of theaters with fees two more.
    """
    own = Price.objects.filter(show=OuterRef("pk"), ticket_type__is_restricted=False).order_by()
    order = ("ticket_type__order", "ticket_type__name", "ticket_type__pk")
    before = Q(pk__in=[])
    for place, name in enumerate(order):
        same = {column: OuterRef(column) for column in order[:place]}
        before |= Q(**same, **{f"{name}__lt": OuterRef(name)})
    sold_to_all = Price.objects.filter(ticket_type__is_restricted=False)
    earlier = sold_to_all.filter(before, show=OuterRef("show"), category=OuterRef("category"))

    def find(prices: QuerySet[Price], limit: type[Min | Max]) -> Subquery:
        return Subquery(prices.values("show").annotate(found=limit("amount")).values("found"))

    Show.objects.filter(pk__in=shows).order_by().update(
        from_price=find(own.exclude(Exists(earlier)), Min), lowest_price=find(own, Min), highest_price=find(own, Max)
    )
    charging = Show.objects.filter(pk__in=shows).exclude(hall__theater__charges_key="")
    _add_fees(list(charging.select_related("hall__theater__city").order_by("pk")))


def _add_fees(shows: list[Show]) -> None:
    """Let the ranges of shows at theaters with fees be those of what a ticket costs with them."""
    rows: dict[int, list[Price]] = defaultdict(list)
    prices = Price.objects.filter(show__in=shows, ticket_type__is_restricted=False).select_related("category")
    for price in prices.order_by("ticket_type__order", "ticket_type__name", "ticket_type__pk") if shows else ():
        rows[price.show_id].append(price)
    now = timezone.now()
    for show in shows:
        theater = show.hall.theater
        usual: dict[int, Decimal] = {}
        whole = []
        for price in rows[show.pk]:
            fees = find_price_fees(theater, price.amount, price.category.name, price.ticket_type_id, show.event_id, now)
            whole.append(price.amount + fees)
            usual.setdefault(price.category_id, price.amount + fees)
        show.from_price = min(usual.values(), default=None)
        show.lowest_price, show.highest_price = min(whole, default=None), max(whole, default=None)
    Show.objects.bulk_update(shows, ["from_price", "lowest_price", "highest_price"])
