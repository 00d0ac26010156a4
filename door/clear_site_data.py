"""When a browser forgets what the door's page keeps (`static/js/door/store.js`): at the sign-out of staff, and when
they open the page after their role has ended.

Scans that wait would be lost. So who signs out elsewhere while the device has some is led to the door's page, which
sends them, and asks if it can't.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.roles import Capability, Person
from theaters.access import may

# Kept by `static/js/door/line.js` while scans wait: whose they are, as `identify` has it.
UNSENT_COOKIE = "door_unsent"
_SIGN_OUTS = {"account_logout", "admin:logout"}
_IS_ASKED = "_clears_site_data"


def clear_site_data(request: HttpRequest) -> None:
    """Let the answer clear databases, kept pages and the service worker, also where no script of ours runs."""
    setattr(request, _IS_ASKED, True)


def identify(user: Person) -> str:
    """Return the name by which a device knows whose its list and scans are; nobody else can make sense of it."""
    return salted_hmac("door.person", str(user.pk)).hexdigest()[:24]


def note_sign_out(*, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Receive Django's signal, which all ways to sign out send."""
    if getattr(user, "is_staff", False):
        clear_site_data(request)


class ClearSiteDataMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if getattr(request, _IS_ASKED, False):
            response["Clear-Site-Data"] = '"storage"'
            response.delete_cookie(UNSENT_COOKIE)
        return response

    def process_view(self, request: HttpRequest, *args: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        is_sign_out = request.method == "POST" and match is not None and match.view_name in _SIGN_OUTS
        # The door's page has asked.
        if not is_sign_out or "from_door" in request.POST or not _has_unsent(request):
            return None
        messages.warning(
            request, _("This device still has admissions to send. This page is sending them. Sign out here afterward.")
        )
        return redirect("door:choose")


def _has_unsent(request: HttpRequest) -> bool:
    """Return True if the device has scans that wait to be sent by this very person, who may send them."""
    is_own = request.COOKIES.get(UNSENT_COOKIE) == identify(request.user)
    return is_own and may(request.user, Capability.CHECK_IN)
