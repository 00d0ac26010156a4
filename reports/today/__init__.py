"""The console's first page: today's shows, how they sell, money, and what needs attention.

Each part is one file, runs a fixed number of statements, and covers only the theaters where the person
may see such figures (`scope.py`). Sums over many bookings are cached for a minute.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.roles import Capability
from reports.today.concerns import find_concerns
from reports.today.figures import draw_figures
from reports.today.lines import read_lines
from reports.today.money import read_money
from reports.today.scope import read_scope
from reports.today.setting_up import find_next_steps
from reports.today.shows import read_shows


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the page's context what this person may see."""
    scope = read_scope(request.user, timezone.now())
    shows = read_shows(scope)
    context |= {
        "scope": scope,
        "next_steps": find_next_steps(request, scope),
        "concerns": find_concerns(request, scope),
        "lines": read_lines(scope),
        "shows_today": shows,
        # Then the page renews their numbers.
        "is_evening": any(show.house_url for show in shows),
        "sees_money": bool(scope.ids(Capability.SEE_MONEY)),
        "edits_programme": bool(scope.ids(Capability.EDIT_PROGRAMME)),
    }
    if context["sees_money"]:
        context["money"] = read_money(scope)
    if scope.ids(Capability.SEE_BOOKINGS):
        context["figures"] = draw_figures(scope)
    return context
