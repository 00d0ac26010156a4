"""Console forms that leave what coming shows are derived from to a page that shows what it does to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models import Show
from ticketing.console import ScopedAdmin

# What coming shows are derived from: the fields of each model, and how a show leads to its rows.
SOURCES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "event": ("event", ("running_minutes", "interval_minutes")),
    "hall": ("hall", ("cleaning_minutes",)),
    "theater": ("hall__theater", ("city",)),
    "city": ("hall__theater__city", ("time_zone",)),
}


class AskingFirstMixin(ScopedAdmin):
    """Saves a form but for those fields, and then leads on to the page that asks (`admin:correct_times`)."""

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm[Any], change: bool) -> None:
        if change:
            put_off(request, form)
        super().save_model(request, obj, form, change)

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        asked = ask(request)
        if asked and not request.__dict__["_saves_more"]:
            # Nothing says that the row was changed before people have answered.
            return asked
        answer: HttpResponse = super().response_change(request, obj)
        return asked or answer


def put_off(request: HttpRequest, form: ModelForm[Any]) -> None:
    """Take from a valid form what coming shows are derived from, where there are any, and remember it."""
    row = form.instance
    path, names = SOURCES[row._meta.model_name or ""]
    changed = [name for name in names if name in form.changed_data]
    coming = Show.objects.filter(**{path: row.pk}, state__in=[Show.State.DRAFT, Show.State.ON_SALE])
    if not changed or not coming.filter(starts_at__gt=timezone.now()).exists():
        return
    wanted: dict[str, str] = request.__dict__.setdefault("_put_off", {})
    before = type(row)._default_manager.get(pk=row.pk)
    for name in changed:
        value = form.cleaned_data[name]
        wanted[f"{row._meta.model_name}-{row.pk}-{name}"] = str(value.pk if isinstance(value, Model) else value)
        setattr(row, name, getattr(before, name))
        form.changed_data.remove(name)
    request.__dict__["_saves_more"] = bool(form.changed_data)


def ask(request: HttpRequest) -> HttpResponse | None:
    """Return the way to the page that asks about what was put off; None where nothing was."""
    wanted = request.__dict__.get("_put_off")
    if not wanted:
        return None
    messages.warning(request, _("Coming shows depend on this change. Look at what it does to them first."))
    return HttpResponseRedirect(f"{reverse('admin:correct_times')}?{urlencode(wanted)}")
