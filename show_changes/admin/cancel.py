"""Cancel a show: preview who gets what, then follow it while it runs in the background."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from accounts.roles import Capability
from console.forms import ReasonForm
from console.people import may_at, person_of
from console.read_only import ReadOnlyAdmin
from events.errors import SchedulingError
from events.models import Show
from lib.money import format_money
from lib.refusals import Refusal
from show_changes.cancel import cancel_show, pay_out, try_again
from show_changes.models import CanceledBooking, ShowCancellation
from show_changes.progress import preview_cancellation, read_failed, read_pay_outs, read_progress, read_untold

# How often the page asks for progress: while bookings wait, and while only gateways have yet to answer.
POLL_SECONDS_WORKING, POLL_SECONDS_AWAITING = 2, 15


class CancellationForm(ReasonForm):
    """Ask why, and what to write to customers."""

    message = forms.CharField(
        label=_("Message to customers"),
        max_length=2000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=_("In your own words. The mail itself says how the money comes back."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["reason"].help_text = _("For the audit log. It is also on each refund, where customers read it.")


class CancelShowForm(CancellationForm):
    """The show's code must be typed in, so that a click alone is not enough."""

    code = forms.CharField(label=_("Confirm"), max_length=12, widget=UnfoldAdminTextInputWidget)

    def __init__(self, show: Show, data: Any = None) -> None:
        super().__init__(data)
        self.show = show
        field = self.fields["code"]
        field.help_text = _("Type %(code)s, the show's code, to cancel it for good.") % {"code": show.code}
        field.widget.attrs |= {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].strip().upper()
        if code != self.show.code:
            raise forms.ValidationError(_("This is not the code of this show."))
        return code


def answer_cancel(request: HttpRequest, context: dict[str, Any], show: Show) -> HttpResponse:
    """Preview canceling, or do it; for a canceled show, redirect to its progress."""
    theater = show.hall.theater
    if not may_at(request.user, Capability.CANCEL_SHOW, theater.pk):
        raise PermissionDenied
    cancellation = ShowCancellation.objects.filter(show=show).first()
    form = CancelShowForm(show, request.POST or None)
    if cancellation is None and request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("reason", "message")}
        try:
            cancellation = cancel_show(show=show, by=person_of(request), **words)
        except SchedulingError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The show is canceled, and its sale is stopped."))
    if cancellation is not None:
        return HttpResponseRedirect(_page_of(cancellation))
    context |= {
        "title": _("Cancel the show"),
        "subtitle": str(show),
        "show": show,
        "zone": theater.tz,
        "form": form,
        "preview": preview_cancellation(show),
        "is_draft": show.state == Show.State.DRAFT,
        "back": reverse("admin:events_show_change", args=[show.pk]),
    }
    return TemplateResponse(request, "admin/cancel_show/preview.html", context)


def _page_of(cancellation: ShowCancellation) -> str:
    return reverse("admin:show_changes_showcancellation_change", args=[cancellation.pk])


@admin.register(ShowCancellation)
class ShowCancellationAdmin(ReadOnlyAdmin):
    """Canceled shows, how far each is, and what is left to do by hand."""

    theater_path = "show__hall__theater"
    see = Capability.REFUND
    list_display = ["show", "started_at", "made_by", "reason", "outcome"]
    list_filter = ["show__hall__theater"]
    list_select_related = ["show__event", "show__hall__theater__city", "made_by"]
    search_fields = ["show__code", "show__event__sort_title", "reason"]
    fields = ["show", "reason", "message", "made_by", "started_at", "finished_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShowCancellation]:
        rows: QuerySet[ShowCancellation] = super().get_queryset(request)
        is_open = Q(bookings__state__in=[CanceledBooking.State.WAITING, CanceledBooking.State.FAILED])
        rows = rows.select_related("show__event", "show__hall__theater__city", "made_by")
        return rows.annotate(total=Count("bookings"), open=Count("bookings", filter=is_open))

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/retry/", wrap(require_POST(self.retry)), name="show_changes_showcancellation_retry"),
            path("<int:pk>/pay-out/", wrap(require_POST(self.pay_out)), name="show_changes_showcancellation_pay_out"),
            *super().get_urls(),
        ]

    @display(description=_("bookings"))
    def outcome(self, cancellation: Any) -> str:
        return _("%(done)d of %(total)d done") % {
            "done": cancellation.total - cancellation.open,
            "total": cancellation.total,
        }

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        cancellation = self.get_object(request, object_id)
        if cancellation is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        if not self.has_view_permission(request, cancellation):
            raise PermissionDenied
        progress = read_progress(cancellation)
        seconds = POLL_SECONDS_WORKING if progress.waiting.bookings else POLL_SECONDS_AWAITING
        context = {
            "cancellation": cancellation,
            "show": cancellation.show,
            "zone": cancellation.show.hall.theater.tz,
            "progress": progress,
            "seconds": seconds if progress.is_moving else 0,
        }
        if "part" in request.GET:
            response = TemplateResponse(request, "admin/cancel_show/_progress.html", context)
            if not progress.is_moving:
                # The lists below it are complete now.
                response["HX-Refresh"] = "true"
            return response
        context = {
            **self.admin_site.each_context(request),
            **context,
            "title": _("Canceled show"),
            "subtitle": str(cancellation.show),
            "opts": self.opts,
            "failed": read_failed(cancellation),
            "pay_outs": read_pay_outs(cancellation),
            "untold": read_untold(cancellation),
        }
        return TemplateResponse(request, "admin/cancel_show/progress.html", context)

    def retry(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Try one booking again, or all failed ones."""
        cancellation = self._find(request, pk)
        rows = [row for row in read_failed(cancellation) if request.POST.get("row", str(row.pk)) == str(row.pk)]
        tried = 0
        for row in rows:
            try:
                tried += try_again(row=row, by=person_of(request))
            except Refusal as error:
                self.message_user(request, f"{row.booking}: {error}", messages.ERROR)
        if tried:
            text = ngettext("%d booking is tried again.", "%d bookings are tried again.", tried) % tried
            self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(_page_of(cancellation))

    def pay_out(self, request: HttpRequest, pk: int) -> HttpResponse:
        cancellation = self._find(request, pk)
        key = request.POST.get("row", "")
        rows = cancellation.bookings.select_related("booking")
        row = get_object_or_404(rows, pk=int(key) if key.isascii() and key.isdigit() else 0)
        try:
            refunds = pay_out(row=row, by=person_of(request))
        except Refusal as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            for refund in refunds:
                money = format_money(refund.amount, row.booking.currency)
                text = _("%(amount)s is paid out to %(who)s.") % {
                    "amount": money,
                    "who": row.booking.name or row.booking.code,
                }
                self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(_page_of(cancellation))

    def _find(self, request: HttpRequest, pk: int) -> ShowCancellation:
        cancellation: ShowCancellation = get_object_or_404(self.get_queryset(request), pk=pk)
        if not may_at(request.user, Capability.REFUND, cancellation.show.hall.theater_id):
            raise PermissionDenied
        return cancellation
