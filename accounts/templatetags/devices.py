"""Name browsers by what they say about themselves."""

from django import template
from django.utils.translation import gettext

register = template.Library()

# The first match wins: each browser also names those that it wants to pass for.
BROWSERS = [("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome")]
BROWSERS += [("SamsungBrowser", "Samsung Internet"), ("Chrome", "Chrome"), ("Safari", "Safari")]
SYSTEMS = [("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")]
SYSTEMS += [("CrOS", "ChromeOS"), ("Mac OS", "macOS"), ("Linux", "Linux")]


@register.filter
def device(user_agent: str) -> str:
    """Return “Firefox on Linux” for a browser's User-Agent header, or its beginning if unknown."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or user_agent[:40] or gettext("Unknown device")
