"""The console's pages for the programme: events, shows, their prices, ticket types, labels and reviews."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display

from accounts.models import User
from events import scheduling
from events.console_forms import EventForm, PriceGridForm, ShowForm
from events.errors import SchedulingError
from events.models import Event, Label, Review, Show, TicketType
from events.search import index_event
from events.selectors import forget_catalogue
from events.services import close_sales, open_sales, set_prices, set_review_state
from theaters.access import Capability, may
from theaters.money import format_money
from ticketing.console import ScopedAdmin

STATE_LABELS = {"draft": "info", "on_sale": "success", "ended": "warning", "canceled": "danger"}


@admin.register(Label)
class LabelAdmin(ScopedAdmin):
    edit = Capability.EDIT_PROGRAMME
    list_display = ["name", "kind", "slug"]
    list_filter = ["kind"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(TicketType)
class TicketTypeAdmin(ScopedAdmin):
    theater_path = "theater"
    edit = Capability.EDIT_PROGRAMME
    list_display = ["name", "who", "theater", "order"]
    list_filter = ["theater"]
    list_select_related = ["theater"]
    search_fields = ["name"]


@admin.register(Event)
class EventAdmin(ScopedAdmin):
    """Events of a theater are kept by its programmers; shared ones by platform admins."""

    theater_path = "theater"
    has_shared_rows = True
    edit = Capability.EDIT_PROGRAMME
    form = EventForm
    list_display = ["title", "kind", "theater", "running_minutes", "rating", "is_published"]
    list_filter = ["kind", "is_published", "theater", "labels"]
    list_select_related = ["theater"]
    search_fields = ["title", "slug", "tagline"]
    prepopulated_fields = {"slug": ["title"]}
    filter_horizontal = ["labels"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "kind", "theater", "is_published", "tagline", "synopsis"]}),
        (_("Facts"), {"fields": [("running_minutes", "interval_minutes"), "age_rating", "languages", "subtitles"]}),
        (_("People"), {"fields": ["cast", "credits"]}),
        (_("Pictures"), {"fields": ["poster", "trailer_url"]}),
        (_("Booking"), {"fields": ["labels", "asks_attendee_names"]}),
    ]

    @display(description=_("rating"), ordering="rating_average")
    def rating(self, event: Event) -> str:
        return f"{event.rating_average} ({event.rating_count})" if event.rating_count else "–"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "theater" and not getattr(request.user, "is_superuser", False):
            field.required = True
        return field

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        index_event(form.instance)
        forget_catalogue()


@admin.register(Show)
class ShowAdmin(ScopedAdmin):
    """A show is made and changed by `scheduling.py`; once it is on sale it changes by actions only."""

    theater_path = "hall__theater"
    edit = Capability.EDIT_PROGRAMME
    form = ShowForm
    list_display = ["event", "local_start", "hall", "state_label", "price_from", "code"]
    list_filter = ["state", "hall__theater", "event__kind", ("starts_at", RangeDateTimeFilter)]
    list_select_related = ["event", "hall__theater__city"]
    search_fields = ["code", "event__title", "hall__name"]
    autocomplete_fields = ["event", "hall"]
    actions_detail = ["prices", "put_on_sale", "stop_sale"]
    actions = ["put_all_on_sale"]
    fieldsets = [
        (None, {"fields": ["event", "hall"]}),
        (
            _("Times"),
            {
                "description": _("In the time zone of the theater."),
                "fields": ["starts_at", "ends_at", "doors_at", ("sales_open_at", "sales_close_at")],
            },
        ),
        (_("Version"), {"fields": [("format", "language", "subtitles")]}),
        (_("Rules"), {"fields": ["tickets_per_customer", ("refund_hours", "refund_percent")]}),
    ]

    @display(description=_("starts"), ordering="starts_at")
    def local_start(self, show: Show) -> str:
        return date_format(timezone.localtime(show.starts_at, show.hall.theater.tz), "SHORT_DATETIME_FORMAT")

    @display(description=_("state"), ordering="state", label=STATE_LABELS)
    def state_label(self, show: Show) -> tuple[str, str]:
        return show.state, show.get_state_display()

    @display(description=_("from"), ordering="lowest_price")
    def price_from(self, show: Show) -> str:
        return "–" if show.lowest_price is None else format_money(show.lowest_price, show.hall.theater.currency)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == Show.State.DRAFT)

    def has_program_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        theater_id = None
        if object_id is not None:
            theater_id = Show.objects.filter(pk=object_id).values_list("hall__theater_id", flat=True).first()
            if theater_id is None:
                return False
        return may(request.user, Capability.EDIT_PROGRAMME, theater_id)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        values = dict(form.cleaned_data)
        hall = values.get("hall") or obj.hall
        if not may(request.user, Capability.EDIT_PROGRAMME, hall.theater_id):
            raise PermissionDenied
        if change:
            if not values.get("ends_at"):
                values.pop("ends_at", None)
            scheduling.change_draft(show=obj, by=_person(request), **values)
        else:
            made = scheduling.create_show(
                event=values.pop("event"),
                hall=values.pop("hall"),
                starts_at=values.pop("starts_at"),
                by=_person(request),
                **values,
            )
            obj.pk, obj.code, obj.seat_map_id = made.pk, made.code, made.seat_map_id
            obj.__dict__.update(made.__dict__)

    def _changeform_view(self, request: HttpRequest, object_id: Any, form_url: str, extra_context: Any) -> HttpResponse:
        """Show a refusal of `scheduling.py` as an error on the page, with nothing lost."""
        try:
            response: HttpResponse = super()._changeform_view(request, object_id, form_url, extra_context)
        except (SchedulingError, ValidationError) as error:
            self.message_user(request, str(error), messages.ERROR)
            post, request.method = request.POST, "GET"
            request.GET = post
            response = super()._changeform_view(request, object_id, form_url, extra_context)
        return response

    @action(description=_("Prices"), permissions=["program"], url_path="prices", icon="sell")
    def prices(self, request: HttpRequest, object_id: str) -> HttpResponse:
        show = self._find(request, object_id)
        form = PriceGridForm(show, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                set_prices(show=show, prices=form.prices, by=_person(request))
            except SchedulingError as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, _("The prices are saved."), messages.SUCCESS)
                return _back_to(show)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Prices of %s") % show,
            "opts": self.model._meta,
            "show": show,
            "form": form,
        }
        return TemplateResponse(request, "admin/events/prices.html", context)

    @action(description=_("Put on sale"), permissions=["program"], url_path="open", icon="storefront")
    def put_on_sale(self, request: HttpRequest, object_id: str) -> HttpResponse:
        show = self._find(request, object_id)
        self._open(request, show)
        return _back_to(show)

    @action(description=_("Stop the sale"), permissions=["program"], url_path="close", icon="block")
    def stop_sale(self, request: HttpRequest, object_id: str) -> HttpResponse:
        show = self._find(request, object_id)
        try:
            close_sales(show=show, by=_person(request))
        except SchedulingError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, _("The sale is closed. Bookings stand."), messages.SUCCESS)
        return _back_to(show)

    @admin.action(description=_("Put on sale"), permissions=["program"])
    def put_all_on_sale(self, request: HttpRequest, rows: models.QuerySet[Show]) -> None:
        for show in rows.select_related("event", "hall__theater__city"):
            if may(request.user, Capability.EDIT_PROGRAMME, show.hall.theater_id):
                self._open(request, show)

    def _open(self, request: HttpRequest, show: Show) -> None:
        try:
            open_sales(show=show, by=_person(request))
        except SchedulingError as error:
            self.message_user(request, f"{show}: {error}", messages.ERROR)
        else:
            self.message_user(request, _("%s is on sale.") % show, messages.SUCCESS)

    def _find(self, request: HttpRequest, object_id: str) -> Show:
        shows = self.get_queryset(request).select_related("event", "seat_map", "hall__theater__city")
        show: Show = get_object_or_404(shows, pk=object_id)
        return show


@admin.register(Review)
class ReviewAdmin(ScopedAdmin):
    """What customers wrote: staff may hide a review, never change it."""

    theater_path = "event__theater"
    has_shared_rows = True
    list_display = ["event", "stars", "text", "state", "created_at"]
    list_filter = ["state", "stars", ("created_at", RangeDateTimeFilter)]
    list_select_related = ["event", "user"]
    search_fields = ["event__title", "text"]
    fields = ["event", "stars", "text", "state", "created_at"]
    readonly_fields = fields
    actions = ["hide", "publish"]

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Capability.EDIT_PROGRAMME)

    @admin.action(description=_("Hide"), permissions=["moderate"])
    def hide(self, request: HttpRequest, rows: models.QuerySet[Review]) -> None:
        self._set(request, rows, Review.State.HIDDEN)

    @admin.action(description=_("Show again"), permissions=["moderate"])
    def publish(self, request: HttpRequest, rows: models.QuerySet[Review]) -> None:
        self._set(request, rows, Review.State.PUBLISHED)

    def _set(self, request: HttpRequest, rows: models.QuerySet[Review], state: Review.State) -> None:
        person = _person(request)
        for review in rows.select_related("event"):
            theater_id = review.event.theater_id
            if person.is_superuser or (theater_id and may(person, Capability.EDIT_PROGRAMME, theater_id)):
                set_review_state(review=review, state=state, by=person)
            else:
                text = _("“%s” is shared by several theaters: only platform admins moderate it.") % review.event
                self.message_user(request, text, messages.WARNING)


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _back_to(show: Show) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:events_show_change", args=[show.pk]))
