"""The page where an invited person joins a theater's team."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from accounts.models import User
from accounts.roles import CAPABILITIES, CAPABILITY_WORDS, Capability, Role
from accounts.sign_in_forms import PASSWORD_HELP
from lib.forms import Form
from theaters.invitations import accept, accept_as_new, find_account, read_link
from theaters.models import Invitation
from theaters.team import TeamError


class NewAccountForm(Form):
    """Name and password of an invited person without an account."""

    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=PASSWORD_HELP,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, email: str, data: Any = None) -> None:
        super().__init__(data)
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email, name=self.cleaned_data.get("name", "")))
        return password


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class InvitationView(View):
    """Shows an invitation and lets the person join, with their account or a new one."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        invitation = self._find(token)
        form = NewAccountForm(invitation.email) if invitation and find_account(invitation) is None else None
        return self._show(request, invitation, form)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        invitation = self._find(token)
        if invitation is None:
            return self._show(request, None, None)
        account = find_account(invitation)
        form = NewAccountForm(invitation.email, request.POST) if account is None else None
        try:
            if form is not None and not isinstance(request.user, User):
                if not form.is_valid():
                    return self._show(request, invitation, form)
                words = {name: form.cleaned_data[name] for name in ("name", "password")}
                user = accept_as_new(invitation=invitation, language=get_language() or "en", **words)
                answer: HttpResponse = perform_login(request, Login(user=user, redirect_url=_first_page(invitation)))
                return answer
            if account is None or request.user != account:
                return self._show(request, invitation, form)
            accept(invitation=invitation, user=account)
        except TeamError as refusal:
            return self._show(request, self._find(token), form, error=str(refusal))
        messages.success(request, gettext("Welcome to the team of %(theater)s.") % {"theater": invitation.theater.name})
        return redirect(_first_page(invitation))

    def _find(self, token: str) -> Invitation | None:
        invitation = read_link(token)
        return invitation if invitation is not None and invitation.is_open(timezone.now()) else None

    def _show(
        self, request: HttpRequest, invitation: Invitation | None, form: NewAccountForm | None, *, error: str = ""
    ) -> HttpResponse:
        if invitation is None:
            return render(request, "theaters/invitation.html", {"invitation": None}, status=410)
        account = find_account(invitation)
        context = {
            "invitation": invitation,
            "may": [CAPABILITY_WORDS[one] for one in Capability if one in CAPABILITIES[invitation.role]],
            "has_account": account is not None,
            "is_other": request.user.is_authenticated and request.user != account,
            "form": form,
            "error": error,
        }
        return render(request, "theaters/invitation.html", context)


def _first_page(invitation: Invitation) -> str:
    """Return where the person works: door staff at the door, the others in the console."""
    return reverse("door:choose" if invitation.role == Role.DOOR else "admin:index")
