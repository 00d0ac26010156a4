"""The page of message preferences, and the link that ends one kind of message."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import FormView, View

from accounts.languages import remember_language
from accounts.models import User
from notifications.forms import PreferencesForm
from notifications.kinds import KINDS
from notifications.models import MailSettings
from notifications.preferences import read_token
from notifications.suppression import find_address_suppression


class PreferencesView(LoginRequiredMixin, FormView):  # type: ignore[type-arg]
    form_class = PreferencesForm
    template_name = "notifications/preferences.html"
    success_url = reverse_lazy("notifications:preferences")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": cast(User, self.request.user)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = cast(User, self.request.user)
        return super().get_context_data(
            suppression=find_address_suppression(user.email),
            city=user.preferred_city,
            report_formats=MailSettings.ReportFormat,
            **kwargs,
        )

    def form_valid(self, form: PreferencesForm) -> HttpResponse:
        form.save()
        language = form.cleaned_data["language"]
        translation.activate(language)
        messages.success(self.request, gettext("Your preferences are saved."))
        response = super().form_valid(form)
        remember_language(response, language)
        return response


@method_decorator(csrf_exempt, name="dispatch")
class UnsubscribeView(View):
    """End one kind of message, without signing in: the signed link is the permission.

    A GET changes nothing, since mail programs and scanners open every link. A mail program that
    unsubscribes by itself posts `List-Unsubscribe=One-Click` here (RFC 8058); a person presses a button.
    """

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._show(request, token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        subscription = read_token(token)
        if subscription is not None:
            subscription.set(is_on=request.POST.get("again") == "yes")
        return self._show(request, token)

    def _show(self, request: HttpRequest, token: str) -> HttpResponse:
        subscription = read_token(token)
        choice = KINDS[subscription.kind].choice if subscription else None
        context = {
            "subscription": subscription,
            "what": choice.what if choice else "",
            "is_on": subscription is not None and subscription.is_on(),
        }
        return render(request, "notifications/unsubscribe.html", context, status=200 if subscription else 404)
