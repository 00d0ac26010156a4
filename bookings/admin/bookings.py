"""Bookings and tickets: read-only, with actions that call the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from accounts import audit
from bookings.admin.read_only import ReadOnlyAdmin, ReadOnlyInline
from bookings.errors import BookingError
from bookings.messages import send_tickets_again
from bookings.models import Booking, Payment, Ticket
from bookings.services.cancel import cancel_tickets, quote_cancellation
from theaters.access import Capability, may
from theaters.money import format_money
from ticketing.console import person_of


class TicketInline(ReadOnlyInline):
    model = Ticket
    fields = ["label", "ticket_type", "price", "discount", "attendee_name", "state", "code"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Ticket]:
        rows: models.QuerySet[Ticket] = super().get_queryset(request).select_related("seat", "area", "ticket_type")
        return rows


class PaymentInline(ReadOnlyInline):
    model = Payment
    fields = ["created_at", "gateway", "amount", "refunded", "state", "reference"]
    readonly_fields = fields


class CancelForm(forms.Form):
    """Which tickets to cancel, what to give back, and why."""

    tickets = forms.ModelMultipleChoiceField(
        Ticket.objects.none(), label=_("Tickets"), widget=forms.CheckboxSelectMultiple
    )
    amount = forms.DecimalField(
        label=_("Refund"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=3,
        help_text=_("Empty: what the show's refund policy says."),
        widget=UnfoldAdminDecimalFieldWidget,
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=UnfoldAdminTextInputWidget)

    def __init__(self, booking: Booking, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["tickets"]
        field.queryset = booking.tickets.issued().select_related("seat", "area", "ticket_type")  # type: ignore[attr-defined]
        field.label_from_instance = lambda ticket: (  # type: ignore[attr-defined]
            f"{ticket.label} · {ticket.ticket_type} · {format_money(ticket.price - ticket.discount, booking.currency)}"
        )
        field.initial = [ticket.pk for ticket in field.queryset]  # type: ignore[attr-defined]


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    theater_path = "show__hall__theater"
    see = Capability.SEE_BOOKINGS
    list_display = ["code", "created_at", "show_title", "who", "price", "channel", "state_label"]
    list_filter = ["state", "kind", "channel", "show__hall__theater", ("created_at", RangeDateTimeFilter)]
    list_select_related = ["show__event", "show__hall__theater__city", "customer"]
    search_fields = ["code", "email", "name", "phone", "customer__email", "customer__name", "tickets__code"]
    search_help_text = _("Code, name, e-mail, phone or a ticket's code")
    fields = [
        "code", "show", "state", "kind", "channel", "name", "email", "phone", "customer", "total", "discount",
        "fees", "tax", "currency", "voucher", "created_at", "expires_at", "confirmed_at", "canceled_at",
        "made_by", "locale", "note",
    ]  # fmt: skip
    inlines = [TicketInline, PaymentInline]
    actions_detail = ["resend", "cancel"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Booking]:
        rows: models.QuerySet[Booking] = (
            super()
            .get_queryset(request)
            .select_related("show__event", "show__hall__theater__city", "customer", "voucher", "made_by")
        )
        return rows

    @display(description=_("show"), ordering="show__starts_at")
    def show_title(self, booking: Booking) -> str:
        return str(booking.show)

    @display(description=_("who"))
    def who(self, booking: Booking) -> str:
        return booking.name or booking.email or str(booking.customer or "")

    @display(description=_("total"), ordering="total")
    def price(self, booking: Booking) -> str:
        return format_money(booking.total, booking.currency)

    def has_resend_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return _may_with_booking(request, Capability.EDIT_BOOKINGS, object_id)

    def has_refund_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return _may_with_booking(request, Capability.REFUND, object_id)

    @action(description=_("Send the tickets again"), permissions=["resend"], url_path="resend", icon="outgoing_mail")
    def resend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        booking = self._find(request, object_id)
        if booking.state != Booking.State.CONFIRMED:
            self.message_user(request, _("Only a confirmed booking has tickets to send."), messages.WARNING)
        else:
            with transaction.atomic():
                sent = send_tickets_again(booking)
                audit.record(
                    by=person_of(request), action="send tickets", on=booking, theater_id=booking.show.hall.theater_id
                )
            text = _("The tickets are on their way to %s.") % sent.recipient if sent else _("There is no address.")
            self.message_user(request, text, messages.SUCCESS if sent else messages.ERROR)
        return HttpResponseRedirect(reverse("admin:bookings_booking_change", args=[booking.pk]))

    @action(description=_("Cancel and refund"), permissions=["refund"], url_path="cancel", icon="undo")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        booking = self._find(request, object_id)
        form = CancelForm(booking, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                refund = cancel_tickets(
                    booking=booking,
                    tickets=form.cleaned_data["tickets"],
                    amount=form.cleaned_data["amount"],
                    reason=form.cleaned_data["reason"],
                    by=person_of(request),
                )
            except BookingError as error:
                form.add_error(None, str(error))
            else:
                text = (
                    _("Canceled. %s is on its way back.") % format_money(refund.amount, booking.currency)
                    if refund
                    else _("Canceled, without a refund.")
                )
                self.message_user(request, text, messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:bookings_booking_change", args=[booking.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Cancel booking %s") % booking.code,
            "opts": self.model._meta,
            "booking": booking,
            "form": form,
            "quote": quote_cancellation(booking, now=timezone.now()),
        }
        return TemplateResponse(request, "admin/bookings/cancel.html", context)

    def _find(self, request: HttpRequest, object_id: str) -> Booking:
        booking: Booking = get_object_or_404(self.get_queryset(request), pk=object_id)
        return booking


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    theater_path = "show__hall__theater"
    see = Capability.SEE_BOOKINGS
    list_display = ["code", "booking", "show", "label", "ticket_type", "price", "attendee_name", "state_label"]
    list_filter = ["state", "ticket_type", "show__hall__theater"]
    list_select_related = ["booking", "show__event", "show__hall__theater__city", "seat", "area", "ticket_type"]
    search_fields = ["code", "booking__code", "attendee_name"]
    fields = ["code", "booking", "show", "seat", "area", "category", "ticket_type", "price", "discount", "state", "attendee_name"]  # fmt: skip  # noqa: E501


def _may_with_booking(request: HttpRequest, capability: Capability, object_id: str | None) -> bool:
    if object_id is None:
        return may(request.user, capability)
    theater_id = Booking.objects.filter(pk=object_id).values_list("show__hall__theater_id", flat=True).first()
    return theater_id is not None and may(request.user, capability, theater_id)
