"""Preview of an event's public page, in a frame, before it is published or saved."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.scoped import ScopedAdmin
from events.catalogue import read_draft
from events.models import Event, Label
from events.views.catalogue import describe_page
from lib.pictures import encode, open_picture

POSTER_WIDTH = 800


class PreviewMixin(ScopedAdmin):
    """Adds the preview to the form of an event; only those who may change the event see it.

    The frame holds the whole page inline, so that no draft has a URL of its own; it
    runs no scripts.
    """

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("preview/", wrap(self.preview_new), name="events_event_preview_new"),
            path("<int:object_id>/preview/", wrap(self.preview), name="events_event_preview"),
            *super().get_urls(),
        ]

    def preview_new(self, request: HttpRequest) -> HttpResponse:
        """Preview an unsaved event from the submitted form."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:events_event_add"))
        return self._answer(request, None)

    def preview(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Preview an event as it is saved, or, for a POST, as the form has it. Nothing is written."""
        event: Event = get_object_or_404(self.get_queryset(request).select_related("theater"), pk=object_id)
        if not self.has_change_permission(request, event):
            raise PermissionDenied
        return self._answer(request, event)

    def _answer(self, request: HttpRequest, event: Event | None) -> HttpResponse:
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Preview"),
            "subtitle": event.title if event else "",
            "opts": self.model._meta,
            "is_draft": request.method == "POST",
            "event": event,
            "back": reverse("admin:events_event_change", args=[event.pk]) if event else "",
        }
        if request.method == "POST":
            form_class = self.get_form(request, event, change=event is not None)
            form = form_class(request.POST, request.FILES, instance=event)
            if not form.is_valid():
                return TemplateResponse(request, "admin/events/preview.html", {**context, "form": form})
            drawn = form.save(commit=False)
            labels = list(form.cleaned_data.get("labels", ()))
            poster = _draw_poster(form.cleaned_data.get("poster"))
        elif event is not None:
            drawn, labels, poster = event, list(event.labels.all()), event.poster.name or ""
        else:
            raise Http404
        page = _render(request, drawn, labels, poster)
        return TemplateResponse(request, "admin/events/preview.html", {**context, "page": page})


def _draw_poster(value: Any) -> str:
    """Return the URL of a form's poster: stored, just uploaded, or none."""
    if not value:
        return ""
    if isinstance(value, UploadedFile):
        picture = encode(open_picture(value), POSTER_WIDTH)
        return f"data:image/webp;base64,{b64encode(picture).decode()}"
    return str(value.name or "")


def _render(request: HttpRequest, event: Event, labels: list[Label], poster: str) -> str:
    detail = read_draft(event, labels, poster=poster, now=timezone.now())
    context = {**describe_page(request, detail), "is_preview": True}
    return render_to_string("admin/events/preview_page.html", context, request)
