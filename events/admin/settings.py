"""The console's pages of settings: of the site, of a theater, and of a theater for one event."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import NumberInput, Select, TextInput, Widget
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.roles import Capability
from console.people import may_at, person_of, require_at, theaters_of
from console.site import add_page
from events.levels.change import change_settings, upcoming_shows
from events.levels.explain import Effects, find_effects
from events.levels.form import OwnSettingsForm, say_inherited
from events.levels.read import find_own
from events.models import Event, Level, OwnSettings
from events.models.settings import SETTINGS, SITE, Scope, Setting
from lib.words import normalize
from theaters.models import Theater

# Links to theaters or events beside the form.
MAX_LINKS = 100
STYLED: dict[type[Widget], type[Widget]] = {
    NumberInput: UnfoldAdminIntegerFieldWidget,
    Select: UnfoldAdminSelectWidget,
    TextInput: UnfoldAdminTextInputWidget,
}


class SettingsView(View):
    """The site's settings, for platform admins. Others are led to those of their first theater."""

    theater: Theater | None = None
    event: Event | None = None
    scope: Scope = SITE

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        person = person_of(request)
        if not person.is_superuser:
            require_at(person, Capability.EDIT_THEATER)
            first = Theater.objects.filter(pk__in=theaters_of(person, Capability.EDIT_THEATER)).order_by("name").first()
            return HttpResponseRedirect(reverse("admin:settings_theater", args=[first.slug])) if first else _refuse()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, self._make_form(request))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self._make_form(request, request.POST)
        if not form.is_valid():
            return self._show(request, form)
        effects = find_effects(self.scope, form.cleaned_data)
        if effects.settings and effects.with_tickets and "_sure" not in request.POST:
            return self._show(request, form, effects)
        change_settings(scope=self.scope, values=form.cleaned_data, by=person_of(request))
        messages.success(request, _("The settings are saved."))
        return HttpResponseRedirect(request.get_full_path())

    def _make_form(self, request: HttpRequest, data: Any = None) -> OwnSettingsForm:
        form = OwnSettingsForm(data, instance=find_own(self.scope))
        wanted = normalize(request.GET.get("q", ""))
        for setting in SETTINGS:
            is_here = self.scope.level in setting.levels and _matches(setting, wanted)
            for name in setting.fields:
                if not is_here:
                    del form.fields[name]
                    continue
                widget = form.fields[name].widget
                form.fields[name].widget = STYLED[type(widget)](attrs=widget.attrs)
        say_inherited(
            form.fields, self.scope, lambda level: find_page(request, level, theater=self.theater, event=self.event)
        )
        return form

    def _show(self, request: HttpRequest, form: OwnSettingsForm, effects: Effects | None = None) -> HttpResponse:
        groups: dict[str, list[dict[str, Any]]] = {}
        for setting in SETTINGS:
            if setting.name not in form.fields:
                continue
            fields = [form[name] for name in setting.fields]
            groups.setdefault(str(setting.group), []).append({"fields": fields, "told": setting.told})
        context = {
            **admin.site.each_context(request),
            "title": _("Settings"),
            "form": form,
            "groups": groups,
            "effects": effects,
            "theater": self.theater,
            "event": self.event,
            "query": request.GET.get("q", ""),
            "others": self._find_others(request),
            "site_page": find_page(request, Level.SITE),
            "theater_page": find_page(request, Level.THEATER, theater=self.theater),
        }
        status = 400 if form.errors else 200
        return TemplateResponse(request, "admin/settings/settings.html", context, status=status)

    def _find_others(self, request: HttpRequest) -> list[tuple[str, str, bool]]:
        """Return the address and name of each level below, and whether it sets anything itself."""
        own = set(OwnSettings.objects.filter(level=Level.THEATER).values_list("theater_id", flat=True))
        return [
            (reverse("admin:settings_theater", args=[one.slug]), one.name, one.pk in own)
            for one in Theater.objects.order_by("name")[:MAX_LINKS]
        ]


class TheaterSettingsView(SettingsView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.theater = _find_theater(request, kwargs["slug"], Capability.EDIT_THEATER)
        self.scope = Scope(self.theater.pk)
        return View.dispatch(self, request, *args, **kwargs)

    def _find_others(self, request: HttpRequest) -> list[tuple[str, str, bool]]:
        if self.theater is None:
            return []
        own = set(OwnSettings.objects.filter(theater=self.theater, level=Level.EVENT).values_list("event", flat=True))
        coming = upcoming_shows(self.scope).order_by().values("event")
        events = Event.objects.filter(pk__in=coming) | Event.objects.filter(pk__in=own)
        found = [
            (reverse("admin:settings_event", args=[self.theater.slug, one.pk]), one.title, one.pk in own)
            for one in events.order_by("sort_title")[:MAX_LINKS]
        ]
        return sorted(found, key=lambda one: not one[2])


class EventSettingsView(SettingsView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.theater = _find_theater(request, kwargs["slug"], Capability.EDIT_PROGRAMME)
        events = Event.objects.filter(theater=self.theater) | Event.objects.filter(theater=None)
        self.event = get_object_or_404(events, pk=kwargs["pk"])
        self.scope = Scope(self.theater.pk, self.event.pk)
        return View.dispatch(self, request, *args, **kwargs)

    def _find_others(self, request: HttpRequest) -> list[tuple[str, str, bool]]:
        return []


def find_page(request: HttpRequest, level: Level, *, theater: Theater | None = None, event: Event | None = None) -> str:
    """Return the address of a level's settings; nothing for people who may not open it."""
    user = request.user
    if level == Level.SITE and getattr(user, "is_superuser", False):
        return reverse("admin:settings")
    if theater is None:
        return ""
    if level == Level.THEATER and may_at(user, Capability.EDIT_THEATER, theater.pk):
        return reverse("admin:settings_theater", args=[theater.slug])
    if level == Level.EVENT and event is not None and may_at(user, Capability.EDIT_PROGRAMME, theater.pk):
        return reverse("admin:settings_event", args=[theater.slug, event.pk])
    return ""


def _matches(setting: Setting[Any], wanted: str) -> bool:
    return not wanted or wanted in normalize(f"{setting.label} {setting.told} {setting.group}")


def _find_theater(request: HttpRequest, slug: str, capability: Capability) -> Theater:
    person = person_of(request)
    theaters = Theater.objects.select_related("city")
    if not person.is_superuser:
        require_at(person, capability)
        theaters = theaters.filter(pk__in=theaters_of(person, capability))
    return get_object_or_404(theaters, slug=slug)


def _refuse() -> HttpResponse:
    raise PermissionDenied


add_page("settings/", SettingsView.as_view(), name="settings")
add_page("settings/<slug:slug>/", TheaterSettingsView.as_view(), name="settings_theater")
add_page("settings/<slug:slug>/<int:pk>/", EventSettingsView.as_view(), name="settings_event")
