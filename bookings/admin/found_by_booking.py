"""Lists whose rows are found by anything that finds their booking."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bookings.access import bookings_for_staff
from bookings.search import find_by_booking
from console.people import person_of
from console.read_only import ReadOnlyAdmin

FOUND_BY = _("Code, name, e-mail, phone, seat with date (B 12 today), ticket code, payment reference, title")


class FoundByBookingAdmin(ReadOnlyAdmin):
    """A list of rows of bookings that is searched as bookings are, by people who may see bookings."""

    # The path from a row to its booking; "pk" if the row is a booking itself.
    booking_path: ClassVar[str]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found, repeats = super().get_search_results(request, queryset, search_term)
        if search_term.strip():
            own = bookings_for_staff(person_of(request))
            more = find_by_booking(queryset, self.booking_path, search_term, own)
            found = queryset.filter(Q(pk__in=found.order_by().values("pk")) | Q(pk__in=more.order_by().values("pk")))
        return found, repeats
