"""Rate and review an event after a visit, or a theater."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.generic import View

from accounts.models import User
from bookings.forms import ReviewForm
from bookings.services.review import find_review, may_review, save_review, save_theater_review
from events.models import Event, Show
from lib.refusals import Refusal
from theaters.brands import find_common_theater
from theaters.models import Theater


class ReviewView(LoginRequiredMixin, View):
    """Review an event; `TheaterReviewView` differs in what is reviewed."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        reviewed = self.find(slug)
        review = find_review(reviewed, request.user)
        initial = {"stars": review.stars, "text": review.text} if review else {}
        # Each star in the mail that asks for a review leads here with that rating chosen.
        if (stars := request.GET.get("stars")) in {"1", "2", "3", "4", "5"}:
            initial["stars"] = stars
        return self._show(request, reviewed, ReviewForm(initial=initial))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        reviewed = self.find(slug)
        form = ReviewForm(request.POST)
        if form.is_valid() and isinstance(request.user, User):
            try:
                self.save(reviewed, request.user, **form.cleaned_data)
            except Refusal as error:
                form.add_error(None, str(error))
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, gettext("Thank you. Your review is published."))
                return redirect(f"{reviewed.get_absolute_url()}#reviews")
        return self._show(request, reviewed, form)

    def find(self, slug: str) -> Any:
        return get_object_or_404(Event.objects.published(), slug=slug)

    def save(self, reviewed: Any, user: User, **values: Any) -> None:
        save_review(event=reviewed, user=user, **values)

    def theater_of(self, reviewed: Any) -> int | None:
        """Return the theater whose look the page has."""
        return reviewed.theater_id or find_common_theater(_theaters_of(reviewed))

    def _show(self, request: HttpRequest, reviewed: Any, form: ReviewForm) -> HttpResponse:
        context = {
            "reviewed": reviewed,
            "theater": self.theater_of(reviewed),
            "form": form,
            "is_changed": find_review(reviewed, request.user) is not None,
            "may_review": may_review(reviewed, request.user),
        }
        return render(request, "bookings/review.html", context)


class TheaterReviewView(ReviewView):
    def find(self, slug: str) -> Theater:
        return get_object_or_404(Theater.objects.published(), slug=slug)

    def save(self, reviewed: Theater, user: User, **values: Any) -> None:
        save_theater_review(theater=reviewed, user=user, **values)

    def theater_of(self, reviewed: Theater) -> int:
        return reviewed.pk


def _theaters_of(event: Event) -> Iterable[str]:
    """Return the slugs of the theaters in which it was or will be shown. One query, once it is read."""
    return Show.objects.public().filter(event=event).order_by().values_list("hall__theater__slug", flat=True).distinct()
