"""What a change of settings would do to shows and people, before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from events.levels.change import upcoming_shows
from events.models import Show
from events.models.settings import SETTINGS, Scope


@dataclass(frozen=True, slots=True)
class Effect:
    """A setting that would have another value here: in words, with what stays as it is."""

    label: str
    before: str
    after: str
    kept: str


@dataclass(frozen=True, slots=True)
class Effects:
    """All effects of a change, on how many shows on sale, and how many of these have tickets sold or held."""

    settings: list[Effect]
    shows: int
    with_tickets: int


def find_effects(scope: Scope, values: Mapping[str, Any]) -> Effects:
    """Return what would change at this level if it set these columns. Two queries."""
    found = []
    for setting in SETTINGS:
        if not set(setting.fields) <= values.keys():
            continue
        before, own = setting.of(scope), setting.find(values)
        after = setting.resolve_above(scope).value if own is None else own
        if before != after:
            found.append(Effect(setting.label, setting.write(before), setting.write(after), str(setting.kept)))
    shows = upcoming_shows(scope).filter(state=Show.State.ON_SALE)
    sold = shows.filter(tickets__state__in=("held", "issued")).distinct()
    return Effects(found, shows.count(), sold.count())
