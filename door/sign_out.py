"""At the sign-out of staff, their browser forgets what the door's page keeps (`static/js/door/store.js`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase

_HAS_SIGNED_OUT = "_staff_have_signed_out"


def note_sign_out(*, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Receive Django's signal, which all ways to sign out send."""
    if getattr(user, "is_staff", False):
        setattr(request, _HAS_SIGNED_OUT, True)


class ForgetAtSignOutMiddleware:
    """Clear databases, kept pages and the service worker with the answer, also where no script of ours runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if getattr(request, _HAS_SIGNED_OUT, False):
            response["Clear-Site-Data"] = '"storage"'
        return response
