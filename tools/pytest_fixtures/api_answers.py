"""Refuses, in every test, an answer of the API that its OpenAPI document does not have."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponseBase

# They come before any call is found, or are a fault.
_BEFORE_A_CALL = {"method-not-allowed", "unexpected"}


@cache
def _document() -> Any:
    from ticketing.api import api  # noqa: PLC0415 (needs the settings)

    return api.get_openapi_schema()["paths"]


def _check(request: HttpRequest, answer: HttpResponseBase) -> None:
    route = request.resolver_match.route if request.resolver_match else ""
    operations = _document().get("/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route), {})
    method = "get" if request.method == "HEAD" else (request.method or "").lower()
    if method not in operations:
        return
    responses = operations[method]["responses"]
    what = f"{request.method} {route} answers {answer.status_code}"
    if answer.status_code == 304 or "ETag" in answer:  # noqa: PLR2004
        assert 304 in responses, f"{what} with an ETag, which its document does not say."  # noqa: PLR2004
    if answer.get("Content-Type") == "application/problem+json":
        slug = json.loads(answer.content)["type"].rpartition("/")[2]  # type: ignore[attr-defined]
        documented = responses.get(answer.status_code, {}).get("content", {})
        known = documented.get("application/problem+json", {}).get("examples", {})
        assert slug in known or slug in _BEFORE_A_CALL, f"{what} with “{slug}”, which its document does not say."
    else:
        assert answer.status_code in responses, f"{what}, which its document does not say."


@pytest.fixture(autouse=True)
def _every_answer_is_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    from ticketing.problems import ProblemMiddleware  # noqa: PLC0415 (needs the settings)

    answer_of = ProblemMiddleware._answer

    def answer(self: ProblemMiddleware, request: HttpRequest) -> HttpResponseBase:
        found = answer_of(self, request)
        _check(request, found)
        return found

    monkeypatch.setattr(ProblemMiddleware, "_answer", answer)
