"""How many shows events have in a list, from when, and at what price."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Min, QuerySet

from events.catalogue.from_prices import FromPrice, make_from_price
from events.models import Show


class ShowSummary(NamedTuple):
    """The matching upcoming shows of one event: their number, and their lowest prices by currency."""

    first_at: datetime
    show_count: int
    prices: dict[str, FromPrice]


def read_show_summaries(matching: QuerySet[Show], event_ids: Iterable[int]) -> dict[int, ShowSummary]:
    """Summarize the `matching` shows of each of these events; leave out events without any. One query."""
    summaries: dict[int, ShowSummary] = {}
    rows = (
        matching.filter(event__in=list(event_ids))
        .order_by()
        .values_list("event_id", "hall__theater__currency")
        .annotate(Min("starts_at"), Count("pk"), Min("from_price"), Min("lowest_price"))
    )
    for event_id, currency, first_at, count, *amounts in rows:
        known = summaries.get(event_id, ShowSummary(first_at, 0, {}))
        price = make_from_price(currency, *amounts)
        prices = {**known.prices, currency: price} if price else known.prices
        summaries[event_id] = ShowSummary(min(known.first_at, first_at), known.show_count + count, prices)
    return summaries
