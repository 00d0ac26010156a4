"""Moments in lists of the console, shown and filtered by the clock of each row's theater."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, F, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import RangeDateTimeFilter

from lib.moments import find_moments, write_moment

# The annotation with the name of a row's time zone; None if it belongs to no theater.
ZONE_ANNOTATION = "console_zone"
# The lookup from a theater to its zone.
ZONE_PATH = "city__time_zone"


def has_moments(model: type[Model]) -> bool:
    return any(isinstance(field, DateTimeField) for field in model._meta.concrete_fields)


def with_zone(rows: QuerySet[Any], theater_path: str) -> QuerySet[Any]:
    """Annotate each row with the zone of its theater, for `zone_of_row`."""
    annotated: QuerySet[Any] = rows.annotate(**{ZONE_ANNOTATION: F(zone_path(theater_path))})
    return annotated


def zone_path(theater_path: str) -> str:
    """Return the lookup from a row to its zone, given the one to its theater."""
    return ZONE_PATH if theater_path == "pk" else f"{theater_path}__{ZONE_PATH}"


def zone_of_row(row: Model) -> ZoneInfo | None:
    """Return the zone with which `with_zone` annotated the row; None if it has none."""
    key: str | None = getattr(row, ZONE_ANNOTATION, None)
    return ZoneInfo(key) if key else None


class MomentColumn:
    """A column that shows a moment of each row; replaces each `DateTimeField` of a list."""

    def __init__(self, field: DateTimeField[Any, Any], empty: str) -> None:
        self.field, self.empty = field, empty
        self.short_description = field.verbose_name
        self.admin_order_field = self.__name__ = field.name

    def __call__(self, row: Model) -> str:
        moment: datetime | None = getattr(row, self.field.attname)
        return write_moment(moment, zone_of_row(row)) if moment else self.empty


class MomentFilter(RangeDateTimeFilter):
    """Finds rows between two times by the clock of each row's theater; a date alone is its whole day."""

    def __init__(  # noqa: PLR0917 Django's own
        self, field: Any, request: HttpRequest, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        self.theater_path: str = getattr(model_admin, "theater_path", "")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        start, end = self._read("from"), self._read("to")
        if start is None and end is None:
            return queryset
        if not self.theater_path:
            return queryset.filter(self._within(start, end, timezone.get_current_timezone()))
        found = Q(**{f"{self.theater_path}__isnull": True}) & self._within(start, end, timezone.get_current_timezone())
        path = zone_path(self.theater_path)
        for key in self._read_zones(queryset.model, path):
            found |= Q(**{path: key}) & self._within(start, end, ZoneInfo(key))
        return queryset.filter(found)

    @staticmethod
    def _read_zones(model: type[Model], path: str) -> Iterable[str]:
        """Return the zones of all cities. One query."""
        cities = get_fields_from_path(model, path)[-1].model
        return cities._default_manager.order_by().values_list("time_zone", flat=True).distinct()

    def _read(self, end: str) -> datetime | None:
        """Return the local time of one end; None if nothing readable was typed."""
        day, clock = (self.used_parameters.get(f"{self.parameter_name}_{end}_{part}") for part in (0, 1))
        try:
            on = forms.DateField(required=False).clean(day)
            at = forms.TimeField(required=False).clean(clock)
        except ValidationError:
            return None
        if not isinstance(on, date):
            return None
        if at is None:
            # To the end of the last day, which is the beginning of the next.
            return datetime.combine(on if end == "from" else on + timedelta(days=1), time.min)
        return datetime.combine(on, at)

    def _within(self, start: datetime | None, end: datetime | None, zone: Any) -> Q:
        """Return the condition; an hour that comes twice is included twice, a skipped one starts after the gap."""
        found = Q()
        if start is not None:
            found &= Q(**{f"{self.parameter_name}__gte": _moments(start, zone)[0]})
        if end is not None:
            found &= Q(**{f"{self.parameter_name}__lte": _moments(end, zone)[-1]})
        return found


def _moments(local: datetime, zone: Any) -> list[datetime]:
    return find_moments(local, zone) or [local.replace(tzinfo=zone)]
