"""Admins that show people only the rows of their theaters.

A model's admin inherits `ScopedAdmin` and says how the model leads to its theater and which
capabilities (`accounts/roles.py`) open it; lists, searches, autocompletes, choices, history and
direct addresses follow from that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from functools import wraps
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.admin.utils import get_fields_from_path, unquote
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import DataError, IntegrityError, models
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.enums import ActionVariant

from accounts import audit
from accounts.audit_words import compare, name_action
from accounts.models import AuditEntry, User
from accounts.roles import Capability, Person
from accounts.search import match_people
from console.deletion import Deleted, name_deleted
from console.links import remove_forbidden_links
from console.moments import ZONE_PATH, MomentColumn, MomentFilter, has_moments, with_zone, zone_of_row
from console.paging import ListPaginator
from console.people import may_at, own_zone, person_of, require_at, theaters_of
from lib.forms import ModelForm, refuse_outlandish
from lib.moment_fields import MomentField, MomentWidget
from lib.search_keys import spellings
from lib.violations import read_violation

# Next to the title there is room for so many buttons at 1280 px, in every language.
MAX_ACTION_BUTTONS = 3
# Choices in a filter by related rows; to find others, people search.
MAX_FILTER_CHOICES = 200
# Entries on a page of a row's history.
HISTORY_PAGE = 50
# Every number with so many digits fits into 64 bits.
MAX_KEY_DIGITS = 18


class ScopedRelatedFilter(RelatedDropdownFilter):
    """Offers only rows that the person may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        related = model_admin.admin_site._registry.get(field.related_model)
        rows = field.related_model._default_manager.all()
        if isinstance(related, ScopedAdmin):
            rows = related.scope(rows, request.user, related.see)
            if related.list_select_related:
                rows = rows.select_related(*related.list_select_related)
        return [(row.pk, str(row)) for row in rows[:MAX_FILTER_CHOICES]]


class NumberField(forms.DecimalField):
    """A number shown without trailing zeros: a column of four decimals stores 20 as 20.0000."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class ScopedAdmin(ModelAdmin):
    """An admin that shows people only the rows of their theaters.

    `theater_path` is the lookup from a row to its theater, such as "hall__theater"; "pk" if the row is
    a theater; "" if rows belong to no theater: all staff who have `see` anywhere see them, and platform
    admins change them. With `has_shared_rows`, the same holds for rows whose theater is empty. Without
    `edit`, a model is read-only, for platform admins too.
    """

    theater_path: ClassVar[str] = ""
    see: ClassVar[Capability] = Capability.SEE_PROGRAMME
    edit: ClassVar[Capability | None] = None
    has_shared_rows: ClassVar[bool] = False
    may_delete: ClassVar[bool] = False
    form = ModelForm
    list_fullwidth = True
    list_filter_submit = True
    warn_unsaved_form = True
    # Drawing rows takes nearly all of a list's time: with 20, it stays within that of three empty pages.
    list_per_page = 20
    show_full_result_count = False
    paginator: ClassVar[type] = ListPaginator
    change_form_before_template: ClassVar[str | None] = "admin/clock.html"
    formfield_overrides: ClassVar[Any] = {
        models.DateTimeField: {"form_class": MomentField, "widget": MomentWidget},
        models.DecimalField: {"form_class": NumberField},
    }
    # Lookups to the people of a row, "" if the row is a person: they are found in any spelling.
    search_people: ClassVar[Sequence[str]] = ()
    # Shown in an empty list: where its rows come from.
    empty_help: ClassVar[str | Promise] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._columns: dict[Any, Any] = {}

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Scope the choices of filters by related rows, and filter moments by their row's clock."""
        return [self._filter_of(one) for one in super().get_list_filter(request)]

    def _filter_of(self, one: Any) -> Any:
        name = one[0] if isinstance(one, tuple) else one
        if not isinstance(name, str):
            return one
        field = get_fields_from_path(self.model, name)[-1]
        if isinstance(field, models.DateTimeField):
            return name, MomentFilter
        return (name, ScopedRelatedFilter) if field.is_relation and not isinstance(one, tuple) else one

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Show every moment by the clock of its row's theater."""
        return [self._column_of(name) for name in super().get_list_display(request)]

    def _column_of(self, name: Any) -> Any:
        """Return the column of a moment, the same object at each call: Django compares them."""
        if name not in self._columns:
            field = _find_column(self.model, name) if isinstance(name, str) else None
            if isinstance(field, models.DateTimeField) and not hasattr(self, name):
                self._columns[name] = MomentColumn(field, self.get_empty_value_display())
            else:
                self._columns[name] = name
        return self._columns[name]

    def get_urls(self) -> list[Any]:
        """Answer 404 to addresses whose key cannot be a row's."""
        urls: list[Any] = super().get_urls()
        for url in urls:
            if "object_id" in url.pattern.converters:
                url.callback = self._with_key(url.callback)
        return urls

    def _with_key(self, view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, object_id: str, **kwargs: Any) -> HttpResponseBase:
            try:
                key = self.opts.pk.to_python(unquote(object_id))
                refuse_outlandish(key)
            except ValidationError:
                raise Http404 from None
            return view(request, *args, object_id=object_id, **kwargs)

        return checked

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.violation = getattr(request, "_violation", None)
        return form

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Title a list by what is in it, not “Select … to change”."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> Any:
        """Read times in a new row's form by the clock of the theater chosen in it.

        Violations that only the database notices are shown in the form.
        """
        if object_id is None and (zone := self._find_zone(request, None)):
            timezone.activate(zone)
        try:
            return super().changeform_view(request, object_id, *args, **kwargs)
        except (IntegrityError, DataError) as error:
            request._violation = read_violation(error)  # type: ignore[attr-defined]
            if request._violation is None:  # type: ignore[attr-defined]
                raise
            return super().changeform_view(request, object_id, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what the audit log has about a row, as far as this person may read the log, newest first."""
        log = self.admin_site._registry[AuditEntry]
        entries = log.get_queryset(request).filter(
            content_type=ContentType.objects.get_for_model(self.model), object_id=unquote(object_id)
        )
        page = self.get_paginator(request, entries, HISTORY_PAGE).get_page(request.GET.get("page"))
        more = {
            "page": page,
            "entries": [(entry, name_action(entry), compare(entry, zone_of_row(entry))) for entry in page],
            "reads_log": log.has_view_permission(request),
        }
        response: HttpResponse = super().history_view(request, object_id, {**more, **(extra_context or {})})
        return response

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Name the clock of the times unless it is the reader's own, and link only what they may open."""
        remove_forbidden_links(context["adminform"], self.admin_site, request)
        zone = timezone.get_current_timezone_name()
        is_open = bool(self.theater_path) and not context.get("original") and request.method != "POST"
        context |= {
            "says_clock": has_moments(self.model) and (zone == "UTC" or zone != str(own_zone(request.user))),
            "clock_zone": "" if is_open else zone,
            "actions_detail": _fold_actions(context.get("actions_detail") or []),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find rows by `search_fields`, in all spellings of the term, and by `search_people`."""
        typed, *others = spellings(search_term)
        found, repeats = super().get_search_results(request, queryset, typed)
        ways = Q()
        for spelling in others:
            other, _repeats = super().get_search_results(request, queryset, spelling)
            ways |= Q(pk__in=other.order_by().values("pk"))
        for relation in self.search_people if search_term.strip() else ():
            ways |= match_people(search_term, relation)
        if ways:
            found = queryset.filter(ways | Q(pk__in=found.order_by().values("pk")))
        return found, repeats

    def get_view_on_site_url(self, obj: models.Model | None = None) -> str | None:
        find_url = getattr(obj, "get_absolute_url", None)
        return str(find_url()) if find_url and self.view_on_site else None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = self.scope(super().get_queryset(request), request.user, self.see)
        return with_zone(rows, self.theater_path) if self.theater_path and has_moments(self.model) else rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return a row, and set the page's clock to its theater's."""
        row = super().get_object(request, object_id, from_field)
        zone = self._find_zone(request, row) if row is not None else None
        if zone is not None:
            timezone.activate(zone)
        return row

    def _find_zone(self, request: HttpRequest, row: models.Model | None) -> tzinfo | None:
        """Return the zone of the theater in the submitted form, or else of the row's; None without either."""
        if not self.theater_path or not has_moments(self.model):
            return None
        first, *others = self.theater_path.split("__")
        sent = request.POST.get(first, "")
        if sent.isascii() and sent.isdigit() and len(sent) <= MAX_KEY_DIGITS and first != "pk":
            field = self.model._meta.get_field(first)
            path = "__".join([*(step for step in others if step != "pk"), ZONE_PATH])
            related: Any = field.related_model
            if related is not None and (found := related._default_manager.filter(pk=int(sent)).values_list(path)[:1]):
                return ZoneInfo(found[0][0]) if found[0][0] else None
        return zone_of_row(row) if row is not None else None

    def scope(self, rows: QuerySet[Any], user: Person, capability: Capability) -> QuerySet[Any]:
        """Keep the rows of theaters where `user` has `capability`."""
        if isinstance(user, User) and user.is_superuser:
            return rows
        if not self.theater_path:
            return rows if may_at(user, capability) else rows.none()
        own = Q(**{f"{self.theater_path}__in": theaters_of(user, capability)})
        if self.has_shared_rows:
            own |= Q(**{f"{self.theater_path}__isnull": True})
        return rows.filter(own)

    def theater_id(self, row: models.Model) -> int | None:
        """Return the pk of the row's theater; None if it belongs to none."""
        value: Any = row
        *steps, last = self.theater_path.split("__") if self.theater_path else [""]
        for step in steps:
            value = getattr(value, step)
        if not last:
            return None
        found: int | None = getattr(value, "pk" if last == "pk" else f"{last}_id")
        return found

    def _may(self, user: Person, capability: Capability | None, row: models.Model | None) -> bool:
        if capability is None or isinstance(user, AnonymousUser):
            return False
        if user.is_superuser or row is None:
            return user.is_superuser or may_at(user, capability)
        if not isinstance(row, models.Model):
            # Unfold checks the actions of a page with the row's key.
            row = self.scope(self.model._default_manager.filter(pk=row), user, self.see).first()
            if row is None:
                return False
        theater_id = self.theater_id(row)
        if theater_id is None:
            return capability == self.see and may_at(user, capability)
        return may_at(user, capability, theater_id)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request.user, self.see, None)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._may(request.user, self.see, obj)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._may(request.user, self.edit, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        if not self.theater_path and not getattr(request.user, "is_superuser", False):
            return False
        return self._may(request.user, self.edit, None)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may_delete and self.has_change_permission(request, obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.URLField):
            # For addresses typed without a scheme; Django 6 assumes the same.
            kwargs.setdefault("assume_scheme", "https")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **(self._scope_choices(db_field, request) | kwargs))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **(self._scope_choices(db_field, request) | kwargs))

    def _scope_choices(self, db_field: Any, request: HttpRequest) -> dict[str, Any]:
        """Offer only rows of theaters where the person may edit this model."""
        related = self.admin_site._registry.get(db_field.related_model)
        if not isinstance(related, ScopedAdmin):
            return {}
        rows = db_field.related_model._default_manager.all()
        return {"queryset": related.scope(rows, request.user, self.edit or self.see)}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Preset the theater for people who work in only one."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        person = person_of(request)
        if self.theater_path == "theater" and self.edit is not None and not person.is_superuser:
            own = theaters_of(person, self.edit)
            if len(own) == 1:
                initial.setdefault("theater", next(iter(own)))
        return initial

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        if self.theater_path != "pk" or change:
            theater_id = self.theater_id(obj)
            if theater_id is not None and self.edit is not None:
                require_at(person_of(request), self.edit, theater_id)
        super().save_model(request, obj, form, change)
        fields = [name for name in form.changed_data if _is_column(obj, name)]
        audit.record(
            by=person_of(request),
            action=f"{obj._meta.model_name}.{'change' if change else 'add'}",
            on=obj,
            theater_id=self.theater_id(obj),
            before={name: _plain(form.initial.get(name)) for name in fields} if change else {},
            after={name: _plain(form.cleaned_data.get(name)) for name in fields},
        )

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Deleted:
        return name_deleted(objs, request, self.admin_site)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        audit.record(
            by=person_of(request), action=f"{obj._meta.model_name}.delete", on=obj, theater_id=self.theater_id(obj)
        )
        super().delete_model(request, obj)


class PlatformAdmin(ScopedAdmin):
    """An admin for platform admins only."""

    def _may(self, user: Person, capability: Capability | None, row: models.Model | None) -> bool:
        return capability is not None and isinstance(user, User) and user.is_active and user.is_superuser

    def scope(self, rows: QuerySet[Any], user: Person, capability: Capability) -> QuerySet[Any]:
        return rows if self._may(user, capability, None) else rows.none()


def _fold_actions(actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep the first actions of a page next to its title, and put the others into a menu if there are many."""
    if len(actions) <= MAX_ACTION_BUTTONS:
        return actions
    shown = MAX_ACTION_BUTTONS - 1
    more = {
        "title": _("More"),
        "icon": "more_horiz",
        "variant": ActionVariant.DEFAULT,
        "items": actions[shown:],
        # Unfold draws it as a link without an address, which the keyboard does not reach.
        "attrs": {
            "role": "button",
            "tabindex": "0",
            "x-on:keydown.enter": "actionDropdownOpen = !actionDropdownOpen",
        },
    }
    return [*actions[:shown], more]


def _find_column(model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def two_lines(title: str, detail: str) -> SafeString:
    """Return a list's cell of two lines: a title in any script, and details below it."""
    return format_html('<span class="console-lines"><span dir="auto">{}</span><br>{}</span>', title, detail)


def _is_column(row: models.Model, name: str) -> bool:
    return bool(getattr(_find_column(type(row), name), "concrete", False))


def _plain(value: Any) -> Any:
    """Return a value for JSON: numbers and text as they are, everything else as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)
