"""Rate and review an event after a visit."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.generic import View

from accounts.models import User
from bookings.forms import ReviewForm
from bookings.services.review import find_review, may_review, save_review
from events.models import Event, Show
from lib.refusals import Refusal
from theaters.brands import find_common_theater


class ReviewView(LoginRequiredMixin, View):
    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        event = _get_event(slug)
        review = find_review(event, request.user)
        initial = {"stars": review.stars, "text": review.text} if review else {}
        # Each star in the mail that asks for a review leads here with that rating chosen.
        if (stars := request.GET.get("stars")) in {"1", "2", "3", "4", "5"}:
            initial["stars"] = stars
        return self._show(request, event, ReviewForm(initial=initial))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        event = _get_event(slug)
        form = ReviewForm(request.POST)
        if form.is_valid() and isinstance(request.user, User):
            try:
                save_review(event=event, user=request.user, **form.cleaned_data)
            except Refusal as error:
                form.add_error(None, str(error))
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, gettext("Thank you. Your review is published."))
                return redirect(f"{event.get_absolute_url()}#reviews")
        return self._show(request, event, form)

    def _show(self, request: HttpRequest, event: Event, form: ReviewForm) -> HttpResponse:
        context = {
            "event": event,
            "theater": event.theater_id or find_common_theater(_theaters_of(event)),
            "form": form,
            "is_changed": find_review(event, request.user) is not None,
            "may_review": may_review(event, request.user),
        }
        return render(request, "bookings/review.html", context)


def _theaters_of(event: Event) -> Iterable[str]:
    """Return the slugs of the theaters in which it was or will be shown. One query, once it is read."""
    return Show.objects.public().filter(event=event).order_by().values_list("hall__theater__slug", flat=True).distinct()


def _get_event(slug: str) -> Event:
    return get_object_or_404(Event.objects.published(), slug=slug)
