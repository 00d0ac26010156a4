"""Addresses that get no more messages: they bounce, or their owners want none.

A mail server that keeps writing to dead addresses, or to people who mark it as spam, soon reaches no one.
So an address is left alone until its suppression is lifted.
"""

from django.db.models import QuerySet

from lib.compiled import compiled
from notifications.models import Notification, Suppression


def suppress(address: str, reason: str, *, kind: str = "", detail: str = "") -> None:
    """Send no more to `address`, or nothing of `kind`. The first reason stays. Harmless when repeated."""
    Suppression.objects.get_or_create(
        address=address.strip().lower(), kind=kind, defaults={"reason": reason, "detail": detail[:300]}
    )


def lift(address: str, kind: str = "") -> bool:
    """Write to `address` again; return True if it was suppressed."""
    deleted, _rows = Suppression.objects.filter(address=address.strip().lower(), kind=kind).delete()
    return bool(deleted)


def find_suppression(notification: Notification) -> Suppression | None:
    """Return the suppression of the message's address, if any. One query."""
    found = _find(notification.recipient.lower(), notification.kind)
    return found[0] if found else None


@compiled
def _find(address: str, kind: str) -> QuerySet[Suppression]:
    return Suppression.objects.filter(address=address, kind__in=["", kind]).order_by("kind")[:1]


def find_address_suppression(address: str) -> Suppression | None:
    """Return the suppression of `address` for all kinds, if any. One query."""
    return Suppression.objects.filter(address=address.lower(), kind="").first()
