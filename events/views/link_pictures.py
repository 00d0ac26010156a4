"""Pictures of pages, for where their addresses are shared."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_cache_control
from django.utils.translation import override
from django.views.generic import View

from events.catalogue import read_event, read_theater
from events.catalogue.link_pictures import LinkPicture, picture_of_event, picture_of_site, picture_of_theater
from lib.process_memory import Memory

YEAR_SECONDS = 365 * 24 * 3600
# How long an address that does not name what is on the picture leads to the same one.
LATEST_SECONDS = 300
# Of some 60 KB each.
MAX_DRAWN = 50

_drawn: Memory[bytes] = Memory(MAX_DRAWN)


class SitePictureView(View):
    """Answers with the picture if the address names what is on it, and else leads to that address."""

    def get(self, request: HttpRequest, slug: str = "", language: str = "", version: str = "") -> HttpResponse:
        if language not in dict(settings.LANGUAGES):
            raise Http404
        with override(language):
            picture = self.find(slug)
        if picture is None:
            raise Http404
        if version != picture.version:
            response: HttpResponse = HttpResponseRedirect(picture.path)
            patch_cache_control(response, public=True, max_age=LATEST_SECONDS)
            return response
        content = _drawn.get(version)
        if content is None:
            content = picture.draw()
            _drawn.set(version, content, YEAR_SECONDS)
        response = HttpResponse(content, content_type="image/jpeg")
        patch_cache_control(response, public=True, max_age=YEAR_SECONDS, immutable=True)
        return response

    def find(self, slug: str) -> LinkPicture | None:
        return picture_of_site()


class EventPictureView(SitePictureView):
    def find(self, slug: str) -> LinkPicture | None:
        event = read_event(slug)
        return picture_of_event(event) if event else None


class TheaterPictureView(SitePictureView):
    def find(self, slug: str) -> LinkPicture | None:
        detail = read_theater(slug)
        return picture_of_theater(detail.theater) if detail else None
