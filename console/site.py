"""The console's site: Django's admin with sign-in, second factors and pages of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from accounts import audit, staff_sessions
from accounts.roles import lacks_second_factor
from console.menu import navigation
from console.people import own_zone, person_of

# Route, view and name of each page that is not a model's.
_pages: list[tuple[str, Callable[..., HttpResponseBase], str]] = []


def add_page(route: str, view: Callable[..., HttpResponseBase], *, name: str) -> None:
    """Add a page at `/admin/<route>`, named `admin:<name>`, for staff who are signed in.

    The view itself checks what the person may do. Call this in a module of an app's `admin`.
    """
    _pages.append((route, view, name))


class ConsoleSite(UnfoldAdminSite):
    site_title = _("Marquee console")
    site_header = _("Marquee")
    index_title = _("Today")

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and getattr(request.user, "is_staff", False)

    def admin_view(self, view: Callable[..., HttpResponseBase], cacheable: bool = False) -> Callable[..., Any]:
        """End expired sessions, redirect staff who need a second factor to set one up, and record downloads.

        The page's clock is that of the person's theaters, if these share one; a page about one row or one
        theater sets its own (`timezone.activate`). `ClockMiddleware` resets it.
        """
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if self.has_permission(request) and not staff_sessions.keep(request):
                logout(request)
                messages.info(
                    request, _("You were signed out, because you were away for too long or your session had expired.")
                )
                return redirect_to_login(request.get_full_path())
            if self.has_permission(request) and lacks_second_factor(request.user):
                messages.warning(request, _("The console needs a second factor. Set one up here, then come back."))
                return HttpResponseRedirect(reverse("mfa_index"))
            timezone.activate(own_zone(request.user))
            answer: HttpResponseBase = inner(request, *args, **kwargs)
            if answer.get("Content-Disposition", "").startswith("attachment"):
                audit.record_download(by=person_of(request), page=request.path, query=request.GET.dict())
            return answer

        return guarded

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Delay the check of every model until a page needs it: the menu is our own (`menu.py`)."""
        apps = super().get_app_list
        return SimpleLazyObject(lambda: apps(request, app_label))

    def get_sidebar_list(self, request: HttpRequest) -> Any:
        """Return our own menu, made when a page shows it."""
        return SimpleLazyObject(lambda: navigation(request))

    def _get_colors(self, *_arguments: Any) -> dict[str, Any]:
        """Write no palette into each page: `palette.css` has it."""
        return {}

    def get_urls(self) -> list[Any]:
        """Add our own pages, and remove Django's redirect from any pk to its public page."""
        own = [path(route, self.admin_view(view), name=name) for route, view, name in _pages]
        return [*own, *(url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site")]

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Answer 404 to a page beyond the results, which Unfold does not expect."""
        try:
            response: HttpResponse = super().search(request, extra_context)
        except InvalidPage:
            raise Http404 from None
        return response

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_change_password"))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the site's own sign-in, with its second factor and rate limits."""
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response
