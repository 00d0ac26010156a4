"""What a person can be refused: the base of all such errors."""

from typing import Any, ClassVar

from django.utils.functional import Promise

from lib.problem_types import ProblemType


class Refusal(Exception):
    """A refusal to show to the person who asked. Nothing was changed."""

    # How the API tells it. What only the console can be refused has none.
    problem: ClassVar[ProblemType | None] = None
    message: str | Promise = ""

    def __str__(self) -> str:
        return str(self.message)

    def members(self) -> dict[str, Any]:
        """Return what the API's problem document says beside the sentence."""
        return {}
