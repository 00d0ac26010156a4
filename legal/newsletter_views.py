"""Newsletters: confirm one by the link in a mail, stop it, and choose them in the account."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from accounts.models import User
from legal import newsletters
from legal.models import NewsletterConsent
from theaters.models import Theater
from theaters.shown import shown_theaters


class ConfirmView(View):
    """The link in the mail shows a button, since mail programs open links by themselves."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        asked = newsletters.read_asked(token)
        theater = Theater.objects.filter(pk=asked["theater"]).first() if asked else None
        context = {"theater": theater, "asked": asked if theater else None}
        return render(request, "legal/newsletter.html", context, status=200 if theater else 404)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        asked = newsletters.read_asked(token)
        if asked is None or not Theater.objects.filter(pk=asked["theater"]).exists():
            return self.get(request, token)
        consent = newsletters.confirm(asked=asked, request=request)
        return redirect(newsletters.leave_path(consent))


@method_decorator(csrf_exempt, name="dispatch")
class LeaveView(View):
    """Whoever has the link may stop the newsletter, by one press, also of a mail program's button (RFC 8058)."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        consent = newsletters.find_by_leave_token(token)
        context = {"consent": consent, "theater": consent.theater if consent else None, "is_leaving": True}
        return render(request, "legal/newsletter.html", context, status=200 if consent else 404)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        consent = newsletters.find_by_leave_token(token)
        if consent is not None:
            newsletters.withdraw(consent)
        return self.get(request, token)


class NewslettersView(LoginRequiredMixin, View):
    """Which newsletters a person gets, and which there are."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user = _user(request)
        mine = NewsletterConsent.objects.in_force().filter(email=user.email.lower()).select_related("theater")
        offering = Theater.objects.published().filter(offers_newsletter=True)
        if (own := shown_theaters()) is not None:
            mine, offering = mine.filter(theater__in=own), offering.filter(pk__in=own)
        rows = [(theater, newsletters.words_for(theater)) for theater in offering.exclude(newsletter_consents__in=mine)]
        return render(request, "legal/newsletters.html", {"consents": mine, "offers": rows})

    def post(self, request: HttpRequest) -> HttpResponse:
        user, sent = _user(request), request.POST
        if "stop" in sent:
            mine = NewsletterConsent.objects.filter(email=user.email.lower())
            newsletters.withdraw(get_object_or_404(mine, pk=_key(sent.get("stop"))))
            messages.success(request, gettext("You will get no more of these."))
            return redirect("legal:newsletters")
        offering = Theater.objects.published().filter(offers_newsletter=True).select_related("city")
        theater = get_object_or_404(offering, pk=_key(sent.get("theater")))
        source = NewsletterConsent.Source.ACCOUNT
        if newsletters.ask(theater=theater, email=user.email, source=source, request=request):
            messages.success(request, gettext("We sent you an e-mail. Press the button in it to get the newsletter."))
        else:
            messages.error(request, gettext("That was too often. Please try again in an hour."))
        return redirect("legal:newsletters")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 LoginRequiredMixin sees to it
    return request.user


def _key(text: Any) -> int:
    """Return a row's key, or 0, which no row has."""
    return int(text) if isinstance(text, str) and re.fullmatch(r"[0-9]{1,17}", text) else 0
