"""Addresses that get nothing more: they bounce, or their owner wants it so.

A mail server that keeps writing to dead addresses, or to people who call it spam, soon reaches
nobody. So the address is left alone until somebody corrects it and lifts the suppression.
"""

from notifications.models import Notification, Suppression


def suppress(address: str, reason: str, *, kind: str = "", detail: str = "") -> None:
    """Send nothing more to `address`, or nothing of `kind`; the first reason stays. Harmless when repeated."""
    Suppression.objects.get_or_create(
        address=address.strip().lower(), kind=kind, defaults={"reason": reason, "detail": detail[:300]}
    )


def lift(address: str, kind: str = "") -> bool:
    """Write to `address` again; say whether it was suppressed."""
    deleted, _rows = Suppression.objects.filter(address=address.strip().lower(), kind=kind).delete()
    return bool(deleted)


def find_suppression(notification: Notification) -> Suppression | None:
    """Return why nothing may be sent to the message's address, if so. One query."""
    rows = Suppression.objects.filter(address=notification.recipient.lower(), kind__in=["", notification.kind])
    return rows.order_by("kind").first()


def find_address_suppression(address: str) -> Suppression | None:
    """Return why `address` gets nothing at all, if so. One query."""
    return Suppression.objects.filter(address=address.lower(), kind="").first()
