"""The audit log: every service that changes something for staff or money calls `record`."""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import Any

import structlog
from django.contrib.contenttypes.models import ContentType
from django.db import models

from accounts.models import AuditEntry, User


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
    """Write down who did `action` on which object; `by` is None for the system itself.

    Call it inside the transaction of the change, so that neither stands without the other.
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


def _find_address() -> str | None:
    """Return the client's address as `ticketing.logs` has bound it for the request; None outside of requests."""
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
    """Write down the same action on many objects of one model, each with its before and after, in a few statements."""
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
