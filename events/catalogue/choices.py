"""The choices that the list's filters offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Max

from events.catalogue.cache import cached
from events.catalogue.cards import LabelItem, upcoming_shows
from events.models import Event, Label

# Languages and prices of 200,000 shows take about 70 ms to collect, and seldom change.
CHOICES_CACHE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class FilterChoices:
    kinds: tuple[str, ...]
    labels: tuple[LabelItem, ...]
    languages: tuple[str, ...]
    price_max: Decimal | None

    @property
    def kind_labels(self) -> list[tuple[str, str]]:
        return [(kind, str(Event.Kind(kind).label)) for kind in self.kinds]


@cached(seconds=CHOICES_CACHE_SECONDS)
def read_filter_choices(now: datetime) -> FilterChoices:
    """Return the choices. Two queries."""
    rows = list(upcoming_shows(now).order_by().values_list("language").annotate(Max("from_price")))
    prices = [price for _language, price in rows if price is not None]
    labels = Label.objects.values_list("slug", "name", "kind")
    return FilterChoices(
        kinds=tuple(Event.Kind.values),
        labels=tuple(LabelItem(*row) for row in labels),
        languages=tuple(sorted(language for language, _price in rows if language)),
        price_max=max(prices, default=None),
    )
