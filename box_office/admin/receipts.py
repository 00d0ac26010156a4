"""What a customer takes away from the counter: tickets on paper, a receipt, or an e-mail."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.roles import Capability
from bookings.errors import WrongState
from bookings.models import by_show
from bookings.tickets.documents import tickets_pdf
from box_office.admin.scope import counter_context, find_booking_of
from box_office.sale import send_to
from console.people import person_of
from console.site import add_page
from lib.refusals import Refusal
from payments.models import Payment


class PrintView(View):
    """The tickets of one booking as PDF, for the counter's printer."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking_of(request, code, Capability.SELL)
        try:
            content = tickets_pdf(booking)
        except WrongState:
            raise Http404 from None
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="tickets-{booking.code}.pdf"'
        response["Cache-Control"] = "private, no-store"
        return response


class ReceiptView(View):
    """A receipt for till paper, 80 mm wide."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking_of(request, code, Capability.SELL)
        payment = booking.payments.filter(state=Payment.State.CAPTURED).select_related("made_by").first()
        issued = booking.tickets.issued().select_related("seat", "area", "ticket_type", "show__event", "show__hall")
        tickets = list(by_show(issued).items())
        if not tickets:
            raise Http404
        context = {
            **counter_context(request),
            "title": _("Receipt"),
            "booking": booking,
            "theater": booking.theater,
            "tz": booking.theater.city.time_zone,
            "payment": payment,
            "tickets": tickets,
        }
        return TemplateResponse(request, "admin/box_office/receipt.html", context)


class SendView(View):
    """Send the tickets to an address that the customer gives after the sale."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking_of(request, code, Capability.SELL)
        email = request.POST.get("email", "").strip()
        try:
            validate_email(email)
            send_to(booking=booking, email=email, seller=person_of(request))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        except Refusal:
            messages.error(request, gettext("This booking has a different address. Change it on the booking’s page."))
        else:
            messages.success(request, gettext("The tickets are on their way to %s.") % email)
        return HttpResponseRedirect(
            f"{reverse('admin:box_office_sale', args=[booking.shows[0].code])}?sold={booking.code}"
        )


add_page(
    "box-office/sales/<str:code>/tickets.pdf",
    PrintView.as_view(),
    name="box_office_print",
)
add_page(
    "box-office/sales/<str:code>/receipt/",
    ReceiptView.as_view(),
    name="box_office_receipt",
)
add_page(
    "box-office/sales/<str:code>/send/",
    SendView.as_view(),
    name="box_office_send",
)
