"""What the audit log says, in the reader's words: the field's names, the states' labels, the theater's clock.

The log itself keeps columns, codes and moments in ISO 8601, which do not change with a language.
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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.audit import ERASED
from accounts.models import AuditEntry
from lib.moments import write_moment

NOTHING = "–"
# What services do. What the console's forms do is called by the model: "hall.change".
ACTIONS: dict[str, str | Promise] = {
    "accept invitation": gettext_lazy("Invitation accepted"),
    "accept outside refund": gettext_lazy("Decided after a refund at the gateway or a chargeback"),
    "add report schedule": gettext_lazy("Report schedule added"),
    "adjust move": gettext_lazy("Place in a planned move changed"),
    "apply sales rule": gettext_lazy("Sales rule applied"),
    "block seats": gettext_lazy("Places blocked for the house"),
    "cancel show": gettext_lazy("Show canceled"),
    "cancel tickets": gettext_lazy("Tickets canceled"),
    "change report schedule": gettext_lazy("Report schedule changed"),
    "change role": gettext_lazy("Role changed"),
    "change sale": gettext_lazy("Sale of a show changed"),
    "change show": gettext_lazy("Show changed"),
    "chargeback": gettext_lazy("Chargeback"),
    "chargeback won": gettext_lazy("Chargeback won"),
    "choose export columns": gettext_lazy("Columns of a gateway’s file chosen"),
    "close drawer": gettext_lazy("Drawer closed"),
    "close sales": gettext_lazy("Sale stopped"),
    "confirm booking": gettext_lazy("Confirmed by staff"),
    "correct contact": gettext_lazy("Name or address corrected"),
    "correct times": gettext_lazy("Times of a show corrected"),
    "count drawer": gettext_lazy("Drawer counted"),
    "create show": gettext_lazy("Show added"),
    "create shows": gettext_lazy("Shows added"),
    "delete report schedule": gettext_lazy("Report schedule deleted"),
    "delete show": gettext_lazy("Show deleted"),
    "dismiss import": gettext_lazy("Import dismissed"),
    "download": gettext_lazy("File downloaded"),
    "download own data": gettext_lazy("Own data downloaded"),
    "erase person": gettext_lazy("Person erased"),
    "exchange tickets": gettext_lazy("Tickets exchanged"),
    "give complimentary tickets": gettext_lazy("Complimentary tickets given"),
    "goodwill refund": gettext_lazy("Refund without cancellation"),
    "hand out refund": gettext_lazy("Refund handed out"),
    "hide review": gettext_lazy("Review hidden"),
    "import events": gettext_lazy("Events imported"),
    "import programme": gettext_lazy("Programme imported"),
    "import seat map": gettext_lazy("Seat map imported"),
    "import shows": gettext_lazy("Shows imported"),
    "invite": gettext_lazy("Invited"),
    "invite again": gettext_lazy("Invited again"),
    "leave out report recipients": gettext_lazy("Recipients of a report left out"),
    "lift house hold": gettext_lazy("Places of the house given back"),
    "lift suppression": gettext_lazy("Address allowed again"),
    "limit area": gettext_lazy("Capacity of an area changed"),
    "move show": gettext_lazy("Show moved"),
    "move show with tickets": gettext_lazy("Show moved with its tickets"),
    "move tickets": gettext_lazy("Moved to other seats"),
    "name tickets": gettext_lazy("Names on tickets changed"),
    "offer out of turn": gettext_lazy("Places offered out of turn"),
    "open drawer": gettext_lazy("Drawer opened"),
    "open sales": gettext_lazy("Sale opened"),
    "pause report schedule": gettext_lazy("Report schedule paused"),
    "pay into drawer": gettext_lazy("Paid into the drawer"),
    "pay out of drawer": gettext_lazy("Paid out of the drawer"),
    "pay out refund": gettext_lazy("Refund paid out"),
    "publish review": gettext_lazy("Review published"),
    "publish seat map": gettext_lazy("Seat map published"),
    "reconcile": gettext_lazy("Payments compared with a gateway’s file"),
    "refund again": gettext_lazy("Refund tried again"),
    "refund at the gateway": gettext_lazy("Refund made at the gateway"),
    "refund by transfer": gettext_lazy("Refunded by bank transfer"),
    "refund failed": gettext_lazy("Refund failed"),
    "refund in cash": gettext_lazy("Refunded in cash"),
    "refund outside": gettext_lazy("Refunded outside of Marquee"),
    "refund surplus": gettext_lazy("Surplus refunded"),
    "release hold": gettext_lazy("Hold given up by staff"),
    "reopen sales": gettext_lazy("Sale reopened"),
    "replace seat map draft": gettext_lazy("Draft of a seat map replaced"),
    "reserve": gettext_lazy("Reserved"),
    "resume report schedule": gettext_lazy("Report schedule resumed"),
    "revoke role": gettext_lazy("Role taken away"),
    "run report schedule": gettext_lazy("Report sent by hand"),
    "save price template": gettext_lazy("Price template saved"),
    "seat late payment": gettext_lazy("Seated after all"),
    "sell from house hold": gettext_lazy("Sold from the house’s places"),
    "send message": gettext_lazy("Message put back to be sent"),
    "send tickets": gettext_lazy("Tickets sent again"),
    "set prices": gettext_lazy("Prices set"),
    "set terms": gettext_lazy("Terms set"),
    "sign in": gettext_lazy("Signed in"),
    "sign in refused": gettext_lazy("Sign-in refused"),
    "start exchange": gettext_lazy("Exchange begun"),
    "surplus payment": gettext_lazy("Payment that bought nothing"),
    "take off the waiting list": gettext_lazy("Taken off the waiting list"),
    "take over report schedule": gettext_lazy("Report schedule taken over"),
    "try booking again": gettext_lazy("Booking of a canceled show tried again"),
    "undo in timetable": gettext_lazy("Change in the timetable undone"),
    "withdraw invitation": gettext_lazy("Invitation withdrawn"),
    "write note": gettext_lazy("Note changed"),
}
FORMS: dict[str, str | Promise] = {
    "add": gettext_lazy("%(what)s added"),
    "change": gettext_lazy("%(what)s changed"),
    "delete": gettext_lazy("%(what)s deleted"),
}
# What services write beside the columns of the row.
FACTS: dict[str, str | Promise] = {
    "amount": gettext_lazy("amount"),
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
    "places": gettext_lazy("places"),
    "price": gettext_lazy("price"),
    "query": gettext_lazy("asked for"),
    "recipient": gettext_lazy("recipient"),
    "recipients": gettext_lazy("recipients"),
    "reference": gettext_lazy("reference"),
    "refund": gettext_lazy("refund"),
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
    """A fact as it was and as it is, in words; not a change where only one of the two was written down."""

    name: str
    was: str
    now: str
    is_change: bool


def name_action(entry: AuditEntry) -> str:
    """Say what was done: "Hall changed"."""
    what, _dot, verb = entry.action.rpartition(".")
    if what and verb in FORMS:
        model = _model_of(entry)
        return name_form(verb, model) if model else what
    return str(ACTIONS.get(entry.action, entry.action))


def name_form(verb: str, model: type[models.Model]) -> str:
    """Say what a form of the console did: "Hall changed"."""
    return str(FORMS[verb]) % {"what": capfirst(model._meta.verbose_name)}


def compare(
    entry: AuditEntry, zone: tzinfo | None, write: Callable[[str, Any], str | None] | None = None
) -> list[Difference]:
    """Return what was and what is, fact by fact; what stayed as it was is left out.

    Moments are by the clock of `zone`. `write` may know better how a fact is written. A query for each
    row that is meant by its key.
    """
    words = _Words(entry, zone, write)
    found = []
    for name in dict.fromkeys([*entry.before, *entry.after]):
        facts = (entry.before.get(name), entry.after.get(name))
        was, now = (words.write(name, value) for value in facts)
        # What was erased on both sides was different once.
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
        """Return the column that a fact is about; by its attribute, too: "hall_id"."""
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
            return _("erased")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
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
    """Write a code such as "box_office" as words, where nothing else knows what it is called."""
    return word.replace("_", " ") if _CODE.fullmatch(word) else word
