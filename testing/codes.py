"""Codes that people are sent to sign in."""

from notifications.models import Notification


def read_message(kind: str, recipient: str) -> Notification:
    """Return the newest message of that kind, waiting in the outbox."""
    return Notification.objects.filter(kind=kind, recipient=recipient).latest("pk")


def read_code(kind: str, recipient: str) -> str:
    return read_message(kind, recipient).context["code"]
