"""The console's pages of a theater's own words: all places in a list, and one group of them with its preview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from accounts.roles import Capability
from console.people import person_of
from console.scoped import MAX_KEY_DIGITS
from console.site import add_page
from lib.forms import Form
from notifications.wordings import PLACEHOLDERS
from theaters.access import theaters_for
from theaters.models import FormerWording, Theater, TheaterQuerySet, Wording
from theaters.wordings.find import find_words, languages_of, read_texts
from theaters.wordings.places import Group, Place, Preview, read_groups
from theaters.wordings.save import check_text, copy_wordings, save_wording

# Rows of a field: long places get more.
LONG_PLACE, SHORT_ROWS, LONG_ROWS = 300, 2, 5


class WordsForm(Form):
    """What a theater says at the places of one group, in one language."""

    def __init__(self, group: Group, texts: Mapping[str, str], *, language: str, data: Any = None) -> None:
        super().__init__(data)
        self.group = group
        for place in group.places:
            rows = LONG_ROWS if place.max_length > LONG_PLACE else SHORT_ROWS
            placeholder = str(place.original)
            attrs = {"rows": rows, "placeholder": placeholder, "lang": language, "dir": "auto"}
            self.fields[place.slot] = forms.CharField(
                label=place.label,
                required=False,
                # Line ends count once, as they are kept.
                max_length=None,
                initial=texts.get(place.slot, ""),
                widget=UnfoldAdminTextareaWidget(attrs=attrs),
                help_text=_("Up to %(max)d characters.") % {"max": place.max_length},
            )

    def clean(self) -> dict[str, Any]:
        for place in self.group.places:
            text = self.cleaned_data.get(place.slot, "").replace("\r\n", "\n")
            try:
                check_text(place, text)
            except ValidationError as error:
                self.add_error(place.slot, error)
            else:
                self.cleaned_data[place.slot] = text
        return self.cleaned_data


class CopyForm(Form):
    """To which of the person's other theaters all texts are copied."""

    def __init__(self, others: TheaterQuerySet, data: Any = None) -> None:
        super().__init__(data)
        self.fields["to"] = forms.ModelChoiceField(others, label=_("Theater"), widget=UnfoldAdminSelectWidget)


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest) -> HttpResponse:
    """List all places of a theater with what customers read there; or copy its texts to another theater."""
    theaters = _find_theaters(request)
    theater = _choose_theater(request, theaters)
    language = _choose_language(request, theater)
    others = theaters.exclude(pk=theater.pk).order_by("name")
    form = CopyForm(others, request.POST or None)
    if request.method == "POST" and form.is_valid():
        copied = copy_wordings(theater=theater, to=form.cleaned_data["to"], by=person_of(request))
        said = ngettext("%(count)d text is copied.", "%(count)d texts are copied.", copied) % {"count": copied}
        messages.success(request, said)
        return HttpResponseRedirect(f"{request.path}?theater={form.cleaned_data['to'].slug}")
    texts = read_texts(theater)
    names = dict(settings.LANGUAGES)
    headings: dict[str, list[tuple[Group, list[tuple[Place, str, str, str]]]]] = {}
    with translation.override(language):
        originals = {place.key: str(place.original) for group in read_groups().values() for place in group.places}
    for group in read_groups().values():
        own = find_words(theater, group.name, language)
        rows = []
        for place in group.places:
            read = own.get(place.slot, {"text": "", "language": language})
            from_other = str(names[read["language"]]) if read["language"] != language else ""
            rows.append((place, read["text"], from_other, originals[place.key]))
        headings.setdefault(str(group.heading), []).append((group, rows))
    context = {
        **_context(request, theater, language),
        "title": _("Words"),
        "theaters": list(theaters.order_by("name")),
        "headings": headings.items(),
        "form": form if others and texts else None,
    }
    return TemplateResponse(request, "admin/words/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def words_group(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Edit the texts of one group in one language, with a preview; or take a former text back."""
    theater = get_object_or_404(_find_theaters(request), slug=slug)
    group = read_groups().get(name)
    if group is None:
        raise Http404
    language = _choose_language(request, theater)
    here = f"{request.path}?language={language}"
    if request.method == "POST" and "take" in request.POST:
        _take_former(request, theater, group, language)
        return HttpResponseRedirect(here)
    texts = {place.slot: read_texts(theater).get((place.key, language), "") for place in group.places}
    form = WordsForm(group, texts, language=language, data=request.POST or None)
    if request.GET.get("part") == "preview":
        form.is_valid()
        typed = {place.slot: request.POST.get(place.slot, "")[: place.max_length] for place in group.places}
        part = {"preview": _draw(theater, group, typed, language), "language": language}
        return TemplateResponse(request, "admin/words/_preview.html", part)
    if request.method == "POST" and form.is_valid():
        changed = sum(
            save_wording(
                theater=theater,
                place=place,
                language=language,
                text=form.cleaned_data[place.slot],
                by=person_of(request),
            )
            for place in group.places
        )
        said = _("Saved. Customers read it from now on.") if changed else _("Nothing was changed.")
        messages.success(request, said)
        return HttpResponseRedirect(here)
    typed = {slot: form[slot].value() or "" for slot in texts}
    context: dict[str, Any] = {
        **_context(request, theater, language),
        "title": group.label,
        "subtitle": theater.name,
        "group": group,
        "form": form,
        "fields": [(form[place.slot], _read_former(theater, place, language)) for place in group.places],
        "placeholders": [(key, PLACEHOLDERS[key]) for key in group.places[0].placeholders],
        "preview": _draw(theater, group, typed, language),
        "back": f"{reverse('admin:words')}?theater={theater.slug}&language={language}",
    }
    return TemplateResponse(request, "admin/words/group.html", context)


def _find_theaters(request: HttpRequest) -> TheaterQuerySet:
    theaters = theaters_for(request.user, Capability.EDIT_THEATER).select_related("city")
    if not theaters:
        raise PermissionDenied
    return theaters


def _choose_theater(request: HttpRequest, theaters: TheaterQuerySet) -> Theater:
    slug = request.GET.get("theater")
    return get_object_or_404(theaters, slug=slug) if slug else theaters.order_by("name")[0]


def _choose_language(request: HttpRequest, theater: Theater) -> str:
    languages = languages_of(theater)
    language = request.GET.get("language") or languages[0]
    if language not in languages:
        raise Http404
    return language


def _context(request: HttpRequest, theater: Theater, language: str) -> dict[str, Any]:
    timezone.activate(theater.tz)
    names = dict(settings.LANGUAGES)
    languages = languages_of(theater)
    return {
        **admin.site.each_context(request),
        "theater": theater,
        "language": language,
        "languages": [(code, names[code]) for code in languages],
        "first_language": names[languages[0]],
    }


def _read_former(theater: Theater, place: Place, language: str) -> list[FormerWording]:
    former = FormerWording.objects.filter(
        wording__theater=theater, wording__place=place.key, wording__language=language
    )
    return list(former.select_related("saved_by"))


def _take_former(request: HttpRequest, theater: Theater, group: Group, language: str) -> None:
    """Let a former text stand again; "original:<slot>" is the program's own."""
    asked = request.POST["take"]
    by = person_of(request)
    places = {place.slot: place for place in group.places}
    kind, _colon, slot = asked.partition(":")
    if kind == "original" and slot in places:
        save_wording(theater=theater, place=places[slot], language=language, text="", by=by)
        messages.success(request, _("The original stands there again."))
        return
    key = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= MAX_KEY_DIGITS else 0
    wordings = Wording.objects.filter(theater=theater, language=language, place__in=[one.key for one in group.places])
    former = get_object_or_404(FormerWording.objects.select_related("wording"), pk=key, wording__in=wordings)
    place = places[former.wording.place.partition(".")[2]]
    try:
        save_wording(theater=theater, place=place, language=language, text=former.text, by=by)
    except ValidationError as error:
        # Written when the place had more room, or another placeholder.
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The former text stands there again."))


def _draw(theater: Theater, group: Group, typed: Mapping[str, str], language: str) -> Any:
    """Return the preview with these texts, which is drawn when the page shows it.

    Where they are empty, it has those of the first language.
    """
    saved = find_words(theater, group.name, language)
    own = {}
    for slot, text in typed.items():
        if text.strip():
            own[slot] = {"text": text, "language": language}
        elif slot in saved and saved[slot]["language"] != language:
            own[slot] = saved[slot]
    return SimpleLazyObject(lambda: group.draw(theater, own, language) if group.draw else Preview())


add_page("words/", words, name="words")
add_page("words/<slug:slug>/<slug:name>/", words_group, name="words_group")
