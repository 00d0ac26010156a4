"""The console: its name and colors, for Unfold."""

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from ticketing.settings.base import SITE_NAME

UNFOLD = {
    "SITE_TITLE": SITE_NAME,
    "SITE_HEADER": SITE_NAME,
    "SITE_SYMBOL": "local_activity",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("img/favicon.svg")},
    ],
    "STYLES": [
        lambda _request: static("css/fonts.css"),
        lambda _request: static("css/console/palette.css"),
        lambda _request: static("css/console/tokens.css"),
        lambda _request: static("css/console/look.css"),
    ],
    "SCRIPTS": [lambda _request: static("js/console/keyboard.js")],
    "SHOW_VIEW_ON_SITE": True,
    "DASHBOARD_CALLBACK": "reports.today.dashboard",
    "ACCOUNT": {"navigation": [{"title": _("Your account"), "link": reverse_lazy("accounts:profile")}]},
}
