"""The audit log: every service that changes something for staff or money calls `record`."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from ipaddress import ip_address
from typing import Any

import structlog
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from accounts.actions import Action
from accounts.models import AuditEntry, User

# What an erased value becomes; the guards in `guards.py` let the log change to nothing else.
ERASED = "erased"
# The key of what a file was filtered by: see `record_download`.
_SEARCHED = "query"
# Entries changed in one statement: some 20 ms.
FORGET_BATCH = 500


def record(
    *,
    by: User | None,
    action: str,
    on: models.Model,
    theater_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    address: str | None = None,
) -> AuditEntry:
    """Record who did `action` on which object; `by` is None for the system itself.

    Call it inside the transaction of the change, so that neither exists without the other.
    """
    return AuditEntry.objects.create(
        by=by,
        action=action,
        content_type=ContentType.objects.get_for_model(on),
        object_id=str(on.pk),
        object_name=str(on)[:200],
        theater_id=theater_id,
        before=before or {},
        after=after or {},
        reason=reason,
        address=address or _find_address(),
    )


def record_for_staff(*, by: User | None, action: str, on: User, after: dict[str, Any]) -> None:
    """Record what a member of staff did or met, for the managers of each of their theaters to read."""
    theaters: set[int | None] = set(on.staff_memberships.values_list("theater_id", flat=True))
    for theater_id in theaters or {None}:
        record(by=by, action=action, on=on, theater_id=theater_id, after=after)


def record_download(*, by: User, page: str, query: dict[str, str]) -> None:
    """Record that a member of staff downloaded a file.

    Its filters are shown only to people who may see every theater that the file may be about.
    """
    theaters = set(by.staff_memberships.values_list("theater_id", flat=True))
    details = {"page": page, _SEARCHED: query}
    if by.is_superuser or len(theaters) != 1:
        record(by=by, action=Action.DOWNLOAD, on=by, after=details)
        details = {"page": page}
    for theater_id in theaters:
        record(by=by, action=Action.DOWNLOAD, on=by, theater_id=theater_id, after=details)


def _find_address() -> str | None:
    """Return the client's address, which `ticketing.logs` binds for the request; None outside of requests."""
    known = structlog.contextvars.get_contextvars().get("ip")
    try:
        return str(ip_address(str(known))) if known else None
    except ValueError:
        return None


def record_many(
    *,
    by: User | None,
    action: str,
    changes: Iterable[tuple[models.Model, Mapping[str, Any], Mapping[str, Any]]],
    theater_id: int | None,
) -> None:
    """Record one action on many objects of a model, each with its before and after, in a few statements."""
    changes = list(changes)
    if not changes:
        return
    content_type = ContentType.objects.get_for_model(changes[0][0])
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                by=by,
                action=action,
                content_type=content_type,
                object_id=str(row.pk),
                object_name=str(row)[:200],
                theater_id=theater_id,
                before=dict(before),
                after=dict(after),
            )
            for row, before, after in changes
        ],
        batch_size=500,
    )


def forget(
    *,
    about: Iterable[tuple[type[models.Model], Collection[Any], bool]],
    person: User,
    addresses: Collection[str],
    personal: Collection[str],
) -> None:
    """Erase a person's values from the log: in entries about their rows, and in others with an address of theirs.

    `about` has models, primary keys, and whether `str(row)` names the person; `personal` are the keys of
    values. What was done, when and by whom stays.
    """
    _Forgetting(person, addresses, personal).forget(list(about))


class _Forgetting:
    def __init__(self, person: User, addresses: Collection[str], personal: Collection[str]) -> None:
        self.person = person
        self.addresses = [address.lower() for address in addresses]
        self.personal = frozenset(personal)

    def forget(self, about: list[tuple[type[models.Model], Collection[Any], bool]]) -> None:
        # The network address that they acted from is personal, whatever they did.
        AuditEntry.objects.filter(by=self.person, address__isnull=False).update(address=None)
        types = ContentType.objects.get_for_models(*{model for model, _keys, _is_named in about})
        rows: dict[int, set[str]] = defaultdict(set)
        named: set[int] = set()
        for model, keys, is_named in about:
            rows[types[model].pk].update(str(key) for key in keys)
            if is_named:
                named.add(types[model].pk)
        with_address = self._find_by_address(rows)
        # For deleted rows, such as a revoked role, only the log itself knows whose they were.
        gone = self._find_called(named - {ContentType.objects.get_for_model(User).pk})
        for content_type_id, object_id in gone.values_list("content_type_id", "object_id"):
            rows[content_type_id].add(object_id)
        for content_type_id, object_ids in rows.items():
            own = AuditEntry.objects.filter(content_type=content_type_id, object_id__in=object_ids)
            self._change(own, is_theirs=True, is_named=content_type_id in named)
        self._change(with_address, is_theirs=False, is_named=False)

    def _find_called(self, content_types: Collection[int]) -> QuerySet[AuditEntry]:
        """Find entries about objects that carry the person's name or address, or were recorded as theirs."""
        calls = [call for call in {str(self.person), *self.addresses} if call]
        theirs = Q(object_name__in=calls)
        for call in calls:
            for after in (",", ":", " "):
                theirs |= Q(object_name__startswith=f"{call}{after}")
        for address in self.addresses:
            theirs |= Q(before__user=address) | Q(before__email=address) | Q(after__email=address)
        return AuditEntry.objects.filter(theirs, content_type__in=content_types)

    def _find_by_address(self, content_types: Collection[int]) -> QuerySet[AuditEntry]:
        values = Q(pk__in=[])
        for address in self.addresses:
            values |= Q(was__icontains=address) | Q(now__icontains=address) | Q(reason__icontains=address)
        if self.person.name:
            # Only where staff searched by name; elsewhere the name may be another person's.
            values |= Q(now__icontains=self.person.name, after__has_key=_SEARCHED)
        texts = {"was": Cast("before", TextField()), "now": Cast("after", TextField())}
        return AuditEntry.objects.filter(content_type__in=list(content_types)).alias(**texts).filter(values)

    def _change(self, entries: QuerySet[AuditEntry], *, is_theirs: bool, is_named: bool) -> None:
        changed = []
        for entry in entries.iterator(FORGET_BATCH):
            entry.before = self._blank(entry, entry.before, is_theirs=is_theirs)
            entry.after = self._blank(entry, entry.after, is_theirs=is_theirs)
            entry.reason = ERASED if entry.reason else ""
            entry.object_name = ERASED if is_named else entry.object_name
            changed.append(entry)
        AuditEntry.objects.bulk_update(changed, ["before", "after", "reason", "object_name"], batch_size=FORGET_BATCH)

    def _blank(self, entry: AuditEntry, values: dict[str, Any], *, is_theirs: bool) -> dict[str, Any]:
        text = str(values).lower()
        calls = [*self.addresses, *([self.person.name.lower()] if _SEARCHED in values and self.person.name else [])]
        if not is_theirs and not any(call in text for call in calls):
            return values
        is_personal = entry.action == Action.NAME_TICKETS
        return {name: ERASED if is_personal or name in self.personal else value for name, value in values.items()}
