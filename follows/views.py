"""Follow something, see that one does, and stop."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from accounts.models import User
from bookings.seating.page import read_seat_page
from bookings.throttles import may_request_mail
from follows.calendar import write_opening
from follows.following import Terms, TooManyFollows, find_follow, follow, follower_of, unfollow
from follows.forms import FollowForm
from follows.guests import ask, confirm, read_wish
from follows.links import describe_follows, find_guest, guest_path, read_stop
from follows.models import Follower
from follows.seats import has_seats
from follows.subjects import Subject, find_subject
from theaters.cities import choose_city
from waiting_list.join import PlacesAvailable


class FollowView(View):
    """The page of one subject: whether one follows it, and what one is told then.

    The buttons on other pages post here, and come back to the subject's own page.
    """

    kind = ""

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        subject = find_subject(self.kind, name)
        return _show(request, subject, _form(request, subject))

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        subject = find_subject(self.kind, name)
        user = request.user
        if not isinstance(user, User):
            return self._ask_guest(request, subject)
        back = subject.page if "back" in request.POST else subject.address
        if request.POST.get("follow") == "no":
            unfollow(follower=follower_of(user), subject=subject)
            messages.success(request, gettext("You no longer follow “%(name)s”.") % {"name": subject.name})
            return redirect(back)
        form = _form(request, subject, request.POST)
        if not form.is_valid():
            return _show(request, subject, form)
        if _has_seats_now(request, subject, form):
            return redirect(subject.page)
        try:
            follow(follower=follower_of(user), subject=subject, terms=_read_terms(request, form))
        except TooManyFollows as error:
            messages.error(request, str(error))
            return redirect(back)
        messages.success(request, gettext("We will write to %(email)s.") % {"email": user.email})
        return redirect(back)

    def _ask_guest(self, request: HttpRequest, subject: Subject) -> HttpResponse:
        """Send the link that confirms. The answer does not tell whether the address is known."""
        form = _form(request, subject, request.POST)
        if not form.is_valid():
            return _show(request, subject, form)
        if _has_seats_now(request, subject, form):
            return redirect(subject.page)
        email = form.cleaned_data["email"].strip().lower()
        if not may_request_mail(request, "follow", email):
            form.add_error(None, gettext("Too many attempts. Please try again in an hour."))
            return _show(request, subject, form)
        ask(subject=subject, email=email, terms=_read_terms(request, form), language=get_language() or "en")
        words = gettext("We sent an e-mail to %(email)s. Press the button in it, and we will tell you.")
        messages.success(request, words % {"email": email})
        return redirect(subject.address)


class OpeningCalendarView(View):
    """The moment in which a sale opens, for calendars."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        subject = find_subject("show", name)
        if subject.show is None or not subject.opens_later:
            raise Http404
        headers = {"Content-Disposition": f'attachment; filename="{subject.show.code}-opening.ics"'}
        return HttpResponse(write_opening(subject.show), content_type="text/calendar", headers=headers)


class ConfirmView(View):
    """The link in the mail shows a button, since mail programs open links by themselves."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        wish = read_wish(token)
        return render(request, "follows/confirm.html", {"wish": wish}, status=200 if wish else 404)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        wish = read_wish(token)
        if wish is None:
            return self.get(request, token)
        try:
            found = confirm(wish)
        except TooManyFollows as error:
            messages.error(request, str(error))
            return redirect(wish.subject.page)
        messages.success(request, gettext("We will write to %(email)s.") % {"email": wish.email})
        return redirect(wish.subject.page if found.follower.user_id else guest_path(found.follower))


class GuestView(View):
    """All that a guest follows, by the link in their mails."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        follower = find_guest(token)
        rows = describe_follows(follower) if follower else []
        context = {"follower": follower, "followed": rows}
        return render(request, "follows/following.html", context, status=200 if follower else 404)


@method_decorator(csrf_exempt, name="dispatch")
class StopView(View):
    """Stop following one thing, without signing in: the signed link is the permission.

    A GET changes nothing, since mail programs and scanners open every link. A mail program that unsubscribes by
    itself posts `List-Unsubscribe=One-Click` here (RFC 8058); a person presses a button.
    """

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        stop = read_stop(token)
        context = {
            "stop": stop,
            "subject": stop.subject if stop else None,
            "is_on": stop is not None and stop.is_on,
            "all_path": _find_page_of(stop.follower) if stop else reverse("notifications:preferences"),
        }
        return render(request, "follows/stop.html", context, status=200 if stop else 404)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        stop = read_stop(token)
        if stop is not None and request.POST.get("again") == "yes":
            try:
                follow(follower=stop.follower, subject=stop.subject, terms=stop.terms)
            except TooManyFollows as error:
                messages.error(request, str(error))
        elif stop is not None:
            unfollow(follower=stop.follower, subject=stop.subject)
        return self.get(request, token)


def _find_page_of(follower: Follower) -> str:
    return reverse("notifications:preferences") if follower.user_id else guest_path(follower)


def _form(request: HttpRequest, subject: Subject, *args: Any) -> FollowForm:
    city, show = choose_city(request), subject.show
    asked = {"email"} if not request.user.is_authenticated else set()
    if subject.is_of_city and city:
        asked.add("here_only")
    if subject.opens_later:
        asked.add("asks_before")
    page = read_seat_page(show) if show is not None and show.is_on_sale(timezone.now()) else None
    if page:
        asked |= {"party_size", "max_price", "category"}
    return FollowForm(*args, asked=asked, city=city.name if city else "", page=page)


def _read_terms(request: HttpRequest, form: FollowForm) -> Terms:
    said, city = form.cleaned_data, choose_city(request)
    # A button on another page asks nothing: then the city that the visitor has chosen holds.
    is_here = said.get("here_only") or "back" in request.POST
    return Terms(
        city_id=city.pk if city and is_here else None,
        asks_before=said.get("asks_before", False),
        party_size=said.get("party_size"),
        max_price=said.get("max_price"),
        category=said.get("category", ""),
    )


def _has_seats_now(request: HttpRequest, subject: Subject, form: FollowForm) -> bool:
    """Return True, and say so, if the seats that the form asks for are free."""
    terms = _read_terms(request, form)
    if subject.show is None or terms.party_size is None or not has_seats(read_seat_page(subject.show), terms):
        return False
    messages.info(request, str(PlacesAvailable()))
    return True


def _show(request: HttpRequest, subject: Subject, form: FollowForm) -> HttpResponse:
    user, show = request.user, subject.show
    found = find_follow(user, subject) if isinstance(user, User) else None
    is_on_sale = show is not None and show.is_on_sale(timezone.now())
    context = {
        "subject": subject,
        "theater": subject.theater_id,
        "show": show,
        "tz": show.hall.theater.city.time_zone if show else "",
        "is_on_sale": is_on_sale,
        "follow": found,
        # Who was told of seats, or has followed a show before it was on sale, may ask for seats now.
        "may_ask": found is None or (is_on_sale and (found.party_size is None or found.told_of_seats_at is not None)),
        "form": form,
    }
    return render(request, "follows/follow.html", context)
