"""What a device remembers of events: those that were looked at on it, and a guest's favorites."""

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


@method_decorator(cache_control(private=True, no_cache=True), name="dispatch")
class RememberedEventsView(View):
    """Part of the home page: the events that the device names. Nothing of it is kept here."""

    # The name of the list, and how many events of it `static/js/remembered-events.js` remembers.
    remembered = ""
    most = 0

    def get(self, request: HttpRequest) -> HttpResponse:
        named = [slug for slug in request.GET.getlist("slug")[: self.most] if slug_re.fullmatch(slug)]
        cards = read_cards_by_slug(list(dict.fromkeys(named)), city=choose_city(request), now=timezone.now())
        return render(request, "events/_remembered_events.html", {"cards": cards, "remembered": self.remembered})
