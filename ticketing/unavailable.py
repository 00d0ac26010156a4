"""Answer 503 with `Retry-After` while the database is down or too busy, wherever a request notices.

Errors in views and the console end in the middleware, errors in middleware in `server_error`, and those
of the API in `lib/problems.py`. The page itself needs no database. In debug mode Django asks no `server_error`,
so the one middleware that writes has its own guard.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import structlog
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.views import defaults

from lib.outages import BUSY, Outage, find_outage
from lib.problems import problem_response
from lib.refusals import API_PREFIX

log = structlog.get_logger(__name__)


class OutageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        outage = find_outage(error)
        return None if outage is None else answer(request, outage)


class SessionMiddleware(sessions.SessionMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except Exception as error:
            if (outage := find_outage(error)) is None:
                raise
            return answer(request, outage)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer an error that no middleware has caught; `handler500`."""
    outage = find_outage(sys.exc_info()[1])
    return defaults.server_error(request) if outage is None else answer(request, outage)


def answer(request: HttpRequest, outage: Outage) -> HttpResponse:
    log.warning("database_outage", kind=outage.problem.slug)
    if request.path_info.startswith(API_PREFIX):
        return problem_response(outage.problem, retry_seconds=outage.retry_seconds)
    page = render_to_string("503.html", {"is_busy": outage is BUSY})
    headers = {"Retry-After": str(outage.retry_seconds), "Cache-Control": "no-store"}
    return HttpResponse(page, status=503, headers=headers)
