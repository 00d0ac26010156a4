"""“For you” on the home page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.generic import View

from accounts.models import User
from bookings.suggestions import suggest_events
from theaters.cities import choose_city


@method_decorator(cache_control(private=True, no_cache=True), name="dispatch")
class SuggestionsView(View):
    """Part of the home page, for signed-in customers; empty for others."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user, city = request.user, choose_city(request)
        found = suggest_events(user, city=city, now=timezone.now()) if isinstance(user, User) else []
        return render(request, "bookings/_suggestions.html", {"suggestions": found, "city": city})
