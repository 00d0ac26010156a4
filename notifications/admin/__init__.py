"""The console's pages for messages."""

from notifications.admin import outbox

__all__ = ["outbox"]
