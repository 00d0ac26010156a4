"""Console forms that do not save what coming shows depend on, but lead to a page that shows the effects first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin.utils import get_fields_from_path
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.scoped import ScopedAdmin

# What coming shows depend on: the lookup from a row of each model to its shows, and the fields.
SHOW_SOURCES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "event": ("shows", ("running_minutes", "interval_minutes")),
    "hall": ("shows", ("cleaning_minutes",)),
    "theater": ("halls__shows", ("city",)),
    "city": ("theaters__halls__shows", ("time_zone",)),
}


class ConfirmFirstMixin(ScopedAdmin):
    """Saves a form without those fields, then redirects to the page that confirms them (`admin:correct_times`)."""

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm[Any], change: bool) -> None:
        if change:
            defer_changes(request, form)
        super().save_model(request, obj, form, change)

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        confirming = redirect_to_confirm(request)
        if confirming and not request.__dict__["_saves_more"]:
            # Nothing was saved yet, so there is no message that the row was changed.
            return confirming
        answer: HttpResponse = super().response_change(request, obj)
        return confirming or answer


def defer_changes(request: HttpRequest, form: ModelForm[Any]) -> None:
    """Take the fields that coming shows depend on out of a valid form, if there are such shows, and remember them."""
    row = form.instance
    path, names = SHOW_SOURCES[row._meta.model_name or ""]
    changed = [name for name in names if name in form.changed_data]
    if not changed or not _has_coming_shows(row, path):
        return
    wanted: dict[str, str] = request.__dict__.setdefault("_deferred_changes", {})
    before = type(row)._default_manager.get(pk=row.pk)
    for name in changed:
        value = form.cleaned_data[name]
        wanted[f"{row._meta.model_name}-{row.pk}-{name}"] = str(value.pk if isinstance(value, Model) else value)
        setattr(row, name, getattr(before, name))
        form.changed_data.remove(name)
    request.__dict__["_saves_more"] = bool(form.changed_data)


def redirect_to_confirm(request: HttpRequest) -> HttpResponse | None:
    """Return the redirect to the page that confirms what was deferred; None if nothing was."""
    wanted = request.__dict__.get("_deferred_changes")
    if not wanted:
        return None
    messages.warning(request, _("Coming shows depend on this change. Look at what it does to them first."))
    return HttpResponseRedirect(f"{reverse('admin:correct_times')}?{urlencode(wanted)}")


def _has_coming_shows(row: Model, path: str) -> bool:
    """Return True if the row has coming shows that are planned or on sale. One query."""
    show: Any = get_fields_from_path(type(row), path)[-1].related_model
    planned = {f"{path}__state__in": [show.State.DRAFT, show.State.ON_SALE]}
    rows = type(row)._default_manager.filter(pk=row.pk, **planned, **{f"{path}__starts_at__gt": timezone.now()})
    return rows.exists()
