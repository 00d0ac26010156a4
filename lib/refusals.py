"""The base of all errors that refuse a person something."""

from typing import Any, ClassVar

from django.utils.functional import Promise

from lib.problem_types import ProblemType


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
