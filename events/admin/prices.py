"""Ticket types, prices and price templates."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from accounts.roles import Capability
from console.people import person_of
from console.printed_names import PrintedNamesMixin
from console.scoped import ScopedAdmin
from events.catalogue import forget_catalogue
from events.errors import SchedulingError
from events.models import Price, PriceTemplate, Show, TicketType, summarize_rules
from events.prices.forms import TemplatePricesForm
from events.prices.ranges import refresh_price_ranges
from events.prices.templates import save_template
from lib.money import format_money


@admin.register(TicketType)
class TicketTypeAdmin(PrintedNamesMixin):
    theater_path = "theater"
    printed_fields = ("name",)
    edit = Capability.EDIT_PROGRAMME
    may_delete = True
    list_display = ["name", "theater", "who", "rules", "is_personal", "order"]
    fieldsets = [
        (None, {"fields": ["theater", "name", "who", "proof", "order", "is_personal"]}),
        (_("Where it is sold"), {"fields": ["sold_on_web", "sold_by_api", "sold_at_counter"]}),
        (
            _("With whom and how many"),
            {
                "fields": ["is_companion", "per_accompanying", "may_accompany", "group_from", "minimum", "maximum"],
                "description": _("Together, for all tickets of a booking for one show."),
            },
        ),
        (
            _("When and how often"),
            {
                "fields": ["sold_from", "sold_until", "from_days", "until_days", "quota"],
                "description": _("Days are those of the theater's clock. What is held or sold already stays valid."),
            },
        ),
    ]
    list_filter = ["theater"]
    list_select_related = ["theater"]
    search_fields = ["name", "who"]
    autocomplete_fields = ["theater"]

    def get_readonly_fields(self, request: HttpRequest, obj: TicketType | None = None) -> list[str]:
        fields: list[str] = list(super().get_readonly_fields(request, obj))
        if obj is not None and obj.tickets.exists():
            # Sold tickets say so: under another name they would be something else than their holders bought.
            fields += ["name", "theater", "is_companion"]
        return fields

    def get_fieldsets(self, request: HttpRequest, obj: TicketType | None = None) -> Any:
        first, *others = super().get_fieldsets(request, obj)
        if "name" in self.get_readonly_fields(request, obj):
            words = _(
                "Tickets of this type were sold, so its name and whether it is for companions stay as they are. Rules "
                "may change: they bind what is sold from now on. For something else, add another ticket type."
            )
            first = (first[0], {**first[1], "description": words})
        return [first, *others]

    @display(description=_("rules"))
    def rules(self, kind: TicketType) -> str:
        return summarize_rules(kind)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            # Another ticket type may be the default now.
            refresh_price_ranges(
                Show.objects.upcoming(timezone.now()).filter(hall__theater=obj.theater_id).values("pk")
            )
            forget_catalogue()


@admin.register(Price)
class PriceAdmin(ScopedAdmin):
    """Prices, read-only and searchable; they are set on their show's page."""

    theater_path = "show__hall__theater"
    list_display = ["show", "category", "ticket_type", "money"]
    fields = ["show", "category", "ticket_type", "money"]
    readonly_fields = ["money"]
    list_filter = ["show__hall__theater", "ticket_type"]
    list_select_related = ["show__event", "show__hall__theater__city", "category", "ticket_type"]
    search_fields = ["show__code", "show__event__sort_title", "category__name", "ticket_type__name"]

    @display(description=_("amount"), ordering="amount")
    def money(self, price: Price) -> str:
        return format_money(price.amount, price.show.hall.theater.currency)


@admin.register(PriceTemplate)
class PriceTemplateAdmin(ScopedAdmin):
    """Price templates. The theater is chosen once; the grid has a page of its own."""

    theater_path = "theater"
    edit = Capability.EDIT_PROGRAMME
    may_delete = True
    list_display = ["name", "theater", "amounts"]
    list_filter = ["theater"]
    list_select_related = ["theater"]
    search_fields = ["name"]
    autocomplete_fields = ["theater"]
    fields = ["theater", "name"]
    actions_detail = ["edit_template"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriceTemplate]:
        rows: QuerySet[PriceTemplate] = super().get_queryset(request)
        return rows.select_related("theater").annotate(price_count=Count("prices"))

    def get_readonly_fields(self, request: HttpRequest, obj: PriceTemplate | None = None) -> list[str]:
        return ["theater"] if obj else []

    def response_add(self, request: HttpRequest, obj: PriceTemplate, post_url_continue: str | None = None) -> Any:
        if {"_addanother", "_popup", "_continue"} & set(request.POST):
            return super().response_add(request, obj, post_url_continue)
        return HttpResponseRedirect(reverse("admin:events_pricetemplate_edit_template", args=[obj.pk]))

    @display(description=_("prices"))
    def amounts(self, template: PriceTemplate) -> int:
        return int(template.price_count)  # type: ignore[attr-defined]

    @action(description=_("Prices"), permissions=["change"], url_path="prices", icon="sell")
    def edit_template(self, request: HttpRequest, object_id: str) -> HttpResponse:
        template: PriceTemplate = get_object_or_404(self.get_queryset(request), pk=object_id)
        form = TemplatePricesForm(template, request.POST or None)
        back = reverse("admin:events_pricetemplate_changelist")
        if request.method == "POST" and form.is_valid():
            try:
                save_template(
                    theater=template.theater, name=template.name, prices=form.by_name(), by=person_of(request)
                )
            except SchedulingError as refusal:
                form.add_error(None, str(refusal))
            else:
                self.message_user(request, _("The template is saved. Shows keep their prices."), messages.SUCCESS)
                return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Prices of a template"),
            "subtitle": template.name,
            "opts": self.model._meta,
            "original": template,
            "theater": template.theater,
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, "admin/events/prices.html", context)
