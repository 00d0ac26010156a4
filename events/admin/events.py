"""Events and their labels."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from accounts import audit
from accounts.actions import Action
from accounts.roles import Capability
from console.confirm_first import ConfirmFirstMixin
from console.people import may_at, person_of
from console.printed_names import PrintedNamesMixin
from console.scoped import ScopedAdmin
from events.admin.forms import EventForm
from events.admin.pictures import EventPhotoInline
from events.admin.preview import PreviewMixin
from events.catalogue import forget_catalogue
from events.catalogue.search import index_event, index_events
from events.models import Event, Label, Show
from lib.slugs import SlugAdmin
from theaters.access import theaters_for


@admin.register(Label)
class LabelAdmin(SlugAdmin, ScopedAdmin):
    """Labels are shared by all theaters: programmers may add them, platform admins maintain them."""

    edit = Capability.EDIT_PROGRAMME
    may_delete = True
    list_display = ["name", "kind", "slug"]
    list_filter = ["kind"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_at(request.user, Capability.EDIT_PROGRAMME)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return bool(getattr(request.user, "is_superuser", False))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "name" in form.changed_data:
            index_events(Event.objects.filter(labels=obj))
        forget_catalogue()


@admin.register(Event)
class EventAdmin(SlugAdmin, PrintedNamesMixin, ConfirmFirstMixin, PreviewMixin):
    """Events of a theater, and shared ones, which only platform admins may change."""

    theater_path = "theater"
    edit = Capability.EDIT_PROGRAMME
    has_shared_rows = True
    may_delete = True
    view_on_site = True
    printed_fields = ("title", "age_rating")
    form = EventForm
    list_display = ["title", "kind", "theater", "coming", "rating", "is_published"]
    list_filter = ["kind", "is_published", "theater", "labels"]
    list_select_related = ["theater"]
    search_fields = ["sort_title", "slug"]
    search_help_text = _("Title, with or without accents")
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["labels", "theater"]
    readonly_fields = ["rating_average", "rating_count"]
    change_form_before_template = "admin/follows/_count.html"
    inlines = [EventPhotoInline]
    actions_detail = ["open_settings", "cancel_shows"]
    fieldsets = [
        (None, {"fields": [("title", "slug"), "kind", "theater", "is_published", "tagline", "synopsis"]}),
        (_("Pictures"), {"fields": ["poster", "trailer_url"]}),
        (_("Length"), {"fields": [("running_minutes", "interval_minutes"), "age_rating"]}),
        (_("Languages"), {"fields": [("languages", "subtitles")]}),
        (_("People"), {"fields": [("cast", "credits")]}),
        (_("Found by"), {"fields": ["labels"]}),
        (_("Booking"), {"fields": ["asks_attendee_names", ("rating_average", "rating_count")]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        coming = Show.objects.filter(event=OuterRef("pk"), state=Show.State.ON_SALE, starts_at__gt=timezone.now())
        counted = coming.order_by().values("event").values_list(Count("pk"))
        rows: QuerySet[Event] = super().get_queryset(request)
        return rows.annotate(coming_shows=Coalesce(Subquery(counted), 0))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "theater" in form.base_fields:
            # Only platform admins may create an event that all theaters share.
            form.base_fields["theater"].required = not getattr(request.user, "is_superuser", False)
        return form

    def has_cancel_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return True if this person may cancel a coming show of the event."""
        if object_id is None:
            return may_at(request.user, Capability.CANCEL_SHOW)
        coming = Show.objects.filter(event=int(object_id), state=Show.State.ON_SALE, starts_at__gt=timezone.now())
        theaters = theaters_for(person_of(request), Capability.CANCEL_SHOW)
        return coming.filter(hall__theater__in=theaters.values("pk")).exists()

    @action(
        description=_("Cancel all upcoming shows"), permissions=["cancel"], url_path="cancel-shows", icon="event_busy"
    )
    def cancel_shows(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('admin:cancel_shows')}?event={int(object_id)}")

    def has_settings_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return may_at(request.user, Capability.EDIT_PROGRAMME)

    @action(description=_("Settings"), permissions=["settings"], url_path="settings", icon="tune")
    def open_settings(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the settings of the event at its theater; of a shared one, at the person's first that shows it."""
        event = get_object_or_404(self.get_queryset(request), pk=object_id)
        theaters = theaters_for(person_of(request), Capability.EDIT_PROGRAMME)
        own = theaters.filter(pk=event.theater_id) if event.theater_id else theaters.order_by("name")
        playing = own.filter(halls__shows__event=event).distinct()
        theater = playing.first() or own.first()
        if theater is None:
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:settings_event", args=[theater.slug, event.pk]))

    def response_add(self, request: HttpRequest, obj: Event, post_url_continue: str | None = None) -> HttpResponse:
        """Stay on a new event's page, where it can be previewed and its first show added."""
        if {"_addanother", "_popup", "_continue"} & set(request.POST):
            return super().response_add(request, obj, post_url_continue)  # type: ignore[no-any-return]
        self.message_user(request, _("The event is saved. Preview its page, then add a show."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:events_event_change", args=[obj.pk]))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Record other photos."""
        event = form.instance
        before = list(event.photos.values_list("alt", flat=True))
        super().save_formset(request, form, formset, change)
        if formset.has_changed():
            audit.record(
                by=person_of(request),
                action=Action.CHANGE_EVENT_PHOTOS,
                on=event,
                theater_id=event.theater_id,
                before={"photos": before},
                after={"photos": list(event.photos.values_list("alt", flat=True))},
            )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        index_event(form.instance)
        forget_catalogue()

    @display(description=_("upcoming shows"), ordering="coming_shows")
    def coming(self, event: Event) -> int:
        return int(event.coming_shows)  # type: ignore[attr-defined]

    @display(description=_("rating"), ordering="rating_average")
    def rating(self, event: Event) -> str:
        return f"{event.rating_average} ({event.rating_count})" if event.rating_average else "–"
