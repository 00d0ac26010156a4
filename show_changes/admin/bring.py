"""Bring shows to a version of their seat map: preview each, decide on prices, and follow how far it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import View
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.roles import Capability
from console.people import may_at, person_of
from console.site import add_page
from lib.forms import Form
from show_changes.bring_preview import MAX_SHOWS, ShowPreview, find_shows, find_sources, preview_shows
from show_changes.map_updates import start_update, try_again
from show_changes.models import MapUpdate, UpdatedShow
from theaters.models import SeatMap

POLL_SECONDS = 2


class BringForm(Form):
    """Which shows come along, and whose prices the categories take that they do not have yet."""

    def __init__(self, previews: list[ShowPreview], data: Any = None) -> None:
        super().__init__(data)
        self.previews = {str(preview.show.pk): preview for preview in previews if not preview.seating.vanished}
        self.fields["shows"] = forms.MultipleChoiceField(
            choices=[(pk, str(preview.show)) for pk, preview in self.previews.items()],
            error_messages={"required": _("Choose at least one show.")},
        )
        names = dict.fromkeys(name for preview in previews for name in preview.seating.missing)
        self.names = {f"prices_{index}": name for index, name in enumerate(names)}
        sources = [("", _("Choose …")), *((name, name) for name in find_sources(previews))] if names else []
        for field, name in self.names.items():
            self.fields[field] = forms.ChoiceField(
                label=_("The new category “%(name)s” costs as much as") % {"name": name},
                choices=sources,
                widget=UnfoldAdminSelectWidget,
            )

    @property
    def decisions(self) -> list[forms.BoundField]:
        return [self[name] for name in self.names]

    @property
    def ticked(self) -> set[int]:
        """The shows that are chosen, by pk: all at first."""
        sent = self["shows"].value() if self.is_bound else self.previews
        return {preview.show.pk for pk, preview in self.previews.items() if pk in sent}

    def sources(self) -> dict[str, str]:
        return {name: self.cleaned_data[field] for field, name in self.names.items()}


class BringShowsView(View):
    """Preview the coming shows of a hall on a version of its map, and bring those that are chosen."""

    def get(self, request: HttpRequest, seat_map_id: int) -> HttpResponse:
        return self._answer(request, _find_map(request, seat_map_id), None)

    def post(self, request: HttpRequest, seat_map_id: int) -> HttpResponse:
        return self._answer(request, _find_map(request, seat_map_id), request.POST)

    def _answer(self, request: HttpRequest, seat_map: SeatMap, sent: Any) -> HttpResponse:
        timezone.activate(seat_map.hall.theater.tz)
        shows = list(find_shows(seat_map)[: MAX_SHOWS + 1])
        previews = preview_shows(seat_map, shows[:MAX_SHOWS], {})
        form = BringForm(previews, sent)
        if sent is not None and form.is_valid():
            update = start_update(
                seat_map=seat_map,
                shows=[form.previews[pk].show for pk in form.cleaned_data["shows"]],
                price_sources=form.sources(),
                by=person_of(request),
            )
            return HttpResponseRedirect(reverse("admin:brought_shows", args=[update.pk]))
        context = {
            **admin.site.each_context(request),
            "title": _("Bring shows to version %(version)d") % {"version": seat_map.version},
            "subtitle": str(seat_map.hall),
            "seat_map": seat_map,
            "previews": previews,
            "has_more": len(shows) > MAX_SHOWS,
            "form": form,
            "back": reverse("admin:theaters_seatmap_versions", args=[seat_map.pk]),
        }
        return TemplateResponse(request, "admin/bring_shows/preview.html", context, status=422 if form.errors else 200)


class BroughtShowsView(View):
    """Show how far the shows of an update are, and what is in the way of those that were refused."""

    def get(self, request: HttpRequest, update_id: int) -> HttpResponse:
        update = _find_update(request, update_id)
        timezone.activate(update.seat_map.hall.theater.tz)
        rows = list(update.shows.select_related("show__event", "show__hall__theater__city", "former").order_by("pk"))
        waiting = sum(row.state == UpdatedShow.State.WAITING for row in rows)
        context: dict[str, Any] = {
            "update": update,
            "is_published": update.seat_map.state == SeatMap.State.PUBLISHED,
            "rows": list(zip(rows, _find_obstacles(update, rows), strict=True)),
            "total": len(rows),
            "done": len(rows) - waiting,
            "waiting": waiting,
            "left": sum(row.state in (UpdatedShow.State.REFUSED, UpdatedShow.State.FAILED) for row in rows),
            "seconds": POLL_SECONDS if waiting else 0,
        }
        if "part" in request.GET:
            return TemplateResponse(request, "admin/bring_shows/_progress.html", context)
        context |= {
            **admin.site.each_context(request),
            "title": _("Shows brought to version %(version)d") % {"version": update.seat_map.version},
            "subtitle": str(update.seat_map.hall),
            "back": reverse("admin:theaters_seatmap_versions", args=[update.seat_map_id]),
        }
        return TemplateResponse(request, "admin/bring_shows/progress.html", context)

    def post(self, request: HttpRequest, update_id: int) -> HttpResponse:
        """Try what was refused or failed again."""
        if count := try_again(update=_find_update(request, update_id)):
            text = ngettext("%d show is tried again.", "%d shows are tried again.", count) % count
            messages.success(request, text)
        return HttpResponseRedirect(request.path)


def _find_obstacles(update: MapUpdate, rows: list[UpdatedShow]) -> list[ShowPreview | None]:
    """Return for each row what is in the way of its show now, if it was refused."""
    refused = [row.show for row in rows if row.state == UpdatedShow.State.REFUSED]
    if not refused:
        return [None] * len(rows)
    previews = preview_shows(update.seat_map, refused, update.price_sources)
    found = {preview.show.pk: preview for preview in previews}
    return [found.get(row.show_id) if row.state == UpdatedShow.State.REFUSED else None for row in rows]


def _find_map(request: HttpRequest, seat_map_id: int) -> SeatMap:
    """Return a version that shows can be brought to; the page names bookings, too."""
    rows = SeatMap.objects.exclude(state=SeatMap.State.DRAFT).defer("layout").select_related("hall__theater__city")
    seat_map = rows.filter(pk=seat_map_id).first()
    if seat_map is None:
        raise Http404
    _require(request, seat_map)
    return seat_map


def _find_update(request: HttpRequest, update_id: int) -> MapUpdate:
    rows = MapUpdate.objects.select_related("seat_map__hall__theater__city", "made_by").defer("seat_map__layout")
    update = rows.filter(pk=update_id).first()
    if update is None:
        raise Http404
    _require(request, update.seat_map)
    return update


def _require(request: HttpRequest, seat_map: SeatMap) -> None:
    """Raise `Http404` for staff of other theaters, `PermissionDenied` for colleagues who may not."""
    theater_id = seat_map.hall.theater_id
    if not may_at(request.user, Capability.SEE_PROGRAMME, theater_id):
        raise Http404
    needed = (Capability.EDIT_PROGRAMME, Capability.SEE_BOOKINGS)
    if not all(may_at(request.user, capability, theater_id) for capability in needed):
        raise PermissionDenied


add_page("bring-shows/<int:seat_map_id>/", BringShowsView.as_view(), name="bring_shows")
add_page("brought-shows/<int:update_id>/", BroughtShowsView.as_view(), name="brought_shows")
