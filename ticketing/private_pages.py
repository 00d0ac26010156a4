"""Nothing personal is kept by a browser or a proxy."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers

from lib.bearer_links import opens_by_link


class PrivatePagesMiddleware:
    """Forbid to store every answer that depends on who is asking, unless its view has said how long it may be kept.

    It does when the view has looked at a session or was sent a token, or when its address opens something.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "Cache-Control" not in response and _is_personal(request):
            add_never_cache_headers(response)
        return response


def _is_personal(request: HttpRequest) -> bool:
    is_somebody = request.session.accessed and not request.session.is_empty()
    return is_somebody or "Authorization" in request.headers or opens_by_link(request)
