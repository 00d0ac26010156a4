"""Answers to input that no page understands: a sentence instead of a failure.

Forms and API schemas refuse bad input at its field. What slips past them and is refused by the
database ends here, with the same message as elsewhere (`lib/violations.py`). Failures that no input
can have caused are not caught.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from lib.problem_types import BAD_REQUEST, INVALID_INPUT
from lib.problems import problem_response
from lib.refusals import API_PREFIX
from lib.violations import read_violation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# SQLite's driver has no type of its own for it; PostgreSQL refuses or compares such a number.
TOO_LARGE = "Python int too large to convert to SQLite INTEGER"
UNREADABLE = 400
CONFLICT = 409


class BadInputMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # PostgreSQL refuses NUL in texts, and no address of this site has one.
        if "\0" in request.path_info:
            raise Http404
        if b"\0" in unquote_to_bytes(request.META.get("QUERY_STRING", "")):
            return refuse(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OverflowError) and str(error) == TOO_LARGE:
            return refuse(request)
        found = read_violation(error)
        return None if found is None else answer(request, found.sentence, CONFLICT)


def refuse(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that makes no sense; this is also `handler400`."""
    return answer(request, gettext("This address or form contains something that cannot be read."), UNREADABLE)


def answer(request: HttpRequest, sentence: StrOrPromise, status: int) -> HttpResponse:
    if request.path_info.startswith(API_PREFIX):
        return problem_response(BAD_REQUEST if status == UNREADABLE else INVALID_INPUT, sentence)
    return render(request, "refused.html", {"sentence": sentence, "status": status}, status=status)
