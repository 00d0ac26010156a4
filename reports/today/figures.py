"""How shows sell and how full they are, drawn once a minute for everyone who sees the same of it.

Drawing tables and charts takes a third of the page's time, and the figures are a minute old anyway.
"""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from accounts.roles import Capability
from reports.today.occupancy import chart_of, read_occupancy
from reports.today.sales import read_sales
from reports.today.scope import Scope
from reports.today.selling import SELLING_DAYS, SLOW_BELOW_PERCENT, SLOW_WITHIN, read_selling


def draw_figures(scope: Scope) -> SafeString:
    """Return this part of the page, in the active language."""
    drawn = scope.keep(
        f"figures-{get_language()}", Capability.SEE_BOOKINGS, Capability.SEE_MONEY, read=lambda: _draw(scope)
    )
    return mark_safe(drawn)  # noqa: S308


def _draw(scope: Scope) -> str:
    selling = read_selling(scope)
    chart, options = chart_of(selling.coming)
    context = {
        "selling": selling,
        "rule": {"selling_days": SELLING_DAYS, "slow_days": SLOW_WITHIN.days, "slow_below": SLOW_BELOW_PERCENT},
        "sales": read_sales(scope),
        "occupancy": read_occupancy(scope),
        "coming_chart": chart,
        "coming_options": options,
    }
    return str(render_to_string("admin/today/_figures.html", context))
