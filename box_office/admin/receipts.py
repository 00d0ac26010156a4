"""What a customer takes away from the counter: a receipt, or the tickets by e-mail."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.generic import View

from accounts.roles import Capability
from bookings.admin.printing import show_file
from box_office.admin.scope import choose_theater, counter_theaters, find_booking_of
from box_office.sale import send_to
from console.people import person_of
from console.site import add_page
from fiscal.models import Receipt
from fiscal.printing import receipt_pictures, receipts_pdf
from fiscal.selectors import read_receipts
from fiscal.services.issue import issue_for_booking
from fiscal.services.print import print_receipt
from lib.receipt_printer import write_escpos
from lib.refusals import Refusal
from payments.drawers import find_open_drawer, record_kick
from payments.models import DrawerEntry


class ReceiptView(View):
    """A booking's newest receipt, or the one of the `number`, for a roll of 80 mm as PDF."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        receipt = _find_receipt(request, code)
        is_copy = print_receipt(receipt=receipt, by=person_of(request))
        return show_file(receipts_pdf([receipt], is_sheet=False, is_copy=is_copy), f"receipt-{receipt.code}.pdf")


class ReceiptRollView(View):
    """The same for a receipt printer, which opens the drawer if its cash is in the person's own open one."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        receipt = _find_receipt(request, code)
        is_copy = print_receipt(receipt=receipt, by=person_of(request))
        has_cash = DrawerEntry.objects.filter(
            payment__booking=receipt.booking, drawer__person=person_of(request), drawer__closed_at__isnull=True
        ).exists()
        pages = receipt_pictures([receipt], is_copy=is_copy)
        return show_file(write_escpos(pages, opens_drawer=has_cash), f"receipt-{receipt.code}.bin")


def _find_receipt(request: HttpRequest, code: str) -> Receipt:
    """Return the receipt of a booking that the address names, or its newest. Raises `Http404` if there is none."""
    booking = find_booking_of(request, code, Capability.SELL)
    issue_for_booking(booking)
    receipts = read_receipts(booking)
    number = request.GET.get("number", "")
    for receipt in reversed(receipts):
        if number in ("", receipt.code):
            return receipt
    raise Http404


class KickView(View):
    """Open one's own drawer without a sale, for change or a count: a file for its printer."""

    def post(self, request: HttpRequest) -> HttpResponse:
        theaters = counter_theaters(request, Capability.SELL)
        drawer = find_open_drawer(person_of(request), choose_theater(request, theaters).pk)
        if drawer is None:
            raise Http404
        record_kick(drawer=drawer, by=person_of(request))
        return show_file(write_escpos(opens_drawer=True), "open-drawer.bin")


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
    "box-office/sales/<str:code>/receipt.pdf",
    ReceiptView.as_view(),
    name="box_office_receipt",
)
add_page(
    "box-office/sales/<str:code>/receipt.bin",
    ReceiptRollView.as_view(),
    name="box_office_receipt_roll",
)
add_page("box-office/drawer/open.bin", KickView.as_view(), name="box_office_kick")
add_page(
    "box-office/sales/<str:code>/send/",
    SendView.as_view(),
    name="box_office_send",
)
