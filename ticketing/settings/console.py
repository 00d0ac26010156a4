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
        lambda _request: static("css/console/tokens.css"),
        lambda _request: static("css/console/look.css"),
    ],
    "SCRIPTS": [lambda _request: static("js/console/keyboard.js")],
    "SHOW_VIEW_ON_SITE": True,
    "DASHBOARD_CALLBACK": "reports.today.dashboard",
    "ACCOUNT": {"navigation": [{"title": _("Your account"), "link": reverse_lazy("accounts:profile")}]},
    "BORDER_RADIUS": "4px",
    # The site's paper and accent colors, from light to dark.
    "COLORS": {
        "base": {
            "50": "oklch(98.2% .005 75)",
            "100": "oklch(96.3% .007 75)",
            "200": "oklch(92% .01 72)",
            "300": "oklch(86.5% .013 70)",
            "400": "oklch(72% .016 66)",
            "500": "oklch(55% .016 62)",
            "600": "oklch(44.5% .015 58)",
            "700": "oklch(37% .013 55)",
            "800": "oklch(27.5% .011 50)",
            "900": "oklch(20.5% .009 48)",
            "950": "oklch(14% .007 45)",
        },
        "primary": {
            "50": "oklch(97% .02 40)",
            "100": "oklch(93% .045 40)",
            "200": "oklch(87% .08 39)",
            "300": "oklch(79% .12 38)",
            "400": "oklch(71% .17 37)",
            "500": "oklch(63% .2 35)",
            "600": "oklch(53.5% .19 33)",
            "700": "oklch(47% .17 32)",
            "800": "oklch(40% .14 32)",
            "900": "oklch(34% .11 33)",
            "950": "oklch(24% .08 33)",
        },
    },
}
