"""The grid of prices: a row for each seat category, a column for each ticket type; an empty cell is not sold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from events.models import PriceTemplate, Show, TicketType
from events.prices.grid import PriceKey
from events.prices.templates import Fit
from lib.amounts import AmountField
from lib.forms import Form
from theaters.models import SeatCategory, SeatMap


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of the grid: `key` names its fields."""

    key: str
    name: str
    color: str


class GridForm(Form):
    """Amounts by row and ticket type."""

    def __init__(
        self,
        *,
        rows: Sequence[GridRow],
        ticket_types: Sequence[TicketType],
        known: Mapping[tuple[str, int], Decimal],
        currency: str,
        proposed: Mapping[tuple[str, int], Decimal] | None = None,
        data: Any = None,
    ) -> None:
        """Show `proposed` instead of `known`, marking the cells that it would change."""
        super().__init__(data)
        self.grid_rows = rows
        self.ticket_types = ticket_types
        self.currency = currency
        shown = known if proposed is None else proposed
        for row in rows:
            for ticket_type in ticket_types:
                amount = shown.get((row.key, ticket_type.pk))
                attributes = {
                    "aria-label": f"{row.name}, {ticket_type.name}",
                    "class": "price-cell",
                }
                if proposed is not None and amount != known.get((row.key, ticket_type.pk)):
                    attributes["data-changed"] = ""
                self.fields[self._name(row, ticket_type)] = AmountField(
                    currency,
                    label=attributes["aria-label"],
                    required=False,
                    initial=amount,
                    widget=UnfoldAdminTextInputWidget(attrs=attributes),
                )

    def rows(self) -> Iterator[tuple[GridRow, list[forms.BoundField]]]:
        for row in self.grid_rows:
            yield row, [self[self._name(row, ticket_type)] for ticket_type in self.ticket_types]

    def amounts(self) -> dict[tuple[str, int], Decimal]:
        return {
            (row.key, ticket_type.pk): amount
            for row in self.grid_rows
            for ticket_type in self.ticket_types
            if (amount := self.cleaned_data[self._name(row, ticket_type)]) is not None
        }

    @staticmethod
    def _name(row: GridRow, ticket_type: TicketType) -> str:
        return f"price-{row.key}-{ticket_type.pk}"


class PricesForm(GridForm):
    """The prices of one show; with `fit`, those that a template proposes."""

    def __init__(self, show: Show, data: Any = None, fit: Fit | None = None) -> None:
        self.categories = list(SeatCategory.objects.filter(seat_map=show.seat_map_id))
        proposed = {(str(category_id), pk): amount for (category_id, pk), amount in fit.prices.items()} if fit else None
        super().__init__(
            rows=[GridRow(str(category.pk), category.name, category.color) for category in self.categories],
            ticket_types=list(TicketType.objects.filter(theater=show.hall.theater_id)),
            known={(str(price.category_id), price.ticket_type_id): price.amount for price in show.prices.all()},
            proposed=proposed,
            currency=show.hall.theater.currency,
            data=data,
        )

    def prices(self) -> dict[PriceKey, Decimal]:
        return {(int(key), ticket_type_id): amount for (key, ticket_type_id), amount in self.amounts().items()}

    def by_name(self) -> dict[tuple[str, int], Decimal]:
        """Return the amounts by category name, as a template stores them."""
        names = {row.key: row.name for row in self.grid_rows}
        return {(names[key], ticket_type_id): amount for (key, ticket_type_id), amount in self.amounts().items()}


class TemplatePricesForm(GridForm):
    """The prices of a template: a row for each category that the theater's halls have, or that it names."""

    def __init__(self, template: PriceTemplate, data: Any = None) -> None:
        own = list(template.prices.all())
        found = SeatCategory.objects.filter(
            seat_map__hall__theater=template.theater_id, seat_map__state=SeatMap.State.PUBLISHED
        )
        colors: dict[str, tuple[str, str]] = {}
        for name, color in found.order_by("seat_map__hall__name", "rank").values_list("name", "color"):
            colors.setdefault(name.casefold(), (name, color))
        for price in own:
            colors.setdefault(price.category_name.casefold(), (price.category_name, "#888888"))
        rows = [GridRow(str(index), name, color) for index, (name, color) in enumerate(colors.values())]
        keys = {row.name.casefold(): row.key for row in rows}
        self.names = {row.key: row.name for row in rows}
        super().__init__(
            rows=rows,
            ticket_types=list(TicketType.objects.filter(theater=template.theater_id)),
            known={(keys[price.category_name.casefold()], price.ticket_type_id): price.amount for price in own},
            currency=template.theater.currency,
            data=data,
        )

    def by_name(self) -> dict[tuple[str, int], Decimal]:
        return {(self.names[key], ticket_type_id): amount for (key, ticket_type_id), amount in self.amounts().items()}
