"""Selling at the counter although rules of ticket types are broken: who may, and with what reason."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.roles import Capability
from bookings.errors import RulesBroken
from box_office.forms import WaiverForm
from console.people import may_at
from events.models import WAIVABLE_RULES, Show


def read_waiver(request: HttpRequest, show: Show) -> str:
    """Return why rules of ticket types are to be set aside; "" if they are not, or without a reason."""
    if "waiver" not in request.POST:
        return ""
    if not may_at(request.user, Capability.EDIT_BOOKINGS, show.hall.theater_id):
        raise PermissionDenied
    form = WaiverForm(request.POST)
    return str(form.cleaned_data["waiver"]) if form.is_valid() else ""


def list_sent_again(request: HttpRequest, show: Show, broken: RulesBroken) -> list[tuple[str, str]]:
    """Return the fields of a refused form, to be sent again with a reason; none if that would not help."""
    may = may_at(request.user, Capability.EDIT_BOOKINGS, show.hall.theater_id)
    if not may or not {one.rule for one in broken.violations} <= WAIVABLE_RULES:
        return []
    left_out = {"csrfmiddlewaretoken", "waiver"}
    return [(name, one) for name in request.POST if name not in left_out for one in request.POST.getlist(name)]
