"""On-sale rules: when new shows go on sale and stop selling."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from accounts.roles import Capability
from console.scoped import ScopedAdmin
from events.admin.bulk import BULK_CHANGES, MAX_BULK_SHOWS
from events.models import SalesRule, Show
from events.sales.rule_forms import SalesRuleForm
from events.sales.rules import describe_rule


@admin.register(SalesRule)
class SalesRuleAdmin(ScopedAdmin):
    """One rule for a theater, and one for each event that differs. New shows get their sale times from it."""

    theater_path = "theater"
    edit = Capability.EDIT_PROGRAMME
    may_delete = True
    form = SalesRuleForm
    list_display = ["shows_of", "theater", "words"]
    list_filter = ["theater"]
    list_select_related = ["theater__city", "event"]
    search_fields = ["event__sort_title", "theater__name"]
    autocomplete_fields = ["theater", "event"]
    actions_detail = ["apply_rule"]
    fieldsets = [
        (
            None,
            {
                "fields": ["theater", "event"],
                "description": _("New shows follow the rule; existing shows keep their times until you apply it."),
            },
        ),
        (
            _("The sale opens"),
            {
                "fields": ["opens_days_before", "opens_clock", "opens_at"],
                "description": _("All empty: at once. Fixed times are by the clock of the theater."),
            },
        ),
        (
            _("The sale closes"),
            {"fields": ["closes_minutes_before", "closes_at"], "description": _("All empty: at the start.")},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SalesRule]:
        rows: QuerySet[SalesRule] = super().get_queryset(request)
        return rows.select_related("theater__city", "event")

    def get_readonly_fields(self, request: HttpRequest, obj: SalesRule | None = None) -> list[str]:
        return ["theater"] if obj else []

    @display(description=_("shows of"), ordering="event__sort_title")
    def shows_of(self, rule: SalesRule) -> Any:
        return rule.event or _("all events without a rule of their own")

    @display(description=_("rule"))
    def words(self, rule: SalesRule) -> str:
        return describe_rule(rule, rule.theater.tz)

    @action(
        description=_("Apply to upcoming shows"),
        permissions=["change"],
        url_path="apply",
        icon="published_with_changes",
    )
    def apply_rule(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Preview the rule for the upcoming shows that it covers."""
        rule: SalesRule = get_object_or_404(self.get_queryset(request), pk=object_id)
        states = [Show.State.DRAFT, Show.State.ON_SALE]
        shows = Show.objects.filter(hall__theater=rule.theater_id, starts_at__gt=timezone.now(), state__in=states)
        if rule.event_id:
            shows = shows.filter(event=rule.event_id)
        else:
            own = SalesRule.objects.filter(theater=rule.theater_id, event__isnull=False)
            shows = shows.exclude(event__in=own.values("event"))
        show_admin: Any = self.admin_site._registry[Show]
        coming = show_admin.get_queryset(request).filter(
            pk__in=shows.order_by("starts_at").values("pk")[:MAX_BULK_SHOWS]
        )
        answer: HttpResponse = show_admin.answer_bulk(request, BULK_CHANGES["sales_rule"], coming)
        return answer
