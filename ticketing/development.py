"""What differs on a developer's machine, where DEBUG is on."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotFound
from django.views.defaults import page_not_found


class OwnNotFoundPage:
    """Show the site's own 404 page, as visitors see it; with `?details`, Django's explanation."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if settings.DEBUG and isinstance(response, HttpResponseNotFound) and "details" not in request.GET:
            return page_not_found(request, Http404())
        return response
