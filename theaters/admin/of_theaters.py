"""Console pages of what several theaters may share, each theater having one: who sells, and name and look."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts import audit
from accounts.roles import Capability, Person
from console.people import may_at, person_of
from console.scoped import ScopedAdmin
from theaters.access import theaters_for
from theaters.directory import forget_directory
from theaters.models import Theater


class OfTheatersAdmin(ScopedAdmin):
    """Rows are made for theaters, and changed by those who may edit all theaters that share them.

    `theater_field` is the foreign key of theaters, and `chosen` the form's field of the theaters.
    """

    theater_path = "theaters"
    edit = Capability.EDIT_THEATER
    theater_field: ClassVar[str]
    chosen: ClassVar[str]

    def scope(self, rows: QuerySet[Any], user: Person, capability: Capability) -> QuerySet[Any]:
        return super().scope(rows, user, capability).distinct()

    def theater_id(self, row: Model) -> int | None:
        """Return the first of its theaters, in whose audit log changes are."""
        return self._sharing(row).order_by("pk").values_list("pk", flat=True).first()

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if obj is None:
            return super().has_view_permission(request)
        return self.scope(self.model._default_manager.filter(pk=obj.pk), request.user, self.see).exists()

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if obj is None or getattr(request.user, "is_superuser", False):
            return super().has_change_permission(request)
        sharing = self._sharing(obj).values_list("pk", flat=True)
        return bool(sharing) and all(may_at(request.user, Capability.EDIT_THEATER, one) for one in sharing)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if self.chosen in form.base_fields:
            field = form.base_fields[self.chosen]
            field.queryset = self._own_theaters(request)
            field.initial = self._preset(field.queryset, obj)
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Give the row to the chosen theaters, and to no others of this person's."""
        super().save_related(request, form, formsets, change)
        row, name, own = form.instance, self.theater_field, self._own_theaters(request)
        chosen = {theater.pk for theater in form.cleaned_data[self.chosen]}
        for theater in own.filter(**{name: row}).exclude(pk__in=chosen) | own.filter(pk__in=chosen):
            before, wanted = getattr(theater, name), row if theater.pk in chosen else None
            if before == wanted:
                continue
            setattr(theater, name, wanted)
            theater.save(update_fields=[name])
            audit.record(
                by=person_of(request),
                action="theater.change",
                on=theater,
                theater_id=theater.pk,
                before={name: str(before or "")},
                after={name: str(wanted or "")},
            )
        transaction.on_commit(forget_directory)

    def _preset(self, own: QuerySet[Theater], row: Model | None) -> list[Theater]:
        """Return the theaters of a row; of a new one, the only theater that there is to choose."""
        if row is not None:
            return list(self._sharing(row))
        first = list(own[:2])
        return first if len(first) == 1 else []

    def _sharing(self, row: Model) -> QuerySet[Theater]:
        return Theater.objects.filter(**{self.theater_field: row.pk})

    @staticmethod
    def _own_theaters(request: HttpRequest) -> QuerySet[Theater]:
        return theaters_for(person_of(request), Capability.EDIT_THEATER)
