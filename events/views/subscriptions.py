"""The programme of a theater, a city or a label for calendars and news readers."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.generic import View

from events.catalogue.calendars import write_calendar
from events.catalogue.feeds import CONTENT_TYPE, write_feed
from events.catalogue.subscriptions import Source, find_source, read_source_events, read_source_shows
from lib.shared_pages import LANGUAGE_PARAMETER

_CACHED = "public, max-age=900"


class SourceView(View):
    kind = ""

    def find(self, slug: str) -> Source:
        source = find_source(self.kind, slug)
        if source is None:
            raise Http404(gettext("There is no such program."))
        return source


class CalendarView(SourceView):
    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        source = self.find(slug)
        return HttpResponse(
            write_calendar(source.name, read_source_shows(source)),
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": f'inline; filename="{slug}.ics"', "Cache-Control": _CACHED},
        )


class FeedView(SourceView):
    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        source = self.find(slug)
        # An unknown one was ignored.
        is_named = request.GET.get(LANGUAGE_PARAMETER) == request.LANGUAGE_CODE
        language = request.LANGUAGE_CODE if is_named else ""
        text = write_feed(source, read_source_events(source), language=language)
        return HttpResponse(text, content_type=CONTENT_TYPE, headers={"Cache-Control": _CACHED})
