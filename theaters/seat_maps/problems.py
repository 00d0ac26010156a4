"""Problems of a seat map, each with its place in the file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from lib.tables import Group, group_alike


@dataclass(frozen=True)
class Problem:
    """One finding. `where` is a JSON path or a CSV line and column; empty for the whole file."""

    code: str
    message: str
    where: str = ""
    is_error: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


def group_problems(problems: Iterable[Problem]) -> list[Group[Problem]]:
    """Group problems of one kind, errors first, so that a thousand alike are shown once."""
    ordered = sorted(problems, key=lambda problem: not problem.is_error)
    return group_alike(ordered, key=lambda problem: (problem.code, problem.is_error))


class InvalidSeatMap(Exception):
    """Carries every problem of the file, warnings included, in the order of the file."""

    MAX_SHOWN_ERRORS = 20

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)

    def __str__(self) -> str:
        lines = [
            gettext("The seat map cannot be used:"),
            *(str(problem) for problem in self.errors[: self.MAX_SHOWN_ERRORS]),
        ]
        hidden = len(self.errors) - self.MAX_SHOWN_ERRORS
        if hidden > 0:
            lines.append(ngettext("and %(count)d more.", "and %(count)d more.", hidden) % {"count": hidden})
        return "\n".join(lines)
