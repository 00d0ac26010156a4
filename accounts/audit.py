"""The audit log: every service that changes something for staff or money calls `record`."""

from typing import Any

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
        address=address,
    )
