"""The console's pages for messages."""

from notifications.admin import outbox, previews

__all__ = ["outbox", "previews"]
