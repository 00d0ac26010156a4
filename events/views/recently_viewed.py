"""What a device remembers of the events that were looked at on it."""

from __future__ import annotations

from django.core.validators import slug_re
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.generic import View

from events.catalogue import read_cards_by_slug
from theaters.cities import choose_city

# As many as `static/js/recently-viewed.js` remembers.
REMEMBERED_EVENTS = 8


@method_decorator(cache_control(private=True, no_cache=True), name="dispatch")
class RecentlyViewedView(View):
    """Part of the home page: the events that the device names. Nothing of it is kept here."""

    def get(self, request: HttpRequest) -> HttpResponse:
        named = [slug for slug in request.GET.getlist("slug")[:REMEMBERED_EVENTS] if slug_re.fullmatch(slug)]
        cards = read_cards_by_slug(list(dict.fromkeys(named)), city=choose_city(request), now=timezone.now())
        return render(request, "events/_recently_viewed.html", {"cards": cards})
