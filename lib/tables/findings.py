"""What is wrong with a file, with its place in it; a thousand similar findings count as one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext

Item = TypeVar("Item")
# How many similar findings are shown with their places.
SHOWN_ALIKE = 3


class _Sentence(str):
    """A sentence that knows what it was made from, so that similar ones are recognized without reading them."""

    __slots__ = ("kind",)
    kind: str


def finding(template: str | Promise, **values: Any) -> str:
    """Fill in a sentence; `kind_of` distinguishes it from others."""
    sentence = _Sentence(str(template) % values if values else str(template))
    sentence.kind = str(template)
    return sentence


def kind_of(sentence: str) -> str:
    return sentence.kind if isinstance(sentence, _Sentence) else sentence


class CellError(Exception):
    """A cell can't be accepted; `sentence` explains why to the person who wrote it."""

    def __init__(self, template: str | Promise, **values: Any) -> None:
        self.sentence = finding(template, **values)
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence and its place: `line` counts from 1, and is 0 for the whole file; `column` is a name or letters."""

    message: str
    line: int = 0
    column: str = ""

    @property
    def place(self) -> str:
        if self.line and self.column:
            return gettext("line %(line)d, column “%(column)s”") % {"line": self.line, "column": self.column}
        return gettext("line %d") % self.line if self.line else ""

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.line else self.message


class UnreadableTable(Exception):
    """The file as a whole can't be accepted; `finding` explains why and where to the person who sent it."""

    def __init__(self, message: str | Promise, line: int = 0, column: str = "") -> None:
        self.finding = Finding(str(message), line, column)
        super().__init__(self.finding)

    def __str__(self) -> str:
        return str(self.finding)


@dataclass(frozen=True, slots=True)
class Group(Generic[Item]):
    """Similar findings: the `first` few, and how many `more` there are."""

    first: list[Item]
    more: int


def group_alike(items: Iterable[Item], key: Callable[[Item], Hashable]) -> list[Group[Item]]:
    """Group findings with the same key, in the order in which each kind first comes."""
    kinds: dict[Hashable, list[Item]] = {}
    for item in items:
        kinds.setdefault(key(item), []).append(item)
    return [Group(alike[:SHOWN_ALIKE], max(len(alike) - SHOWN_ALIKE, 0)) for alike in kinds.values()]
