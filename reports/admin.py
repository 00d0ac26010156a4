"""Settlement terms in the console, and the addresses of the pages in `views.py`."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.roles import Capability
from console.scoped import ScopedAdmin
from console.site import add_page
from lib.amounts import AmountField
from lib.money import format_money, format_percent
from reports import views
from reports.models import SettlementTerms
from reports.schedules import views as schedule_views
from theaters.forms import TheaterAmountsForm

add_page("today/shows/", views.ShowsTodayView.as_view(), name="shows_today")
add_page("reports/", views.ReportListView.as_view(), name="reports")
add_page("reports/of/<slug:slug>/", views.ReportView.as_view(), name="report")
add_page("reports/of/<slug:slug>/export/", views.StartExportView.as_view(), name="report-export")
add_page("reports/exports/", views.ExportListView.as_view(), name="exports")
add_page("reports/exports/<slug:code>/", views.ExportView.as_view(), name="export")
add_page("reports/exports/<slug:code>/state/", views.ExportStateView.as_view(), name="export-state")
add_page("reports/exports/<slug:code>/cancel/", views.CancelExportView.as_view(), name="export-cancel")
add_page("reports/exports/<slug:code>/file/", views.ExportFileView.as_view(), name="export-file")
add_page("reports/schedules/", schedule_views.ScheduleListView.as_view(), name="report-schedules")
add_page("reports/schedules/new/<slug:slug>/", schedule_views.NewScheduleView.as_view(), name="report-schedule-add")
add_page("reports/schedules/preview/", schedule_views.PreviewView.as_view(), name="report-schedule-preview")
add_page("reports/schedules/runs/<slug:code>/file/", schedule_views.RunFileView.as_view(), name="report-run-file")
add_page("reports/schedules/of/<slug:code>/", schedule_views.ScheduleView.as_view(), name="report-schedule")
add_page(
    "reports/schedules/of/<slug:code>/edit/", schedule_views.EditScheduleView.as_view(), name="report-schedule-edit"
)
add_page(
    "reports/schedules/of/<slug:code>/<slug:step>/", schedule_views.StepView.as_view(), name="report-schedule-step"
)


class SettlementTermsForm(TheaterAmountsForm):
    guarantee = AmountField(
        label=_("guarantee"),
        help_text=SettlementTerms._meta.get_field("guarantee").help_text,
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = SettlementTerms
        fields = "__all__"


@admin.register(SettlementTerms)
class SettlementTermsAdmin(ScopedAdmin):
    form = SettlementTermsForm
    theater_path = "theater"
    see = Capability.SEE_MONEY
    edit = Capability.EDIT_THEATER
    may_delete = True
    list_display = ["event", "theater", "partner", "share", "guaranteed"]
    list_filter = ["theater"]
    list_select_related = ["event", "theater"]
    search_fields = ["event__sort_title", "partner"]
    fields = ["event", "theater", "partner", "percent", "guarantee"]

    @display(description=_("share of the partner"), ordering="percent")
    def share(self, terms: SettlementTerms) -> str:
        return format_percent(terms.percent)

    @display(description=_("guarantee"), ordering="guarantee")
    def guaranteed(self, terms: SettlementTerms) -> str:
        return format_money(terms.guarantee, terms.theater.currency)
