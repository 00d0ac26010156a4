"""The accounts of the journal, and the journal as a file for DATEV."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget

from accounts.actions import Action
from accounts.audit import record
from accounts.roles import Capability
from console.people import may_at, person_of
from console.scoped import ScopedAdmin
from fiscal.datev import NotReadyForDatev
from fiscal.models import Account, BookSettings
from fiscal.services.export import export_datev
from lib.forms import Form
from lib.money import format_percent
from theaters.access import theaters_for
from theaters.models import Theater


class DaysForm(Form):
    """The days of one theater, the last one included."""

    theater = forms.ModelChoiceField(Theater.objects.none(), label=_("Theater"), widget=UnfoldAdminSelectWidget)
    first = forms.DateField(label=_("From"), widget=UnfoldAdminSingleDateWidget)
    last = forms.DateField(label=_("Until"), widget=UnfoldAdminSingleDateWidget)

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["theater"]
        field.queryset = theaters_for(person_of(request), Capability.SEE_MONEY).select_related("city").order_by("name")

    def clean(self) -> dict[str, Any]:
        days = super().clean() or self.cleaned_data
        if "first" in days and "last" in days and days["first"] > days["last"]:
            self.add_error("last", _("The last day is before the first one."))
        return days


@admin.register(BookSettings)
class BookSettingsAdmin(ScopedAdmin):
    theater_path = "theater"
    see = edit = Capability.SEE_MONEY
    list_display = ["theater", "chart", "consultant_number", "client_number"]
    list_select_related = ["theater"]
    fields = ["theater", "chart", "consultant_number", "client_number", "account_length", "year_begins_in"]
    actions_list = ["datev"]
    empty_help = _("How the journal is written: which chart of accounts, and whose books.")

    def has_datev_permission(self, request: HttpRequest) -> bool:
        return may_at(request.user, Capability.SEE_MONEY)

    @action(description=_("File for DATEV"), permissions=["datev"], url_path="datev", icon="download")
    def datev(self, request: HttpRequest) -> HttpResponse:
        """Ask for the days, and answer with the journal as DATEV reads it."""
        if not self.has_datev_permission(request):
            raise PermissionDenied
        form = DaysForm(request, request.POST or None)
        if request.method == "POST" and form.is_valid():
            theater, first, last = (form.cleaned_data[name] for name in ("theater", "first", "last"))
            try:
                content = export_datev(theater, first, last, now=timezone.now())
            except NotReadyForDatev as error:
                form.add_error(None, str(error))
            else:
                record(
                    by=person_of(request),
                    action=Action.EXPORT_JOURNAL,
                    on=theater,
                    theater_id=theater.pk,
                    after={"first": f"{first}", "last": f"{last}"},
                )
                answer = HttpResponse(content, content_type="text/csv; charset=windows-1252")
                name = f"EXTF_Buchungsstapel_{theater.slug}_{first:%Y%m%d}_{last:%Y%m%d}.csv"
                answer["Content-Disposition"] = f'attachment; filename="{name}"'
                return answer
        context = {
            **self.admin_site.each_context(request),
            "title": _("File for DATEV"),
            "opts": self.model._meta,
            "form": form,
        }
        return TemplateResponse(request, "admin/fiscal/datev.html", context, status=422 if form.errors else 200)


@admin.register(Account)
class AccountAdmin(ScopedAdmin):
    theater_path = "theater"
    see = edit = Capability.SEE_MONEY
    may_delete = True
    list_display = ["number", "subject", "rate", "posting_key", "theater"]
    list_filter = ["theater", "subject"]
    list_select_related = ["theater"]
    search_fields = ["number"]
    fields = ["theater", "subject", "tax_rate", "number", "posting_key"]
    empty_help = _("An account replaces the one of the chart of accounts. With a chart, none is needed to begin.")

    @display(description=_("tax rate"), ordering="tax_rate")
    def rate(self, account: Account) -> str:
        return format_percent(account.tax_rate) if account.tax_rate is not None else "–"
