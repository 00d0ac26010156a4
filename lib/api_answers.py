"""What the OpenAPI document says about each call's answers, beside its results.

Most problems follow from a call's parameters; `may_answer` names the others. Tests refuse an answer that is
not documented (`testing/fixtures/api_answers.py`).
"""

from typing import Any

from lib.problems import CONTENT_TYPE, RETRY_STATUSES, problem_types
from lib.refusals import ProblemType

OPERATIONS = ("get", "put", "post", "patch", "delete")
HEADERS: dict[str, Any] = {
    "Retry-After": {"description": "After how many seconds to try again.", "schema": {"type": "integer"}},
    "RateLimit": {
        "description": "Without a token: calls that are left, and seconds until all are again.",
        "schema": {"type": "string"},
        "example": '"anonymous";r=299;t=42',
    },
    "RateLimit-Policy": {
        "description": "Without a token: how many calls in how many seconds.",
        "schema": {"type": "string"},
        "example": '"anonymous";q=300;w=60',
    },
    "ETag": {"description": "Send it as `If-None-Match` with the next call.", "schema": {"type": "string"}},
}
_PROBLEMS = "x-problems"
_HAS_ETAG = "x-has-etag"
_IS_LIMITED = "x-is-limited"


def may_answer(*slugs: str, has_etag: bool = False, is_limited: bool = True) -> dict[str, Any]:
    """Return the `openapi_extra` for a call with problems of its own."""
    return {_PROBLEMS: slugs, _HAS_ETAG: has_etag, _IS_LIMITED: is_limited}


def describe_answers(operation: dict[str, Any]) -> None:
    """Add the possible answers to an operation of the document."""
    own, has_etag, is_limited = (
        operation.pop(_PROBLEMS, ()),
        operation.pop(_HAS_ETAG, False),
        operation.pop(_IS_LIMITED, True),
    )
    parameters = operation.get("parameters", [])
    slugs = ["bad-request", *own, "unavailable", "busy"]
    if is_limited:
        slugs.append("too-many-requests")
    if "security" in operation:
        slugs.append("sign-in-required")
    if any(parameter["in"] == "path" for parameter in parameters):
        slugs.append("not-found")
    if "requestBody" in operation:
        slugs.append("too-large")
    if "requestBody" in operation or parameters:
        slugs.append("invalid-input")
    responses = operation["responses"]
    for response in responses.values():
        response["headers"] = _refer_to(
            *(["ETag"] if has_etag else []), *(["RateLimit", "RateLimit-Policy"] if is_limited else [])
        )
    if has_etag:
        responses[304] = {"description": "Nothing has changed since the answer with the ETag sent."}
    known = problem_types()
    by_status: dict[int, list[ProblemType]] = {}
    for slug in dict.fromkeys(slugs):
        by_status.setdefault(known[slug].status, []).append(known[slug])
    for status, found in sorted(by_status.items()):
        responses[status] = _describe_problems(status, found)
    responses["default"] = {"description": "Any other problem", "content": {CONTENT_TYPE: {"schema": _PROBLEM}}}


_PROBLEM = {"$ref": "#/components/schemas/Problem"}


def _describe_problems(status: int, problems: list[ProblemType]) -> dict[str, Any]:
    examples = {
        problem.slug: {
            "summary": str(problem.title),
            "value": {"type": problem.uri, "title": str(problem.title), "status": status},
        }
        for problem in problems
    }
    described: dict[str, Any] = {
        "description": ", ".join(examples),
        "content": {CONTENT_TYPE: {"schema": _PROBLEM, "examples": examples}},
    }
    if status in RETRY_STATUSES:
        described["headers"] = _refer_to("Retry-After")
    return described


def _refer_to(*headers: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
