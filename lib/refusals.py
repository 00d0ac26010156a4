"""What a person can be refused: the base of all such errors."""

from typing import Any, ClassVar

from django.utils.functional import Promise


class Refusal(Exception):
    """A refusal to show to the person who asked. Nothing was changed.

    The slug is part of the public API (`type` of a problem, RFC 9457): it never changes. What only the
    console can be refused has none.
    """

    slug: ClassVar[str]
    message: str | Promise = ""

    def __str__(self) -> str:
        return str(self.message)

    def members(self) -> dict[str, Any]:
        """Return what the API's problem document says beside the sentence."""
        return {}
