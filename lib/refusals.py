"""The base of all errors that refuse a person something."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.utils.functional import Promise

API_PREFIX = "/api/v1/"


@dataclass(frozen=True)
class ProblemType:
    """What the `type` of a problem stands for (RFC 9457). It is public: slug, status and title never change."""

    slug: str
    status: int
    title: str | Promise
    # What a client can do about it; shown on the page that the type's address leads to.
    advice: str | Promise

    @property
    def uri(self) -> str:
        return f"{settings.SITE_URL}{API_PREFIX}problems/{self.slug}"


class Refusal(Exception):
    """A refusal, with a sentence for the person who asked. Nothing was changed."""

    # The problem that the API answers with; None if only the console raises it.
    problem: ClassVar[ProblemType | None] = None
    message: str | Promise = ""

    def __str__(self) -> str:
        return str(self.message)

    def members(self) -> dict[str, Any]:
        """Return further members of the API's problem document."""
        return {}
