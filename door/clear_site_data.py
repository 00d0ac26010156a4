"""When a browser forgets what the door's page keeps (`static/js/door/store.js`): at the sign-out of staff, and when
they open the page after their role has ended.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase

_IS_ASKED = "_clears_site_data"


def clear_site_data(request: HttpRequest) -> None:
    """Let the answer clear databases, kept pages and the service worker, also where no script of ours runs."""
    setattr(request, _IS_ASKED, True)


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
        return response
