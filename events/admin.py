"""The console's pages for the programme: events, their shows, prices and reviews."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display

from events.console_forms import EventForm, PricesForm, ShowForm
from events.errors import SchedulingError
from events.models import Event, Label, Price, Review, SearchWord, Show, ShowArea, TicketType
from events.scheduling import DETAILS, SALE_DETAILS, change_draft, change_sale, create_show
from events.search import index_event, index_events
from events.selectors import forget_catalogue
from events.services import close_sales, open_sales, set_prices, set_review_state
from events.words import normalize
from theaters.access import Capability
from theaters.money import format_money
from ticketing.console import PlatformAdmin, ScopedAdmin, may_at, person_of

TIMES_HELP = _("By the clock of the theater. Without an end, the running time decides.")


@admin.register(Label)
class LabelAdmin(ScopedAdmin):
    """Labels belong to all theaters: whoever makes a programme may add one, platform admins tidy up."""

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
class EventAdmin(ScopedAdmin):
    """Titles of a theater, and those that all share, which only platform admins change."""

    theater_path = "theater"
    edit = Capability.EDIT_PROGRAMME
    has_shared_rows = True
    may_delete = True
    view_on_site = True
    form = EventForm
    list_display = ["title", "kind", "theater", "coming", "rating", "is_published"]
    list_filter = ["kind", "is_published", "theater", "labels"]
    list_select_related = ["theater"]
    search_fields = ["sort_title", "slug"]
    search_help_text = _("Title, in any spelling of its accents")
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["labels", "theater"]
    readonly_fields = ["rating_average", "rating_count"]
    fieldsets = [
        (None, {"fields": [("title", "slug"), ("kind", "theater"), "is_published", "tagline", "synopsis"]}),
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

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return super().get_search_results(request, queryset, normalize(search_term))  # type: ignore[no-any-return]

    def get_form(self, request: HttpRequest, obj: Event | None = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        if "theater" in form.base_fields:
            # Only platform admins may make a title that all theaters share.
            form.base_fields["theater"].required = not getattr(request.user, "is_superuser", False)
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        index_event(form.instance)
        forget_catalogue()

    @display(description=_("coming shows"), ordering="coming_shows")
    def coming(self, event: Event) -> int:
        return int(event.coming_shows)  # type: ignore[attr-defined]

    @display(description=_("rating"), ordering="rating_average")
    def rating(self, event: Event) -> str:
        return f"{event.rating_average} ({event.rating_count})" if event.rating_average else "–"


class PriceInline(TabularInline):
    """The prices of a show, to read; they are set all together."""

    model = Price
    fields = ["category", "ticket_type", "amount"]
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Price]:
        rows: QuerySet[Price] = super().get_queryset(request).select_related("category", "ticket_type")
        return rows


@admin.register(Show)
class ShowAdmin(ScopedAdmin):
    """Shows: made as drafts, priced, put on sale. The services decide; what they refuse is shown in the form."""

    theater_path = "hall__theater"
    edit = Capability.EDIT_PROGRAMME
    view_on_site = True
    form = ShowForm
    list_display = ["event", "hall", "starts", "state_label", "sold", "price_from"]
    list_filter = ["state", "hall__theater", "hall", ("starts_at", RangeDateTimeFilter)]
    search_fields = ["code", "event__sort_title", "hall__name"]
    search_help_text = _("Title, hall or the show's code")
    ordering = ["-starts_at"]
    autocomplete_fields = ["event", "hall"]
    inlines = [PriceInline]
    actions = ["put_all_on_sale"]
    actions_detail = ["edit_prices", "put_on_sale", "stop_sale"]
    fieldsets = [
        (None, {"fields": [("event", "hall"), "starts_at", "ends_at", "doors_at"], "description": TIMES_HELP}),
        (_("Version"), {"fields": ["format", ("language", "subtitles")]}),
        (_("Sale"), {"fields": ["sales_open_at", "sales_close_at", "tickets_per_customer"]}),
        (_("Refunds"), {"fields": [("refund_hours", "refund_percent")]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Show]:
        live = Q(tickets__state__in=("held", "issued"))
        sold = Show.objects.filter(live, pk=OuterRef("pk")).order_by().values("pk").values_list(Count("tickets"))
        rows: QuerySet[Show] = super().get_queryset(request)
        rows = rows.select_related("event", "hall__theater__city")
        return rows.annotate(sold_count=Coalesce(Subquery(sold), 0), capacity=F("seat_map__capacity"))

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return super().get_search_results(request, queryset, normalize(search_term))  # type: ignore[no-any-return]

    def get_form(self, request: HttpRequest, obj: Show | None = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        form.refusal = getattr(request, "_refusal", None)
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Show | None = None) -> list[str]:
        if obj is None or obj.state == Show.State.DRAFT:
            return []
        names = ["event", "hall", "starts_at", *DETAILS]
        return [name for name in names if obj.state != Show.State.ON_SALE or name not in SALE_DETAILS]

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        is_over = isinstance(obj, Show) and obj.state not in (Show.State.DRAFT, Show.State.ON_SALE)
        return not is_over and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return isinstance(obj, Show) and obj.state == Show.State.DRAFT and self.has_change_permission(request, obj)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except SchedulingError as refusal:
            # Nothing was written: show the same form again, with what the service said.
            request._refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Show:
        show: Show = form.instance
        return show

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        person = person_of(request)
        values = {name: value for name, value in form.cleaned_data.items() if not change or name in form.changed_data}
        if not change:
            event, hall, starts_at = (values.pop(name) for name in ("event", "hall", "starts_at"))
            saved = create_show(event=event, hall=hall, starts_at=starts_at, by=person, **values)
        elif obj.state == Show.State.DRAFT:
            saved = change_draft(show=obj, by=person, **values)
        else:
            saved = change_sale(show=obj, by=person, **values)
        obj.__dict__.update(saved.__dict__)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Leave the form alone, which the service has written; its formsets are read-only."""
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)

    def response_add(self, request: HttpRequest, obj: Show, post_url_continue: str | None = None) -> HttpResponse:
        """Go on to what a new show lacks: its prices."""
        if {"_addanother", "_popup", "_continue"} & set(request.POST):
            return super().response_add(request, obj, post_url_continue)  # type: ignore[no-any-return]
        self.message_user(request, _("The show is made as a draft. Set its prices, then put it on sale."))
        return HttpResponseRedirect(reverse("admin:events_show_edit_prices", args=[obj.pk]))

    @display(description=_("starts"), ordering="starts_at")
    def starts(self, show: Show) -> str:
        return date_format(timezone.localtime(show.starts_at, show.hall.theater.tz), "DATETIME_FORMAT")

    @display(
        description=_("state"),
        ordering="state",
        label={"draft": "info", "on_sale": "success", "ended": "default", "canceled": "danger"},
    )
    def state_label(self, show: Show) -> tuple[str, str]:
        return show.state, show.get_state_display()

    @display(description=_("sold"))
    def sold(self, show: Show) -> str:
        return f"{show.sold_count} / {show.capacity}"  # type: ignore[attr-defined]

    @display(description=_("from"), ordering="lowest_price")
    def price_from(self, show: Show) -> str:
        return format_money(show.lowest_price, show.hall.theater.currency) if show.lowest_price is not None else "–"

    @action(description=_("Prices"), permissions=["change"], url_path="prices", icon="sell")
    def edit_prices(self, request: HttpRequest, object_id: str) -> HttpResponse:
        show = self._find(request, object_id)
        form = PricesForm(show, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                set_prices(show=show, prices=form.prices(), by=person_of(request))
            except SchedulingError as refusal:
                form.add_error(None, str(refusal))
            else:
                self.message_user(request, _("The prices are set."), messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:events_show_change", args=[show.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Prices"),
            "subtitle": str(show),
            "opts": self.model._meta,
            "original": show,
            "show": show,
            "form": form,
            "currency": show.hall.theater.currency,
        }
        return TemplateResponse(request, "admin/events/prices.html", context)

    @action(description=_("Put on sale"), permissions=["change"], url_path="put-on-sale", icon="play_arrow")
    def put_on_sale(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask_and_do(request, object_id, open_sales, _("Put on sale"), _("The show is on sale."))

    @action(description=_("Stop selling"), permissions=["change"], url_path="stop-sale", icon="block")
    def stop_sale(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask_and_do(request, object_id, close_sales, _("Stop selling"), _("The sale is closed."))

    @admin.action(description=_("Put on sale"), permissions=["change"])
    def put_all_on_sale(self, request: HttpRequest, rows: QuerySet[Show]) -> None:
        person = person_of(request)
        opened = 0
        for show in self.scope(rows, person, Capability.EDIT_PROGRAMME):
            try:
                open_sales(show=show, by=person)
            except SchedulingError as refusal:
                self.message_user(request, f"{show}: {refusal}", messages.ERROR)
            else:
                opened += 1
        text = ngettext("%d show is on sale.", "%d shows are on sale.", opened) % opened
        self.message_user(request, text, messages.SUCCESS if opened else messages.WARNING)

    def _ask_and_do(self, request: HttpRequest, object_id: str, service: Any, name: Any, done: Any) -> HttpResponse:
        """Ask once, because a link alone must not change anything; then call the service and say what came of it."""
        show = self._find(request, object_id)
        back = reverse("admin:events_show_change", args=[show.pk])
        if request.method == "POST":
            try:
                service(show=show, by=person_of(request))
            except SchedulingError as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                self.message_user(request, done, messages.SUCCESS)
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": name,
            "subtitle": str(show),
            "opts": self.model._meta,
            "back": back,
        }
        return TemplateResponse(request, "admin/ask.html", context)

    def _find(self, request: HttpRequest, object_id: str) -> Show:
        found: Show = get_object_or_404(self.get_queryset(request), pk=object_id)
        return found


@admin.register(TicketType)
class TicketTypeAdmin(ScopedAdmin):
    theater_path = "theater"
    edit = Capability.EDIT_PROGRAMME
    may_delete = True
    list_display = ["name", "theater", "who", "order"]
    list_filter = ["theater"]
    list_select_related = ["theater"]
    search_fields = ["name", "who"]
    autocomplete_fields = ["theater"]


@admin.register(Price)
class PriceAdmin(ScopedAdmin):
    """Prices to search in; they are set on their show's page."""

    theater_path = "show__hall__theater"
    list_display = ["show", "category", "ticket_type", "amount"]
    list_filter = ["show__hall__theater", "ticket_type"]
    list_select_related = ["show__event", "show__hall__theater__city", "category", "ticket_type"]
    search_fields = ["show__code", "show__event__sort_title", "category__name", "ticket_type__name"]


@admin.register(ShowArea)
class ShowAreaAdmin(ScopedAdmin):
    """How many standing places of each show are taken."""

    theater_path = "show__hall__theater"
    list_display = ["show", "area", "taken", "capacity"]
    list_filter = ["show__hall__theater"]
    list_select_related = ["show__event", "show__hall__theater__city", "area"]
    search_fields = ["show__code", "show__event__sort_title", "area__name"]


@admin.register(Review)
class ReviewAdmin(ScopedAdmin):
    """What people wrote. Staff hide what breaks the rules; nobody writes in another's name."""

    theater_path = "event__theater"
    has_shared_rows = True
    list_display = ["event", "stars", "text", "state", "created_at"]
    list_filter = ["state", "stars", "event__theater", ("created_at", RangeDateTimeFilter)]
    list_select_related = ["event"]
    search_fields = ["event__sort_title", "text"]
    fields = ["event", "stars", "text", "state", "created_at"]
    readonly_fields = fields
    actions = ["hide", "publish"]

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return may_at(request.user, Capability.EDIT_PROGRAMME)

    @admin.action(description=_("Hide"), permissions=["moderate"])
    def hide(self, request: HttpRequest, rows: QuerySet[Review]) -> None:
        self._set(request, rows, Review.State.HIDDEN)

    @admin.action(description=_("Show again"), permissions=["moderate"])
    def publish(self, request: HttpRequest, rows: QuerySet[Review]) -> None:
        self._set(request, rows, Review.State.PUBLISHED)

    def _set(self, request: HttpRequest, rows: QuerySet[Review], state: Review.State) -> None:
        person = person_of(request)
        changed = 0
        for review in rows.select_related("event"):
            theater_id = review.event.theater_id
            if person.is_superuser or (theater_id and may_at(person, Capability.EDIT_PROGRAMME, theater_id)):
                changed += set_review_state(review=review, state=state, by=person)
            else:
                text = _("“%s” is shared by several theaters: only platform admins moderate it.") % review.event
                self.message_user(request, text, messages.WARNING)
        text = ngettext("%d review was changed.", "%d reviews were changed.", changed) % changed
        self.message_user(request, text, messages.SUCCESS)


@admin.register(SearchWord)
class SearchWordAdmin(PlatformAdmin):
    """By which words events are found; written by the search itself."""

    list_display = ["word", "event", "weight"]
    list_select_related = ["event"]
    search_fields = ["word"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
