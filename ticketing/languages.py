"""Which languages pages are offered in (`LANGUAGES` in `events/models/settings.py`), and which one a visitor gets.

A page without a language in its address is in the one that its visitor chose, or that the browser asks for. With
`?lang=de` it is in that one, so that each language of a page has an address for search engines and links.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.encoding import escape_uri_path

from events.models.settings import LANGUAGES, SITE, Scope
from lib.languages import find_closest
from lib.shared_pages import LANGUAGE_PARAMETER
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
    """Answers in the language that the address names, or else in the first one offered to those whose own is not.

    Comes after `LocaleMiddleware`. The pages that follow keep to the language of the address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(FREE_PATHS):
            return self.get_response(request)
        offered, usual = find_offered_languages(), translation.get_language()
        named = request.GET.get(LANGUAGE_PARAMETER)
        language = named if named in offered else find_closest(usual, offered)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        if language == named != usual and response.get("Content-Type", "").startswith("text/html"):
            _remember(response, language)
        return response


def _remember(response: HttpResponseBase, language: str) -> None:
    """Set the cookie of Django's view that sets the language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )


def path_without_language(request: HttpRequest) -> str:
    """Return the path and query of a request, without the language that they name."""
    query = request.GET.copy()
    if LANGUAGE_PARAMETER not in query:
        return request.get_full_path()
    del query[LANGUAGE_PARAMETER]
    text = query.urlencode()
    return f"{escape_uri_path(request.path)}{f'?{text}' if text else ''}"
