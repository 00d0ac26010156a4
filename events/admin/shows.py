"""Shows: made as drafts, priced, put on sale."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display

from accounts.roles import Capability
from console.people import may_at, person_of
from console.read_only import ReadOnlyInline
from events.admin.areas import AreaInline
from events.admin.bulk import BulkMixin
from events.admin.forms import ShowForm
from events.admin.settings import find_page
from events.errors import NotReadyForSale, SchedulingError
from events.models import ACCESS_FIELDS, Price, PriceTemplate, Show
from events.models.settings import REFUNDS, SOURCES, write_refunds
from events.prices.forms import PricesForm
from events.prices.grid import set_prices
from events.prices.templates import fit_show, save_template
from events.sales.access import release_access_places
from events.sales.opening import close_sales, open_sales, reopen_sales
from events.timetable.scheduling import SALE_DETAILS, SHOW_DETAILS, change_draft, change_sale, create_show
from lib.moments import write_moment
from lib.money import format_money
from theaters.models import Seat

ACCESS_HELP = _("Customers see these words wherever the show is listed, and can look for them.")
TIMES_HELP = _("By the clock of the theater. Without an end, the running time decides.")


class PriceInline(ReadOnlyInline):
    """The prices of a show, read-only; they are set together on a page of their own."""

    model = Price
    fields = ["category", "ticket_type", "money"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Price]:
        rows: QuerySet[Price] = super().get_queryset(request).select_related("category", "ticket_type")
        return rows.select_related("show__hall__theater")

    @display(description=_("amount"))
    def money(self, price: Price) -> str:
        return format_money(price.amount, price.show.hall.theater.currency)


@admin.register(Show)
class ShowAdmin(BulkMixin):
    """Shows: made as drafts, priced, put on sale. The services decide; the form shows their refusals."""

    theater_path = "hall__theater"
    edit = Capability.EDIT_PROGRAMME
    view_on_site = True
    form = ShowForm
    change_form_before_template = "admin/follows/_count.html"
    list_display = ["event", "hall", "starts", "state_label", "sold", "price_from"]
    list_filter = ["state", "hall__theater", "hall", ("starts_at", RangeDateTimeFilter)]
    search_fields = ["code", "event__sort_title", "hall__name"]
    search_help_text = _("Title, hall or the show's code")
    ordering = ["-starts_at"]
    autocomplete_fields = ["event", "hall"]
    inlines = [PriceInline]
    actions_detail = ["edit_prices", "put_on_sale", "stop_sale", "resume_sale", "release_access"]
    fieldsets = [
        (None, {"fields": ["event", "hall", "starts_at", "ends_at", "doors_at"], "description": TIMES_HELP}),
        (_("Version"), {"fields": ["format", ("language", "subtitles")]}),
        (_("Access performance"), {"fields": [ACCESS_FIELDS[:2], ACCESS_FIELDS[2:]], "description": ACCESS_HELP}),
        (
            _("Sale"),
            {
                "fields": [
                    "sales_open_at",
                    "sales_close_at",
                    "tickets_per_customer",
                    "hold_minutes",
                    "needs_account",
                    "access_release_hours",
                ]
            },
        ),
        (_("Refunds"), {"fields": ["refunds_now", "refunds", ("refund_hours", "refund_percent")]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Show]:
        live = Q(tickets__state__in=("held", "issued"))
        sold = Show.objects.filter(live, pk=OuterRef("pk")).order_by().values("pk").values_list(Count("tickets"))
        rows: QuerySet[Show] = super().get_queryset(request)
        rows = rows.select_related("event", "hall__theater__city")
        return rows.annotate(sold_count=Coalesce(Subquery(sold), 0), capacity=F("seat_map__capacity"))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "_refusal", None)
        if obj is not None:
            form.find_page = staticmethod(partial(find_page, request, theater=obj.hall.theater, event=obj.event))
        return form

    def get_inlines(self, request: HttpRequest, obj: Show | None = None) -> list[Any]:
        """Show standing areas if there are any."""
        has_areas = obj is not None and obj.areas.exists()
        return [*self.inlines, AreaInline] if has_areas else list(self.inlines)

    def get_readonly_fields(self, request: HttpRequest, obj: Show | None = None) -> list[str]:
        if obj is None or obj.state == Show.State.DRAFT:
            return ["refunds_now"]
        names = ["event", "hall", "starts_at", *SHOW_DETAILS]
        kept = [name for name in names if obj.state != Show.State.ON_SALE or name not in SALE_DETAILS]
        return ["refunds_now", *kept]

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
        """Do not save the form, which the service has written; save only its read-only formsets."""
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)

    def response_add(self, request: HttpRequest, obj: Show, post_url_continue: str | None = None) -> HttpResponse:
        """Continue to what a new show lacks: its prices."""
        if {"_addanother", "_popup", "_continue"} & set(request.POST):
            return super().response_add(request, obj, post_url_continue)  # type: ignore[no-any-return]
        self.message_user(request, _("The show is saved as a draft. Set its prices, then put it on sale."))
        return HttpResponseRedirect(reverse("admin:events_show_edit_prices", args=[obj.pk]))

    @display(description=_("starts"), ordering="starts_at")
    def starts(self, show: Show) -> str:
        return write_moment(show.starts_at, show.hall.theater.tz)

    @display(
        description=_("state"),
        ordering="state",
        label={"draft": "info", "on_sale": "success", "ended": "default", "canceled": "danger"},
    )
    def state_label(self, show: Show) -> tuple[str, str]:
        return show.state, show.get_state_display()

    @display(description=_("what holds"))
    def refunds_now(self, show: Show) -> str:
        if show.pk is None:
            return "–"
        terms, level = REFUNDS.resolve(show.scope)
        return f"{write_refunds(terms)}, {SOURCES[level]}"

    @display(description=_("sold"))
    def sold(self, show: Show) -> str:
        return f"{show.sold_count} / {show.capacity}"  # type: ignore[attr-defined]

    @display(description=_("from"), ordering="from_price")
    def price_from(self, show: Show) -> str:
        return format_money(show.from_price, show.hall.theater.currency) if show.from_price is not None else "–"

    @action(description=_("Prices"), permissions=["change"], url_path="prices", icon="sell")
    def edit_prices(self, request: HttpRequest, object_id: str) -> HttpResponse:
        show = self.find(request, object_id)
        templates = list(PriceTemplate.objects.filter(theater=show.hall.theater_id))
        asked = request.GET.get("template", "")
        template = next((one for one in templates if str(one.pk) == asked), None)
        fit = fit_show(template, show) if template else None
        form = PricesForm(show, request.POST or None, fit)
        if request.method == "POST" and form.is_valid():
            answer = self._save_prices(request, show, form)
            if answer is not None:
                return answer
        context = {
            **self.admin_site.each_context(request),
            "title": _("Prices"),
            "subtitle": str(show),
            "opts": self.model._meta,
            "original": show,
            "show": show,
            "theater": show.hall.theater,
            "form": form,
            "templates": templates,
            "template": template,
            "template_name": request.POST.get("template_name", template.name if template else ""),
            "fit": fit,
            "can_open": show.state == Show.State.DRAFT,
            "back": reverse("admin:events_show_change", args=[show.pk]),
        }
        return TemplateResponse(request, "admin/events/prices.html", context)

    def _save_prices(self, request: HttpRequest, show: Show, form: PricesForm) -> HttpResponse | None:
        """Save the form as the show's prices or as a template; return None if it has to be shown again."""
        person = person_of(request)
        try:
            if "_save_template" in request.POST:
                name = request.POST.get("template_name", "").strip()[:80]
                if not name:
                    form.add_error(None, _("Give the template a name."))
                    return None
                save_template(theater=show.hall.theater, name=name, prices=form.by_name(), by=person)
                text = _("The template “%(name)s” is saved. The prices of this show are unchanged.") % {"name": name}
                self.message_user(request, text, messages.SUCCESS)
                return None
            set_prices(show=show, prices=form.prices(), by=person)
        except SchedulingError as refusal:
            form.add_error(None, str(refusal))
            return None
        self.message_user(request, _("The prices are set."), messages.SUCCESS)
        if "_open" in request.POST:
            try:
                open_sales(show=show, by=person)
            except SchedulingError as refusal:
                self.message_user(request, self._explain(show, refusal), messages.ERROR)
            else:
                self.message_user(request, _("The show is on sale."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:events_show_change", args=[show.pk]))

    def _explain(self, show: Show, refusal: SchedulingError) -> str:
        """Explain a refusal, with links to what must be published first."""
        if not isinstance(refusal, NotReadyForSale):
            return str(refusal)
        theater = show.hall.theater
        places = [
            (show.event, show.event.is_published, _("Open the event")),
            (theater, theater.is_published, _("Open the theater")),
        ]
        links = [
            (reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk]), name)
            for row, is_published, name in places
            if not is_published
        ]
        return format_html("{}{}", str(refusal), format_html_join("", ' <a href="{}" class="underline">{}</a>', links))

    @action(description=_("Put on sale"), permissions=["change"], url_path="put-on-sale", icon="play_arrow")
    def put_on_sale(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask_and_do(request, object_id, open_sales, _("Put on sale"), _("The show is on sale."))

    @action(description=_("Stop selling"), permissions=["change"], url_path="stop-sale", icon="block")
    def stop_sale(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask_and_do(request, object_id, close_sales, _("Stop selling"), _("The sale is closed."))

    @action(description=_("Resume selling"), permissions=["resume"], url_path="resume-sale", icon="replay")
    def resume_sale(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask_and_do(request, object_id, reopen_sales, _("Resume selling"), _("The show is on sale again."))

    @action(
        description=_("Sell wheelchair places to everyone"), permissions=["release"], url_path="release-access",
        icon="accessible_forward",
    )  # fmt: skip
    def release_access(self, request: HttpRequest, object_id: str) -> HttpResponse:
        done = _("Wheelchair places and companion seats are sold like all others now.")
        return self._ask_and_do(
            request, object_id, release_access_places, _("Sell wheelchair places to everyone"), done
        )

    def has_release_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return True if this person may release the wheelchair places of the show, and it has some to release."""
        if object_id is None:
            return may_at(request.user, Capability.EDIT_PROGRAMME)
        kept = Show.objects.filter(state=Show.State.ON_SALE, access_released_at=None, starts_at__gt=timezone.now())
        has_places = Seat.objects.filter(seat_map=OuterRef("seat_map"), is_accessible=True)
        rows = self.scope(kept.filter(Exists(has_places), pk=object_id), request.user, Capability.EDIT_PROGRAMME)
        return bool(rows.exists())

    def has_resume_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return True if this person may resume selling, and the show's sale was closed early."""
        if object_id is None:
            return may_at(request.user, Capability.EDIT_PROGRAMME)
        now = timezone.now()
        closed = Show.objects.filter(
            Q(sales_stopped_at__isnull=False) | Q(sales_close_at__lte=now), state=Show.State.ON_SALE, starts_at__gt=now
        )
        rows = self.scope(closed.filter(pk=object_id), request.user, Capability.EDIT_PROGRAMME)
        return bool(rows.exists())

    def has_cancel_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return True if this person may cancel this show, or any; a draft is deleted instead."""
        if object_id is None:
            return may_at(request.user, Capability.CANCEL_SHOW)
        show = Show.objects.select_related("hall").filter(pk=object_id).exclude(state=Show.State.DRAFT).first()
        return show is not None and may_at(request.user, Capability.CANCEL_SHOW, show.hall.theater_id)

    def _ask_and_do(self, request: HttpRequest, object_id: str, service: Any, name: Any, done: Any) -> HttpResponse:
        """Ask for confirmation, because a GET must not change anything; then call the service and report."""
        show = self.find(request, object_id)
        back = reverse("admin:events_show_change", args=[show.pk])
        if request.method == "POST":
            try:
                service(show=show, by=person_of(request))
            except SchedulingError as refusal:
                self.message_user(request, self._explain(show, refusal), messages.ERROR)
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

    def find(self, request: HttpRequest, object_id: str) -> Show:
        found: Show = get_object_or_404(self.get_queryset(request), pk=object_id)
        return found
