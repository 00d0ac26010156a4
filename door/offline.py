"""What the gate's page is given so that it works without a network: its words, and the files that it is made of."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from door.answers import Unrecorded
from door.models import CheckIn
from door.undo import TooLateToUndo

_DECODERS = ("vendor/zxing-wasm/reader.js", "vendor/zxing-wasm/zxing_reader.wasm")
_FILES = (
    *("js/theme.js", "js/first-error.js", "js/menus.js", "js/selects.js", "css/site.css", "css/pages/door.css"),
    *("img/favicon.svg", "img/favicon-32.png", "img/icons.svg"),
)
_FOLDERS = ("js/door/*.js", "fonts/*.woff2")
# In development, `css/site.css` imports them; in production they are in it.
_IMPORTED = ("css/*.css", "css/components/*.css")


def find_words() -> dict[str, str]:
    """Return the sentences that the page writes by itself, in the active language."""
    return {
        "admitted": gettext("Admitted"),
        "out": gettext("Out"),
        "undone": gettext("Undone"),
        "already_in": gettext("Already in"),
        "stop": gettext("Stop"),
        "opens": gettext("Doors open: %(time)s"),
        "since": gettext("Since %(time)s"),
        "unlisted": gettext("Sold after this device's list was made."),
        "wheelchair": gettext("Wheelchair place"),
        "companion": gettext("Companion seat"),
        "party": gettext("%(inside)s of %(party)s of this booking are in"),
        "too_late": str(TooLateToUndo.message),
        "found_one": ngettext("%(number)s ticket found", "%(number)s tickets found", 1),
        "found_more": ngettext("%(number)s ticket found", "%(number)s tickets found", 2),
        "not_found": gettext("Not found"),
        "not_found_for": gettext("No ticket for “%(wanted)s” at this gate's shows."),
        "admit": gettext("Admit"),
        "let_out": gettext("Let out"),
        "is_in": gettext("Is in"),
        **{f"reason.{reason.value}": str(reason.label) for reason in (*CheckIn.Reason, *Unrecorded)},
    }


@cache
def describe_worker() -> str:
    """Return, as JSON, what the service worker keeps. A new version of any file is a new version of the worker."""
    root = Path(settings.STATICFILES_DIRS[0])
    is_hashed = hasattr(staticfiles_storage, "hashed_files")
    patterns = _FOLDERS if is_hashed else (*_FOLDERS, *_IMPORTED)
    found = [str(path.relative_to(root)) for pattern in patterns for path in sorted(root.glob(pattern))]
    assets = [static(name) for name in dict.fromkeys((*_FILES, *found))]
    decoders = [static(name) for name in _DECODERS]
    return json.dumps(
        {
            "version": sha256(json.dumps([assets, decoders]).encode()).hexdigest()[:12],
            "assets": assets,
            "decoders": decoders,
            "gate": reverse("door:gate"),
            "static": settings.STATIC_URL,
            "isHashed": is_hashed,
        }
    )
