"""What processes keep of pages, forgotten at once."""

from django.core.cache import caches

from lib.process_memory import forget_everything


def forget_pages() -> None:
    """Make the next request read and write everything again."""
    caches["pages"].clear()
    forget_everything()
