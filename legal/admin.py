"""The console's pages for legal pages: drafts, their preview, publication, and what changed between versions."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.roles import Capability
from console.people import may_at, person_of
from console.read_only import ReadOnlyAdmin
from console.scoped import ScopedAdmin
from legal.models import BODY_LENGTH, LegalVersion, NewsletterConsent
from legal.newsletters import leave_path
from legal.publish import NotPublishable, check_publishable, find_draft, publish, save_texts
from legal.texts import language_names
from legal.views import show_version
from lib.forms import Form, ModelForm
from lib.languages import written_languages
from lib.spreadsheets import csv_lines, disarm
from theaters.brands import brand_of


def _body_field(language: str) -> str:
    return f"body_{language}"


class DraftForm(ModelForm):
    """A draft with its text in each language, which `_with_bodies` adds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = {text.language: text.body for text in self.instance.texts.all()} if self.instance.pk else {}
        for language in language_names():
            if _body_field(language) in self.fields:
                self.initial.setdefault(_body_field(language), bodies.get(language, ""))

    @property
    def bodies(self) -> dict[str, str]:
        return {language: self.cleaned_data.get(_body_field(language), "") for language in language_names()}


def _with_bodies() -> type[DraftForm]:
    fields = {
        _body_field(language): forms.CharField(
            label=name,
            required=False,
            max_length=BODY_LENGTH,
            widget=UnfoldAdminTextareaWidget(attrs={"rows": 24, "dir": "auto", "lang": language}),
        )
        for language, name in written_languages()
    }
    return type("DraftWithBodiesForm", (DraftForm,), fields)


class PublishForm(Form):
    """What staff confirm before a version begins to hold."""

    is_checked = forms.BooleanField(
        label=_("The text is checked: by a lawyer, or we answer for it ourselves."),
        error_messages={"required": _("Have the text checked first.")},
    )


@admin.register(LegalVersion)
class LegalVersionAdmin(ScopedAdmin):
    """Drafts are edited and published; what was published is read, compared, and the base of the next draft."""

    theater_path = "theater"
    has_shared_rows = True
    edit = Capability.EDIT_THEATER
    form = _with_bodies()
    list_display = ["kind", "theater", "number", "state", "holds_from"]
    list_filter = ["kind", "theater"]
    list_select_related = ["theater"]
    search_fields = ["theater__name"]
    autocomplete_fields = ["theater"]
    actions_detail = ["preview", "publish", "next_draft", "compare"]
    empty_help = _("Imprint, terms, privacy, accessibility and house rules. Each begins as a sample to be checked.")

    def get_fieldsets(self, request: HttpRequest, obj: LegalVersion | None = None) -> Any:
        if obj is None:
            hint = _("The draft begins with what is published, or with a sample that a lawyer has to check.")
            return [(None, {"fields": ["theater", "kind"], "description": hint})]
        sample = _("This text began as a sample. Have it checked by a lawyer before you publish it.")
        bodies = [_body_field(language) for language in language_names()]
        return [
            (
                None,
                {
                    "fields": ["theater", "kind", ("number", "state_word"), "holds_from", "change_note"],
                    "description": format_html("<strong>{}</strong>", sample) if obj.is_sample and obj.is_draft else "",
                },
            ),
            (
                _("Text"),
                {
                    "fields": bodies if self.has_change_permission(request, obj) else ["written"],
                    "description": _("In Markdown: # a heading, **bold**, - a list, [words](https://example.org)."),
                },
            ),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: LegalVersion | None = None) -> list[str]:
        return ["theater", "kind", "number", "state_word", "written"] if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[LegalVersion]:
        rows: QuerySet[LegalVersion] = super().get_queryset(request)
        return rows.select_related("theater__city").prefetch_related("texts")

    @display(description=_("state"), label={"draft": "warning", "published": "success"})
    def state(self, version: LegalVersion) -> tuple[str, Any]:
        return ("draft", _("draft")) if version.is_draft else ("published", _("published"))

    @display(description=_("state"))
    def state_word(self, version: LegalVersion) -> Any:
        return self.state(version)[1]

    @display(description=_("text"))
    def written(self, version: LegalVersion) -> str:
        """Say in which languages a version is that is not edited any more: its page shows the text."""
        names = language_names()
        return ", ".join(names.get(text.language, text.language) for text in version.texts.all())

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and (
            not isinstance(obj, LegalVersion) or (obj.is_draft and self._may_edit(request, obj.theater_id))
        )

    def _may_edit(self, request: HttpRequest, theater_id: int | None) -> bool:
        """Return True if the person may edit pages of that theater; those of the site are platform admins'."""
        if theater_id is None:
            return bool(getattr(request.user, "is_superuser", False))
        return may_at(request.user, Capability.EDIT_THEATER, theater_id)

    def _find(self, request: HttpRequest, object_id: str) -> LegalVersion:
        version: LegalVersion = get_object_or_404(self.get_queryset(request), pk=object_id)
        return version

    def _require_edit(self, request: HttpRequest, version: LegalVersion) -> None:
        if not self._may_edit(request, version.theater_id):
            raise PermissionDenied

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            save_texts(version=obj, texts=form.bodies)
            return
        if not self._may_edit(request, obj.theater_id):
            raise PermissionDenied
        draft = find_draft(theater=obj.theater, kind=obj.kind, by=person_of(request))
        obj.pk, obj._state.adding = draft.pk, False
        obj.refresh_from_db()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save nothing: the texts are written with their version."""

    def response_add(
        self, request: HttpRequest, obj: LegalVersion, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on to the draft, to write it."""
        return HttpResponseRedirect(reverse("admin:legal_legalversion_change", args=[obj.pk]))

    @action(description=_("Preview"), url_path="preview", icon="visibility")
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show a version as customers see it, in each language that it has."""
        version = self._find(request, object_id)
        language = request.GET.get("language", "")
        context = show_version(version, theater=version.theater, language=language[:10])
        return TemplateResponse(request, "legal/page.html", {**context, "is_preview": True})

    def has_draft_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self._allows(request, object_id, is_draft=True)

    def has_published_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self._allows(request, object_id, is_draft=False)

    def _allows(self, request: HttpRequest, object_id: str | None, *, is_draft: bool) -> bool:
        if object_id is None:
            return may_at(request.user, Capability.EDIT_THEATER)
        version = self.get_queryset(request).filter(pk=object_id).first()
        return version is not None and version.is_draft == is_draft and self._may_edit(request, version.theater_id)

    @action(description=_("Publish"), permissions=["draft"], url_path="publish", icon="check_circle")
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = self._find(request, object_id)
        self._require_edit(request, version)
        back = reverse("admin:legal_legalversion_change", args=[version.pk])
        try:
            check_publishable(version)
        except NotPublishable as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(back)
        form = PublishForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            publish(version=version, by=person_of(request))
            self.message_user(request, _("The page is published. This version never changes again."), messages.SUCCESS)
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Publish"),
            "subtitle": str(version),
            "opts": self.model._meta,
            "version": version,
            "languages": self.written(version),
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, "admin/legal/publish.html", context)

    @action(description=_("Next version"), permissions=["published"], url_path="next", icon="edit_note")
    def next_draft(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask before a draft is made, or lead to the one that there is."""
        version = self._find(request, object_id)
        self._require_edit(request, version)
        if request.method == "POST":
            draft = find_draft(theater=version.theater, kind=version.kind, by=person_of(request))
            return HttpResponseRedirect(reverse("admin:legal_legalversion_change", args=[draft.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Next version"),
            "subtitle": str(version),
            "opts": self.model._meta,
            "back": reverse("admin:legal_legalversion_change", args=[version.pk]),
        }
        return TemplateResponse(request, "admin/ask.html", context)

    @action(description=_("What changed"), url_path="compare", icon="difference")
    def compare(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what a version says otherwise than the one before it, by paragraphs."""
        version = self._find(request, object_id)
        earlier = LegalVersion.objects.of(version.theater, version.kind).filter(number__lt=version.number)
        before = earlier.order_by("-number").prefetch_related("texts").first()
        context = {
            **self.admin_site.each_context(request),
            "title": _("What changed"),
            "subtitle": str(version),
            "opts": self.model._meta,
            "version": version,
            "before": before,
            "compared": _compare(before, version) if before else [],
            "back": reverse("admin:legal_legalversion_change", args=[version.pk]),
        }
        return TemplateResponse(request, "admin/legal/compare.html", context)


class Change(NamedTuple):
    """Paragraphs that were taken out, and those that are new in their place."""

    removed: list[str]
    added: list[str]


def _compare(before: LegalVersion, after: LegalVersion) -> list[tuple[str, list[Change]]]:
    """Return by language what changed. Pure after a prefetch of the texts."""
    old = {text.language: text.body for text in before.texts.all()}
    new = {text.language: text.body for text in after.texts.all()}
    names = language_names()
    return [
        (names.get(language, language), _changes(old.get(language, ""), new.get(language, "")))
        for language in sorted(old.keys() | new.keys())
    ]


def _changes(old: str, new: str) -> list[Change]:
    before, after = _paragraphs(old), _paragraphs(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [Change(before[i:j], after[k:m]) for operation, i, j, k, m in matcher.get_opcodes() if operation != "equal"]


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@admin.register(NewsletterConsent)
class NewsletterConsentAdmin(ReadOnlyAdmin):
    """Who wants a theater's newsletter, with the proof; only the person ends it."""

    theater_path = "theater"
    see = Capability.EDIT_THEATER
    list_display = ["email", "theater", "language", "source", "confirmed_at", "withdrawn_at"]
    list_filter = ["theater", "source", "language", "confirmed_at", "withdrawn_at"]
    list_select_related = ["theater"]
    list_before_template = "admin/list_export.html"
    search_fields = ["email"]
    fields = ["theater", "email", "language", "source", "words", "asked_at", "confirmed_at", "withdrawn_at"]
    empty_help = _("Customers say yes at checkout or in their account, and confirm it by a mail.")

    def get_urls(self) -> list[Any]:
        export = path("export/", self.admin_site.admin_view(self.export), name="legal_newsletterconsent_export")
        return [export, *super().get_urls()]

    def export(self, request: HttpRequest) -> StreamingHttpResponse:
        """Stream those of this person's list who want it, with the link by which each of them stops it, as CSV."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        consents = self.get_changelist_instance(request).queryset.filter(withdrawn_at__isnull=True)
        response = StreamingHttpResponse(csv_lines(_consent_rows(consents)), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="newsletter.csv"'
        return response


def _consent_rows(consents: QuerySet[NewsletterConsent]) -> Iterator[list[str]]:
    yield ["email", "theater", "language", "confirmed", "words", "stop"]
    for one in consents.iterator(chunk_size=1000):
        stop = f"{brand_of(one.theater_id).address}{leave_path(one)}"
        yield [disarm(one.email), disarm(one.theater.name), one.language, one.confirmed_at.isoformat(), one.words, stop]
