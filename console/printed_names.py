"""Console forms whose texts are printed: they warn of letters that a PDF would show as �."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext

from console.scoped import ScopedAdmin
from lib.typesetting import find_missing


class PrintedNamesMixin(ScopedAdmin):
    """Saves the row, and warns if one of these fields has letters that tickets can't show."""

    printed_fields: ClassVar[tuple[str, ...]]

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        changed = [name for name in self.printed_fields if name in form.changed_data]
        warning = warn_of_missing(str(getattr(obj, name)) for name in changed)
        if warning:
            messages.warning(request, warning)


def warn_of_missing(texts: Iterable[str]) -> str:
    """Return a sentence about the letters that tickets can't show, with the texts that have them; empty for none."""
    found = {text: find_missing(text) for text in dict.fromkeys(texts)}
    letters = "".join(dict.fromkeys("".join(found.values())))
    if not letters:
        return ""
    named = ", ".join(f"“{text}”" for text, missing in found.items() if missing)
    return gettext("Tickets show � for %(letters)s in %(texts)s: no typeface has it.") % {
        "letters": " ".join(letters),
        "texts": named,
    }
