"""Legal pages as customers read them: what holds today, and every version before."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.generic import TemplateView

from legal.cookies import COOKIES, STORED_ITEMS
from legal.models import LegalVersion, today_at
from legal.texts import current_language, find_history, find_version, language_names, page_url, site_theater
from lib.markdown import to_html
from lib.moments import parse_day
from theaters.brands import brand_of, site_address
from theaters.directory import read_directory
from theaters.models import Theater
from theaters.shown import shown_theaters

# Beyond any number of a version, and what the column holds.
MAX_NUMBER = 10_000


class LegalPageView(TemplateView):
    """What holds today. With `?on=2026-05-01`, it leads to what held on that day."""

    template_name = "legal/page.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        theater, kind = _find_owner(self.kwargs.get("slug")), self.kwargs["kind"]
        if theater is not None and not theater.is_published:
            raise Http404(gettext("There is no such theater."))
        day = parse_day(request.GET.get("on", ""))
        version = find_version(theater, kind, day=day)
        is_own = version is not None and version.theater_id is not None
        # The site's imprint names who runs the site, not who sells for this theater.
        if kind == LegalVersion.Kind.IMPRINT and not is_own and theater is not None and theater.seller is not None:
            return self.render_to_response(
                {
                    "theater": theater,
                    "seller": theater.seller,
                    "title": gettext("Imprint"),
                    "canonical_url": _canonical_url(theater, kind),
                }
            )
        if version is not None and day is not None:
            return HttpResponseRedirect(version.get_absolute_url())
        if version is not None:
            return self.render_to_response(show_version(version, theater=theater))
        raise Http404(gettext("There is no such page yet."))


class LegalVersionView(TemplateView):
    """Exactly one published version, which never changes: of the site itself if the address names no theater.

    Customers read what they accepted also once their theater is not published any more.
    """

    template_name = "legal/page.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        slug, number = self.kwargs.get("slug"), min(self.kwargs["number"], MAX_NUMBER)
        theater = _find_theater(slug) if slug is not None else None
        versions = LegalVersion.objects.of(theater, self.kwargs["kind"]).published().filter(number=number)
        version = versions.prefetch_related("texts").select_related("theater__city").first()
        if version is None:
            raise Http404(gettext("There is no such version."))
        return self.render_to_response(show_version(version, theater=theater))


def _find_owner(slug: str | None) -> Theater | None:
    """Return the theater that an address names, or else that of the whole site or domain, if there is one."""
    if slug is not None:
        return _find_theater(slug)
    entry = read_directory().theaters.get(site_theater() or 0)
    return _find_theater(entry.slug) if entry is not None else None


def _find_theater(slug: str) -> Theater:
    """Return a theater that may be shown at this domain. Raises `Http404`."""
    theaters, own = Theater.objects.select_related("city", "seller").filter(slug=slug), shown_theaters()
    theater = (theaters if own is None else theaters.filter(pk__in=own)).first()
    if theater is None:
        raise Http404(gettext("There is no such theater."))
    return theater


def show_version(version: LegalVersion, *, theater: Theater | None, language: str = "") -> dict[str, Any]:
    """Return the context of a version's page, as a page of `theater`."""
    wanted = language or current_language()
    text = version.text_in(wanted)
    names = language_names()
    history = [] if version.is_draft else find_history(version)
    today = today_at(version.theater)
    in_force = next((one for one in history if one.holds_from and one.holds_from <= today), None)
    is_in_force = in_force is not None and in_force.pk == version.pk
    return {
        "theater": theater,
        "version": version,
        "title": version.get_kind_display(),
        "html": to_html(text.body) if text else "",
        "text_language": text.language if text else wanted,
        "is_missing": text is not None and text.language != wanted,
        "wanted_name": names.get(wanted, wanted),
        "text_name": names.get(text.language, text.language) if text else "",
        "in_force": in_force,
        "is_in_force": is_in_force,
        "canonical_url": _canonical_url(version.theater, version.kind) if is_in_force else "",
        "is_coming": version.holds_from is not None and version.holds_from > today,
        "coming": [one for one in history if one.holds_from and one.holds_from > today and one.pk != version.pk],
        "history": history,
    }


def _canonical_url(theater: Theater | None, kind: str) -> str:
    """Return the address by which what holds today may be found: of its owner, also where others show the same."""
    address = brand_of(theater).address if theater is not None else site_address()
    return f"{address}{page_url(theater.slug if theater is not None else '', kind)}"


class CookiesView(TemplateView):
    """Every cookie and stored item by name, purpose and time; there is no other."""

    template_name = "legal/cookies.html"
    extra_context = {"cookies": COOKIES, "stored": STORED_ITEMS}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(canonical_url=f"{site_address()}{reverse('legal:cookies')}", **kwargs)
