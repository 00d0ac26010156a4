"""Account pages beside allauth's own."""

from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.views.generic import FormView, TemplateView, UpdateView, View

from accounts.actions import Action
from accounts.audit import record
from accounts.forms import EraseForm, ProfileForm
from accounts.languages import remember_language
from accounts.models import User
from accounts.privacy import ErasureRefused, check_erasable, erase_person, export_person


class ProfileView(LoginRequiredMixin, UpdateView):  # type: ignore[type-arg]
    form_class = ProfileForm
    template_name = "accounts/profile.html"
    success_url = reverse_lazy("accounts:profile")

    def get_object(self, queryset: Any = None) -> User:
        # A separate instance: an invalid form must not change the name in the page's header.
        return User.objects.get(pk=cast(User, self.request.user).pk)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        translation.activate(form.instance.language)
        remember_language(response, form.instance.language)
        messages.success(self.request, gettext("Your profile is saved."))
        return response


class DataView(LoginRequiredMixin, TemplateView):
    template_name = "accounts/data.html"


@method_decorator(reauthentication_required, name="dispatch")
class ExportView(LoginRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer with everything that is kept about the person, as a JSON file, and record the download."""
        user = cast(User, request.user)
        record(by=user, action=Action.DOWNLOAD_OWN_DATA, on=user)
        response = JsonResponse(export_person(user), json_dumps_params={"indent": 2, "ensure_ascii": False})
        response["Content-Disposition"] = f'attachment; filename="my-data-{localdate()}.json"'
        return response


@method_decorator(reauthentication_required, name="dispatch")
class EraseView(LoginRequiredMixin, FormView):  # type: ignore[type-arg]
    form_class = EraseForm
    template_name = "accounts/erase.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        try:
            check_erasable(cast(User, self.request.user))
        except ErasureRefused as refused:
            context["refused"] = refused
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            erase_person(user=cast(User, self.request.user))
        except ErasureRefused:
            # The page says why.
            return self.render_to_response(self.get_context_data(form=form), status=409)
        logout(self.request)
        messages.success(self.request, gettext("Your account and your personal data are erased."))
        return redirect("events:home")


class PasskeySignInView(LoginWebAuthnView):
    """Sign in by passkey and, unlike allauth's own view, go on to where the customer was heading."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        authenticator = form.cleaned_data["credential"]
        login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(self.request))
        response: HttpResponseBase = perform_passwordless_login(self.request, authenticator, login)
        return response
