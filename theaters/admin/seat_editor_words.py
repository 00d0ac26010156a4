"""The sentences of the seat-map editor's scripts, which the page gives to them."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Words = dict[str, str | tuple[str, str]]


def find_words() -> Words:
    """Return each sentence by its name, in the language of the page; two where it depends on a number."""
    return {
        **_find_parts(),
        **_find_steps(),
        "saved": _("Saved"),
        "unsaved": _("Not saved yet"),
        "saving": _("Saving …"),
        "not-saved": _("The server is not answering, so nothing is saved yet. Please try again in a moment."),
        "nothing-changed": _("Nothing has changed."),
        "nothing-selected": _("Nothing is selected."),
        "nothing-to-undo": _("There is nothing to undo."),
        "nothing-to-redo": _("There is nothing to do again."),
        "undone": _("Undone: %(step)s"),
        "redone": _("Done again: %(step)s"),
        "edge": _("No seat further on."),
        "no-seats": _("There are no seats yet."),
        "tool-select": _("Select: click, or draw a box around"),
        "tool-lasso": _("Lasso: draw a line around"),
        "tool-hand": _("Hand: move the view"),
    }


def _find_parts() -> Words:
    """Return what things are called."""
    return {
        "row": _("row %(row)s"),
        "seat": _("seat %(number)s"),
        "no-category": _("no category"),
        "accessible": _("wheelchair place"),
        "companion": _("companion seat"),
        "restricted": _("restricted view"),
        "aisle": _("on the aisle"),
        "selected": _("selected"),
        "seats-selected": _both(lambda n: ngettext("%(count)s seat selected", "%(count)s seats selected", n)),
        "areas-selected": _both(lambda n: ngettext("%(count)s area selected", "%(count)s areas selected", n)),
    }


def _find_steps() -> Words:
    """Return what was done, as the history names it."""
    return {
        "moved": _("%(count)s moved"),
        "deleted": _("%(count)s deleted"),
    }


def _both(word: Callable[[int], str]) -> tuple[str, str]:
    """Return a sentence for one and for many; the languages of the site have no other forms."""
    return word(1), word(2)
