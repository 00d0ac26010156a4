"""Which languages the pages of a request are offered in (`LANGUAGES` in `events/models/settings.py`)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from events.models.settings import LANGUAGES, SITE, Scope
from theaters.brands import site_brand
from theaters.shown import shown_brand

# Staff choose any language; the API's answers are not in one that is offered.
FREE_PATHS = ("/admin/", "/door/", "/team/", "/api/")


def find_offered_languages() -> tuple[str, ...]:
    """Return the codes of the languages offered here, the first one first.

    On the domain of a brand, or on a site that bears one, those of its theaters together; otherwise the site's.
    """
    if not LANGUAGES.is_set_anywhere():
        return LANGUAGES.default()
    brand = shown_brand() or site_brand()
    codes = [code for pk in brand.theater_ids for code in LANGUAGES.of(Scope(pk))]
    return tuple(dict.fromkeys(codes)) or LANGUAGES.of(SITE)


class OfferedLanguageMiddleware:
    """Answers in the first language offered to those whose own is not. Comes after `LocaleMiddleware`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(FREE_PATHS):
            offered = find_offered_languages()
            if translation.get_language() not in offered:
                translation.activate(offered[0])
                request.LANGUAGE_CODE = offered[0]
        return self.get_response(request)
