"""A REST API client, signed in by token."""

from typing import Any

from django.test import Client

from accounts.api import make_access_token, start_session
from accounts.models import User


class ApiClient:
    """Calls under `/api/v1`; an answer has `status`, `json` and headers by name."""

    def __init__(self, user: User | None = None) -> None:
        self.client = Client()
        self.headers: dict[str, str] = {}
        if user is not None:
            access = make_access_token(user, start_session(user))
            self.headers["Authorization"] = f"Bearer {access}"

    def __getattr__(self, method: str) -> Any:
        def call(path: str, body: Any = None, **headers: str) -> Any:
            sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
            extra = {"data": body, "content_type": "application/json"} if body is not None else {}
            response = getattr(self.client, method)(f"/api/v1{path}", headers=sent, **extra)
            kind = response.get("Content-Type", "").partition(";")[0]
            assert response.status_code in (304, 405) or kind == (
                "application/json" if response.status_code < 400 else "application/problem+json"
            )
            return response

        return call


def problem(response: Any) -> tuple[int, str]:
    """Return the status and the last part of the problem's type."""
    document = response.json()
    assert document["status"] == response.status_code
    return response.status_code, document["type"].rsplit("/", 1)[-1]
