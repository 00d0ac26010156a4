"""What processes keep of pages, forgotten at once."""

from django.core.cache import caches

from events.models.settings import remember_settings, remembered_settings
from lib.process_memory import forget_everything


def forget_pages() -> None:
    """Make the next request read and write everything again, but for the settings, which a process always knows."""
    caches["pages"].clear()
    known = remembered_settings()
    forget_everything()
    if known is not None:
        remember_settings(known)
