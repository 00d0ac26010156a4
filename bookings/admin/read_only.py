"""Rows that only services write: the console shows them, and acts by services."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from bookings.access import bookings_for_staff
from bookings.search import find_by_booking
from ticketing.console import ScopedAdmin, person_of

FOUND_BY = _("Code, name, e-mail, phone, seat with date (B 12 today), ticket code, payment reference, title")

STATE_LABELS = {
    "held": "info",
    "confirmed": "success",
    "issued": "success",
    "captured": "success",
    "succeeded": "success",
    "pending": "warning",
    "started": "info",
    "surplus": "danger",
    "failed": "danger",
    "declined": "danger",
    "canceled": "danger",
}


class ReadOnlyAdmin(ScopedAdmin):
    """Rows that only services write.

    With `search_booking`, the path to their booking ("pk" where they are bookings), they are found by
    all that finds a booking, for those who see bookings.
    """

    search_booking: ClassVar[str] = ""

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        found, repeats = super().get_search_results(request, queryset, search_term)
        if self.search_booking and search_term.strip():
            own = bookings_for_staff(person_of(request))
            more = find_by_booking(queryset, self.search_booking, search_term, own)
            found = queryset.filter(
                models.Q(pk__in=found.order_by().values("pk")) | models.Q(pk__in=more.order_by().values("pk"))
            )
        return found, repeats

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        return list(self.fields or [])

    @display(description=_("state"), ordering="state", label=STATE_LABELS)
    def state_label(self, row: Any) -> tuple[str, str]:
        return row.state, row.get_state_display()
