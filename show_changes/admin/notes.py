"""Write a note to the customers of a show: see who gets it, try it on oneself, send it, and follow it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from accounts.roles import Capability
from console.people import may_at, person_of
from console.read_only import ReadOnlyAdmin
from events.models import Show
from lib.forms import Form
from lib.placeholders import check
from lib.refusals import Refusal
from notifications.looks import find_look, show_logo
from notifications.models import Notification
from notifications.rendering import Rendered, render
from notifications.samples import sample_context
from notifications.wordings import PLACEHOLDERS
from show_changes.messages import describe_note
from show_changes.models import ShowNote
from show_changes.notes import find_audience, send_note, send_test, was_sent_lately
from theaters.wordings.find import find_words, languages_of

MAX_SUBJECT, MAX_TEXT = 120, 4000
# How often the page asks for progress.
POLL_SECONDS = 2
# People listed by name on the page.
SHOWN_PEOPLE = 500


class NoteForm(Form):
    """Subject and text in the theater's languages, of which only the first is needed."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, show: Show, *, was_sent_lately: bool, data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4()})
        self.show = show
        self.languages = languages_of(show.hall.theater)
        names = dict(settings.LANGUAGES)
        for language in self.languages:
            is_first = language == self.languages[0]
            attrs = {"lang": language, "dir": "auto"}
            self.fields[f"subject_{language}"] = forms.CharField(
                label=_("Subject (%(language)s)") % {"language": names[language]},
                max_length=MAX_SUBJECT,
                required=is_first,
                widget=UnfoldAdminTextInputWidget(attrs=attrs),
            )
            self.fields[f"text_{language}"] = forms.CharField(
                label=_("Text (%(language)s)") % {"language": names[language]},
                max_length=MAX_TEXT,
                required=is_first,
                widget=UnfoldAdminTextareaWidget(attrs={**attrs, "rows": 8}),
            )
        if was_sent_lately:
            self.fields["again"] = forms.BooleanField(
                label=_("I want to send another note"),
                required=False,
                widget=UnfoldBooleanSwitchWidget(),
                help_text=_("These customers got one less than an hour ago."),
            )

    def clean(self) -> dict[str, Any]:
        for language in self.languages:
            names = (f"subject_{language}", f"text_{language}")
            given = [name for name in names if self.cleaned_data.get(name)]
            for name in given:
                try:
                    check(self.cleaned_data[name], PLACEHOLDERS)
                except ValidationError as error:
                    self.add_error(name, error)
            for name in names:
                if given and name not in given and name not in self.errors:
                    self.add_error(name, _("A language needs both, subject and text."))
        return self.cleaned_data

    @property
    def texts(self) -> list[dict[str, str]]:
        """What was typed, the first language first, even where something is wrong with it."""
        typed = [
            {
                "language": language,
                "subject": str(self[f"subject_{language}"].value() or "")[:MAX_SUBJECT],
                "text": str(self[f"text_{language}"].value() or "")[:MAX_TEXT],
            }
            for language in self.languages
        ]
        return [typed[0], *(one for one in typed[1:] if one["text"].strip())]

    @property
    def parts(self) -> list[tuple[str, bool, list[forms.BoundField]]]:
        """The fields of each language, by its name; the others than the first are open if they have something."""
        names = dict(settings.LANGUAGES)
        return [
            (str(names[language]), any(field.value() or field.errors for field in fields), fields)
            for language in self.languages
            for fields in [[self[f"subject_{language}"], self[f"text_{language}"]]]
        ]


def answer_note(request: HttpRequest, context: dict[str, Any], show: Show) -> HttpResponse:
    """Show the form with who gets the note and how it looks; send it, or a test."""
    theater = show.hall.theater
    if not may_at(request.user, Capability.EDIT_BOOKINGS, theater.pk):
        raise PermissionDenied
    timezone.activate(theater.tz)
    form = NoteForm(show, was_sent_lately=was_sent_lately(show, timezone.now()), data=request.POST or None)
    language = request.POST.get("language", "")
    language = language if language in form.languages else form.languages[0]
    if request.GET.get("part") == "preview":
        return TemplateResponse(request, "admin/show_note/_preview.html", _draw(form, language))
    if request.method == "POST" and form.is_valid():
        by = person_of(request)
        try:
            if request.POST.get("do") == "send":
                is_meant = bool(form.cleaned_data.get("again"))
                note = send_note(show=show, texts=form.texts, by=by, key=form.cleaned_data["key"], is_meant=is_meant)
                messages.success(request, _("The note is on its way."))
                return HttpResponseRedirect(reverse("admin:show_changes_shownote_change", args=[note.pk]))
            if request.POST.get("do") == "test":
                send_test(show=show, texts=form.texts, by=by, language=language)
                messages.success(request, _("A test is on its way to %(address)s.") % {"address": by.contact_email})
        except Refusal as refusal:
            form.add_error("again" if "again" in form.fields else None, str(refusal))
    audience = find_audience(show)
    context |= {
        "title": _("Write to the customers"),
        "subtitle": str(show),
        "show": show,
        "zone": theater.tz,
        "form": form,
        "audience": audience,
        "shown": audience.bookings[:SHOWN_PEOPLE],
        "placeholders": PLACEHOLDERS.items(),
        "former": ShowNote.objects.filter(show=show).select_related("made_by")[:10],
        "languages": [(code, name) for code, name in settings.LANGUAGES if code in form.languages],
        "back": reverse("admin:events_show_change", args=[show.pk]),
        **_draw(form, language),
    }
    return TemplateResponse(request, "admin/show_note/write.html", context)


def _draw(form: NoteForm, language: str) -> dict[str, Any]:
    """Return the preview, which is drawn when the page shows it."""
    return {"preview": SimpleLazyObject(lambda: _render(form, language)), "language": language}


def _render(form: NoteForm, language: str) -> Rendered:
    show = form.show
    note = describe_note(show, form.texts, language=language)
    slots = find_words(show.hall.theater, Notification.Kind.SHOW_NOTE, language)
    context = sample_context(Notification.Kind.SHOW_NOTE) | note | {"words": {**slots, **note["words"]}}
    look = find_look(form.show.hall.theater_id)
    rendered = render(Notification.Kind.SHOW_NOTE, context, language, look)
    return replace(rendered, html=show_logo(rendered.html, look.logo.content if look.logo else b""))


@admin.register(ShowNote)
class ShowNoteAdmin(ReadOnlyAdmin):
    """Notes to the customers of shows, and how far each is."""

    theater_path = "show__hall__theater"
    see = Capability.SEE_BOOKINGS
    list_display = ["show", "what", "made_at", "made_by", "bookings", "messages"]
    list_filter = ["show__hall__theater"]
    list_select_related = ["show__event", "show__hall__theater__city", "made_by"]
    search_fields = ["show__code", "show__event__sort_title"]
    fields = ["show", "made_by", "made_at", "finished_at", "bookings", "messages"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShowNote]:
        rows: QuerySet[ShowNote] = super().get_queryset(request)
        return rows.select_related("show__event", "show__hall__theater__city", "made_by")

    @display(description=_("subject"))
    def what(self, note: ShowNote) -> str:
        return note.subject

    @method_decorator(require_safe)
    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        note = self.get_object(request, object_id)
        if note is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        if not self.has_view_permission(request, note):
            raise PermissionDenied
        timezone.activate(note.show.hall.theater.tz)
        context = {"note": note, "show": note.show, "seconds": 0 if note.finished_at else POLL_SECONDS}
        if "part" in request.GET:
            return TemplateResponse(request, "admin/show_note/_progress.html", context)
        context = {
            **self.admin_site.each_context(request),
            **context,
            "title": _("Note to customers"),
            "subtitle": str(note.show),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/show_note/progress.html", context)
