"""What every template may need to know about the site and its visitor."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from bookings.selectors import read_baskets
from lib.process_memory import Memory
from payments.models import Payment
from theaters.cities import choose_city, read_cities
from ticketing.languages import find_offered_languages, path_without_language

STAFF_CACHE_SECONDS = 60
# Pages that the menu at the top of each page marks as the current one.
MENU_VIEWS = frozenset({"events:list", "events:theaters"})
_staff: Memory[bool] = Memory(10_000)


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "is_sandbox": Payment.Gateway.SANDBOX in settings.PAYMENT_GATEWAYS,
        "menu_view": _menu_view(request),
        "offered_languages": SimpleLazyObject(find_offered_languages),
        "path_in_any_language": SimpleLazyObject(lambda: path_without_language(request)),
        "cities": SimpleLazyObject(read_cities),
        "current_city": SimpleLazyObject(lambda: choose_city(request)),
        "baskets": SimpleLazyObject(lambda: read_baskets(request)),
        "console_is_open": SimpleLazyObject(lambda: _console_is_open(request)),
    }


def _menu_view(request: HttpRequest) -> str:
    name = request.resolver_match.view_name if request.resolver_match else ""
    return name if name in MENU_VIEWS else ""


def _console_is_open(request: HttpRequest) -> bool:
    """Return True if pages should link to the console, which decides for itself who may enter."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return False
    is_staff = _staff.get(user.pk)
    if is_staff is None:
        is_staff = user.is_staff
        _staff.set(user.pk, is_staff, STAFF_CACHE_SECONDS)
    return is_staff
