"""Pages of the theaters, and their programme as a calendar to subscribe to."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import TemplateView, View

from accounts.models import User
from accounts.sign_in_forms import PASSWORD_HELP
from events.calendars import write_calendar
from events.selectors import TheaterItem, read_theater, read_theater_calendar, read_theaters
from events.structured_data import describe_theater
from theaters.access import CAPABILITIES, WORDS, Capability
from theaters.invitations import accept, accept_as_new, find_account, read_link
from theaters.models import Invitation
from theaters.team import TeamError
from ticketing.forms import Form
from ticketing.images import picture_url

# Days that the page shows at once; the later ones unfold.
SOON_DAYS = 7


class TheaterListView(TemplateView):
    template_name = "theaters/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            cities_with_theaters=read_theaters(),
            canonical_url=f"{settings.SITE_URL}{reverse('theaters:list')}",
            **kwargs,
        )


class TheaterDetailView(TemplateView):
    template_name = "theaters/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        detail = read_theater(self.kwargs["slug"])
        if detail is None:
            raise Http404(_("There is no such theater."))
        theater = detail.theater
        days = detail.by_day()
        image_url = f"{settings.SITE_URL}{picture_url(theater.photo)}" if theater.photo else ""
        return super().get_context_data(
            theater=theater,
            halls=detail.halls,
            days=days[:SOON_DAYS],
            later_days=days[SOON_DAYS:],
            cards=detail.cards,
            map_url=_map_url(theater),
            image_url=image_url,
            canonical_url=f"{settings.SITE_URL}{reverse('theaters:detail', args=[theater.slug])}",
            structured_data=describe_theater(theater, image_url=image_url),
            **kwargs,
        )


class TheaterCalendarView(View):
    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        detail = read_theater_calendar(slug)
        if detail is None:
            raise Http404(_("There is no such theater."))
        return HttpResponse(
            write_calendar(detail.theater, detail.shows),
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": f'inline; filename="{slug}.ics"', "Cache-Control": "public, max-age=900"},
        )


def _map_url(theater: TheaterItem) -> str:
    """Return where OpenStreetMap shows the theater: its point, or a search for its address."""
    if theater.latitude is not None and theater.longitude is not None:
        point = f"mlat={theater.latitude}&mlon={theater.longitude}#map=17/{theater.latitude}/{theater.longitude}"
        return f"https://www.openstreetmap.org/?{point}"
    return f"https://www.openstreetmap.org/search?query={quote(f'{theater.place}, {theater.city_name}')}"


class NewAccountForm(Form):
    """What somebody invited says who has no account yet."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
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
    """Shows what somebody is invited to, and lets them join: with an account, or with a new one."""

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
                answer: HttpResponse = perform_login(request, Login(user=user, redirect_url=reverse("admin:index")))
                return answer
            if account is None or request.user != account:
                return self._show(request, invitation, form)
            accept(invitation=invitation, user=account)
        except TeamError as refusal:
            return self._show(request, self._find(token), form, error=str(refusal))
        messages.success(request, _("Welcome to the team of %(theater)s.") % {"theater": invitation.theater.name})
        return redirect("admin:index")

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
            "may": [WORDS[one] for one in Capability if one in CAPABILITIES[invitation.role]],
            "has_account": account is not None,
            "is_other": request.user.is_authenticated and request.user != account,
            "form": form,
            "error": error,
        }
        return render(request, "theaters/invitation.html", context)
