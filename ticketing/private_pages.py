"""Keep personal pages out of the caches of browsers and proxies."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers

from lib.bearer_links import opens_by_link


class PrivatePagesMiddleware:
    """Forbid caching of every answer that depends on who is asking, unless its view set Cache-Control.

    An answer depends on that if its view read a session, if a token was sent, or if the address is a bearer link.
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
