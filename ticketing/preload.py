"""Load the site before processes are forked, so that they share its memory."""

import gc

from django.conf import settings
from django.urls import get_resolver
from django.utils import translation


def load_site() -> None:
    """Load addresses with their views, and translations; then keep the garbage collector away from all that is loaded.

    It would write into it, and so make each process copy it. Opens no connection, which processes must not share.
    """
    get_resolver().url_patterns  # noqa: B018 reading it imports the views
    for language, _name in settings.LANGUAGES:
        translation.activate(language)
    translation.deactivate()
    gc.collect()
    gc.freeze()
