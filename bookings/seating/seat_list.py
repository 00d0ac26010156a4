"""The seats of a section as check boxes, for people without scripts.

They are written without a template, which takes 75 µs of CPU for each of a section's hundreds of seats; this takes 6.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext

from bookings.seating.hall import PlanCategory, PlanRow, PlanSeat
from bookings.seating.lines import PricedCategory
from lib.money import format_money


class SeatList:
    """Writes rows of seats. What is not in `priced` is not for sale."""

    def __init__(
        self,
        priced: Iterable[PricedCategory],
        categories: Iterable[PlanCategory],
        currency: str,
        *,
        taken: Collection[int],
        chosen: Collection[int],
    ) -> None:
        self._taken, self._chosen = taken, chosen
        self._prices = {category.id: format_money(category.offers[0].amount, currency) for category in priced}
        self._categories = {category.id: category for category in categories}
        self._row, self._seat = gettext("row %(row)s"), gettext("seat %(number)s")
        self._words = {"taken": gettext("taken"), "free": gettext("free"), "not for sale": gettext("not for sale")}

    def write_row(self, section: str, row: PlanRow) -> SafeString:
        where = [section, self._row % {"row": row.label} if row.label else ""]
        begin = "".join(f"{part}, " for part in where if part)
        return mark_safe("\n".join(self._write(begin, seat) for seat in row.seats))  # noqa: S308 - escaped below

    def _write(self, begin: str, seat: PlanSeat) -> str:
        category, price = self._categories[seat.category], self._prices.get(seat.category)
        state = "taken" if seat.id in self._taken else "not for sale" if price is None else "free"
        name = capfirst(begin + self._seat % {"number": seat.number})
        words = [name, category.name, *([price] if price else []), *remarks_on(seat), self._words[state]]
        marks = (" checked" if seat.id in self._chosen else "") + ("" if state == "free" else " disabled")
        return (
            f'<label class="seat-chip"><input type="checkbox" class="visually-hidden" name="seat" value="{seat.id}"'
            f' aria-label="{escape(", ".join(words))}"{marks}>'
            f'<svg class="seat-mark" aria-hidden="true" fill="{escape(category.color)}">'
            f'<use href="#mark-{category.mark}"></use></svg>'
            f'<span aria-hidden="true">{escape(seat.number)}</span></label>'
        )


def remarks_on(seat: PlanSeat) -> list[str]:
    """Return what people should know about a seat before they take it."""
    if not seat.flags:
        return []
    return [
        words
        for is_so, words in (
            (seat.is_accessible, gettext("wheelchair place")),
            (seat.is_companion, gettext("companion seat")),
            (seat.has_restricted_view, gettext("restricted view")),
            (seat.is_step_free, gettext("step-free")),
            (seat.has_hearing_loop, gettext("hearing loop")),
        )
        if is_so
    ]
