"""What a device is given so that its customer's coming tickets open without a network."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.urls import reverse

# What `templates/bookings/coming_tickets.html` loads.
_FILES = (
    *("js/theme.js", "js/first-error.js", "js/menus.js", "js/selects.js", "js/search-suggestions.js"),
    *("js/tickets/keep.js", "js/tickets/strip.js", "js/tickets/screen.js"),
    *("css/site.css", "css/pages/booking-tickets.css", "css/pages/coming-tickets.css"),
    *("img/favicon.svg", "img/favicon-32.png", "img/icons.svg"),
)
# The site's own faces, not those that brands may choose for titles.
_FONTS = tuple(f"fonts/{name}-*.woff2" for name in ("gloock", "hanken-grotesk", "mukta", "rozha-one"))
# In development, `css/site.css` imports them; in production they are in it.
_IMPORTED = ("css/*.css", "css/components/*.css")


@cache
def list_assets() -> tuple[str, ...]:
    """Return the addresses of all that the page of coming tickets is made of.

    The page names them itself, so that a device always keeps the files of the very page that it keeps.
    """
    root = Path(settings.STATICFILES_DIRS[0])
    is_hashed = hasattr(staticfiles_storage, "hashed_files")
    patterns = _FONTS if is_hashed else (*_FONTS, *_IMPORTED)
    found = [str(path.relative_to(root)) for pattern in patterns for path in sorted(root.glob(pattern))]
    return tuple(static(name) for name in dict.fromkeys((*_FILES, *found)))


@cache
def describe_worker() -> str:
    """Return, as JSON, the addresses that the service worker tells apart."""
    return json.dumps(
        {
            "page": reverse("bookings:coming-tickets"),
            "static": settings.STATIC_URL,
            "bookings": reverse("bookings:list"),
            "signOut": [reverse("account_logout"), reverse("admin:logout")],
            # The door's pages have a worker of their own.
            "foreign": [reverse("admin:index"), reverse("door:choose"), "/api/"],
        }
    )
