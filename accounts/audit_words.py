"""Words for the audit log: labels of fields and states, and moments by the theater's clock.

The log itself keeps columns, codes and ISO 8601 moments, which do not depend on a language.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from accounts.actions import Action
from accounts.audit import ERASED
from accounts.models import AuditEntry
from lib.moments import write_moment

NOTHING = "–"
FORMS: dict[str, str | Promise] = {
    "add": gettext_lazy("%(what)s added"),
    "change": gettext_lazy("%(what)s changed"),
    "delete": gettext_lazy("%(what)s deleted"),
}
# What services record beside the row's own columns.
FACTS: dict[str, str | Promise] = {
    "amount": gettext_lazy("amount"),
    "attendee_email": gettext_lazy("passed on to"),
    "attendee_name": gettext_lazy("name"),
    "booking": gettext_lazy("booking"),
    "bookings": gettext_lazy("bookings"),
    "carried over": gettext_lazy("carried over"),
    "count": gettext_lazy("number"),
    "counted": gettext_lazy("counted"),
    "currency": gettext_lazy("currency"),
    "due": gettext_lazy("due"),
    "error": gettext_lazy("error"),
    "expected": gettext_lazy("expected"),
    "failed": gettext_lazy("failed"),
    "holds": gettext_lazy("holds"),
    "holds let go": gettext_lazy("holds let go"),
    "note": gettext_lazy("note"),
    "page": gettext_lazy("page"),
    "photos": gettext_lazy("photos"),
    "places": gettext_lazy("places"),
    "price": gettext_lazy("price"),
    "query": gettext_lazy("asked for"),
    "recipient": gettext_lazy("recipient"),
    "recipients": gettext_lazy("recipients"),
    "reference": gettext_lazy("reference"),
    "refund": gettext_lazy("refund"),
    "rules": gettext_lazy("rules"),
    "seats": gettext_lazy("seats"),
    "shows": gettext_lazy("shows"),
    "source": gettext_lazy("source"),
    "taken": gettext_lazy("taken"),
    "tickets": gettext_lazy("tickets"),
    "tickets canceled": gettext_lazy("tickets canceled"),
    "until": pgettext_lazy("a moment", "until"),
    "way": gettext_lazy("way"),
    "why": gettext_lazy("why"),
    "worth": gettext_lazy("worth"),
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)")
_CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")


@dataclass(frozen=True)
class Difference:
    """A fact before and after, in words; not a change if only one of the two was recorded."""

    name: str
    was: str
    now: str
    is_change: bool


def name_action(entry: AuditEntry) -> str:
    """Return what was done in words: "Hall changed"."""
    what, _dot, verb = entry.action.rpartition(".")
    if what and verb in FORMS:
        model = _model_of(entry)
        return name_form(verb, model) if model else what
    return str(Action(entry.action).label) if entry.action in Action.values else entry.action


def name_form(verb: str, model: type[models.Model]) -> str:
    """Return what a form of the console did in words: "Hall changed"."""
    return str(FORMS[verb]) % {"what": capfirst(model._meta.verbose_name)}


def compare(
    entry: AuditEntry, zone: tzinfo | None, write: Callable[[str, Any], str | None] | None = None
) -> list[Difference]:
    """Return the differences, fact by fact, without what stayed the same.

    Moments are by the clock of `zone`. `write` may word a fact better. One query for each row that a
    key refers to.
    """
    words = _Words(entry, zone, write)
    found = []
    for name in dict.fromkeys([*entry.before, *entry.after]):
        facts = (entry.before.get(name), entry.after.get(name))
        was, now = (words.write(name, value) for value in facts)
        # Facts that were erased on both sides once differed.
        if was != now or ERASED in facts:
            found.append(Difference(words.name(name), was, now, is_change=name in entry.before and name in entry.after))
    return found


def _model_of(entry: AuditEntry) -> type[models.Model] | None:
    return entry.content_type.model_class() if entry.content_type else None


class _Words:
    def __init__(self, entry: AuditEntry, zone: tzinfo | None, write: Callable[[str, Any], str | None] | None) -> None:
        self.model = _model_of(entry)
        self.zone = zone
        self.write_specially = write

    def _field(self, name: str) -> Any:
        """Return the column that a fact is about, also by its attribute: "hall_id"."""
        if self.model is not None:
            with suppress(FieldDoesNotExist):
                return self.model._meta.get_field(name)
            with suppress(FieldDoesNotExist):
                return self.model._meta.get_field(name.removesuffix("_id"))
        return None

    def name(self, name: str) -> str:
        field = self._field(name)
        if name in FACTS or field is None or not hasattr(field, "verbose_name"):
            return str(FACTS.get(name, _spaced(name)))
        return str(field.verbose_name)

    def write(self, name: str, value: Any) -> str:
        if value is None or value == "":
            return NOTHING
        if value == ERASED:
            return gettext("erased")
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        if self.write_specially and (special := self.write_specially(name, value)) is not None:
            return special
        if isinstance(value, list):
            return ", ".join(self.write(name, one) for one in value) or NOTHING
        if isinstance(value, dict):
            return ", ".join(f"{self.name(key)}: {self.write(key, one)}" for key, one in value.items()) or NOTHING
        field = self._field(name)
        choices = dict(getattr(field, "flatchoices", ()))
        if value in choices:
            return str(choices[value])
        if isinstance(value, int) and isinstance(field, models.ForeignKey):
            return str(field.related_model._default_manager.filter(pk=value).first() or value)
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            return write_moment(datetime.fromisoformat(value), self.zone)
        return _spaced(str(value))


def _spaced(word: str) -> str:
    """Write a code such as "box_office" as words, if nothing else names it."""
    return word.replace("_", " ") if _CODE.fullmatch(word) else word
