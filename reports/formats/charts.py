"""Charts for PDF as plain numbers: the position of each value on the axis, and the labels of its lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from reports.formats.words import write_number
from reports.results import Chart

# A chart as high as a hand has room for about this many.
MAX_LINES = 5
# Round steps between the lines of an axis.
ROUND_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


def describe(chart: Chart) -> dict[str, Any]:
    """Return a chart as `templates/pdf/report.typ` draws it: values from 0, the lowest line, to 1, the highest."""
    ticks = find_ticks([Decimal(value) for series in chart.series for value in series.values if value is not None])
    low, high = ticks[0], ticks[-1]

    def place(value: int | Decimal) -> float:
        # A position on paper, not an amount.
        return round(float((Decimal(value) - low) / (high - low)), 5)

    return {
        "kind": chart.kind,
        "title": chart.title,
        "alt": gettext("Chart: %(title)s. The table below has the same figures.") % {"title": chart.title},
        "zero": place(0),
        "ticks": [{"at": place(tick), "label": write_number(tick)} for tick in ticks],
        "labels": chart.short_labels(),
        "series": [
            {"name": series.name, "values": [None if value is None else place(value) for value in series.values]}
            for series in chart.series
        ],
    }


def find_ticks(values: list[Decimal]) -> list[Decimal]:
    """Return at least two round numbers in equal steps that include zero and enclose all values."""
    low, high = min([*values, Decimal(0)]), max([*values, Decimal(0)])
    if low == high:
        high = low + 1
    raw = (high - low) / MAX_LINES
    power = Decimal(1).scaleb(raw.adjusted())
    step = next(step * power for step in ROUND_STEPS if step * power >= raw)
    first, last = (low / step).to_integral_value("ROUND_FLOOR"), (high / step).to_integral_value("ROUND_CEILING")
    ticks = [(first + number) * step for number in range(int(last - first) + 1)]
    # Without trailing zeros, which steps of 2.5 leave, and without exponents.
    return [Decimal(f"{tick.normalize():f}") for tick in ticks]
