"""How long rows are kept, and the nightly job that deletes the expired ones.

Each app declares each of its models once, in `RETENTION` of `<app>/retention.py`: as `Kept`, with the
reason; as `Pruned`, with the setting for the number of days; or as `Follows`, whose rows are deleted with
the row that they belong to. `BOOKS` lists the models whose audit entries are kept for ever.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import structlog
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import PROTECT, RESTRICT, Exists, F, ForeignObjectRel, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from operations import heartbeats
from operations.models import Heartbeat, Pruning

log = structlog.get_logger(__name__)

# Rows deleted in one transaction. Measured on PostgreSQL on a busy machine: 30 ms for messages, half a second for
# lapsed bookings with their dependents.
PRUNE_BATCH_ROWS = 200
# One night's pruning; the next night takes up what is left. Below the time limit of tasks.
PRUNE_SECONDS = 300


@dataclass(frozen=True)
class Kept:
    """Rows that are kept for ever, or until people delete them; `why` is shown in the documentation."""

    model: type[Model]
    why: str


@dataclass(frozen=True)
class Follows:
    """Rows that are deleted with the row of `owner` that they belong to."""

    model: type[Model]
    owner: type[Model]


@dataclass(frozen=True)
class Pruned:
    """Rows that are deleted `setting` days after `since`, if `when` holds; `what` names them in the documentation.

    `delete` replaces the plain deletion where more has to go: it gets the locked rows, inside the
    transaction. The program itself needs the rows for `least` days; the setting may not be lower.
    """

    model: type[Model]
    what: str
    setting: str
    since: str
    when: Callable[[], Q] = Q
    delete: Callable[[QuerySet[Any]], object] | None = None
    least: int = 1

    @property
    def days(self) -> int:
        days: int = getattr(settings, self.setting)
        return days

    def cutoff(self, now: datetime) -> datetime:
        return now - timedelta(days=self.days)

    def rows(self, cutoff: datetime) -> QuerySet[Any]:
        return self.model._base_manager.filter(self.when(), **{f"{self.since}__lt": cutoff})


Declaration = Kept | Follows | Pruned


def unreferenced(model: type[Model], *, but: Sequence[type[Model]] = ()) -> Q:
    """Return a condition: no row, except of the models in `but`, protects this row of `model` from being deleted."""
    condition = Q()
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.on_delete in (PROTECT, RESTRICT):
            source = relation.related_model
            if source not in but:
                condition &= ~Q(Exists(source._base_manager.filter(**{relation.field.name: OuterRef("pk")})))
    return condition


@cache
def declarations() -> list[Declaration]:
    return list(_declared("RETENTION"))


def books() -> list[str]:
    """Return the models whose audit entries are kept for ever, as `app_label.model`."""
    return sorted(model._meta.label_lower for model in _declared("BOOKS"))


def _declared(what: str) -> Iterator[Any]:
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.retention"):
            yield from getattr(import_module(f"{config.name}.retention"), what, ())


def prune(*, seconds: float = PRUNE_SECONDS) -> dict[str, int]:
    """Delete expired rows for at most about `seconds`; return how many by model.

    Safe to repeat and to run twice at once: locked rows are left for the next night. Each table gets an
    equal share of the time, and what it does not use goes to the next. A table that refuses is logged and
    does not stop the others, but then the job counts as failed.
    """
    started, removed, is_whole = time.monotonic(), {}, True
    kinds = [kind for kind in declarations() if isinstance(kind, Pruned)]
    for number, kind in enumerate(kinds, 1):
        label = kind.model._meta.label
        try:
            removed[label] = _prune_one(kind, until=started + seconds * number / len(kinds))
        except DatabaseError:
            # Such as a row that is protected from being deleted.
            log.exception("prune_failed", model=label)
            is_whole = False
    log.info("pruned", seconds=round(time.monotonic() - started, 1), **{k: n for k, n in removed.items() if n})
    if is_whole:
        heartbeats.beat(Heartbeat.Part.PRUNING)
    return removed


def _prune_one(kind: Pruned, *, until: float) -> int:
    cutoff, removed = kind.cutoff(timezone.now()), 0
    while True:
        count = _prune_batch(kind, cutoff)
        removed += count
        if count < PRUNE_BATCH_ROWS or time.monotonic() >= until:
            return removed


@transaction.atomic
def _prune_batch(kind: Pruned, cutoff: datetime) -> int:
    # Locked, so that none is revived meanwhile, such as a lapsed booking whose payment arrives.
    rows = kind.rows(cutoff).order_by(kind.since).select_for_update(skip_locked=True, of=("self",))
    pks = list(rows.values_list("pk", flat=True)[:PRUNE_BATCH_ROWS])
    if not pks:
        return 0
    label = kind.model._meta.label_lower
    Pruning.objects.update_or_create(label=label, defaults={"until": cutoff})
    found = kind.model._base_manager.filter(pk__in=pks)
    if kind.delete is not None:
        kind.delete(found)
    else:
        found.delete()
    Pruning.objects.filter(label=label).update(until=None, removed=F("removed") + len(pks), pruned_at=timezone.now())
    return len(pks)


RETENTION = [
    Kept(Heartbeat, "One row for each background part of the site."),
    Kept(Pruning, "One row for each table that is pruned."),
]
