"""Raises or lowers the prices of many shows at once, with a preview.

Tickets and holds keep what they were quoted. Free places stay free. Callers check first that `by`
may (`theaters/access.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256

from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.errors import SchedulingError
from events.models import Price, Show
from events.prices.bulk import set_many_prices
from events.prices.grid import PriceKey
from lib.amounts import MAX_AMOUNT
from lib.money import round_charge


class PricesChanged(SchedulingError):
    """One of these prices has changed since the preview."""

    def __str__(self) -> str:
        return gettext("These prices have changed since you looked at them. Nothing was changed; check them again.")


@dataclass(frozen=True, slots=True)
class PriceChange:
    """By how much prices change: a percentage, or an amount in the theater's currency.

    The result is rounded to a multiple of `step`, half up; `ticket_types` names those that change,
    empty for all.
    """

    class By(models.TextChoices):
        PERCENT = "percent", _("percent")
        AMOUNT = "amount", _("an amount")

    by: By
    value: Decimal
    step: Decimal
    ticket_types: frozenset[int] = frozenset()


def quote_change(amount: Decimal, change: PriceChange, currency: str) -> Decimal:
    """Return the changed `amount`; negative if the change takes off more than it."""
    if amount == 0:
        return amount
    if change.by == PriceChange.By.PERCENT:
        amount += amount * change.value / 100
    else:
        amount += change.value
    steps = (amount / change.step).quantize(Decimal(1), ROUND_HALF_UP) if change.step else None
    return round_charge(amount if steps is None else steps * change.step, currency)


@dataclass(frozen=True, slots=True)
class Cell:
    category: str
    ticket_type: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class ShowQuote:
    """One show's prices after a change; `refusal` says why it can't be made."""

    show: Show
    cells: tuple[Cell, ...]
    prices: dict[PriceKey, Decimal]
    refusal: str

    @property
    def changes(self) -> bool:
        return any(cell.before != cell.after for cell in self.cells)


def quote_shows(shows: Sequence[Show], change: PriceChange) -> list[ShowQuote]:
    """Return the prices of each of these shows after the change. One query."""
    found: dict[int, list[Price]] = {show.pk: [] for show in shows}
    rows = Price.objects.filter(show__in=list(found)).select_related("category", "ticket_type")
    for price in rows.order_by("category__rank", "ticket_type__order", "pk"):
        found[price.show_id].append(price)
    return [_quote(show, found[show.pk], change) for show in shows]


def _quote(show: Show, rows: list[Price], change: PriceChange) -> ShowQuote:
    currency = show.hall.theater.currency
    cells, prices = [], {}
    for row in rows:
        applies = not change.ticket_types or row.ticket_type_id in change.ticket_types
        after = quote_change(row.amount, change, currency) if applies else row.amount
        cells.append(Cell(row.category.name, row.ticket_type.name, row.amount, after))
        prices[row.category_id, row.ticket_type_id] = after
    refusal = ""
    if not cells:
        refusal = gettext("It has no prices yet.")
    elif any(not 0 <= cell.after <= MAX_AMOUNT for cell in cells):
        refusal = gettext("A price would fall below zero.")
    return ShowQuote(show, tuple(cells), prices, refusal)


def fingerprint(quotes: Iterable[ShowQuote]) -> str:
    """Return a hash of the current prices, to detect changes since a preview."""
    seen = [
        (quote.show.pk, [(*cell_key, str(cell.before.normalize())) for cell_key, cell in _keyed(quote)])
        for quote in quotes
    ]
    return sha256(repr(sorted(seen)).encode()).hexdigest()


def _keyed(quote: ShowQuote) -> list[tuple[PriceKey, Cell]]:
    return list(zip(quote.prices, quote.cells, strict=True))


def change_prices(*, shows: Sequence[Show], change: PriceChange, seen: str, by: User | None) -> int:
    """Change the prices of these shows, all or none, and return how many shows changed.

    `seen` is the `fingerprint` of the preview: raises `PricesChanged` unless the prices are
    still the same, so that a repeated call changes nothing twice. Raises what `set_many_prices` raises.
    """
    with transaction.atomic():
        # Locks the rows, so that no prices are set between the check and the change.
        Show.objects.filter(pk__in=[show.pk for show in shows]).order_by().update(lowest_price=models.F("lowest_price"))
        quotes = quote_shows(shows, change)
        if fingerprint(quotes) != seen or any(quote.refusal for quote in quotes):
            raise PricesChanged
        changing = [quote for quote in quotes if quote.changes]
        if changing:
            set_many_prices(prices={quote.show.pk: quote.prices for quote in changing}, by=by)
    return len(changing)
