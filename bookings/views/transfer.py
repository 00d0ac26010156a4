"""Where and by when to send the money of a bank transfer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bookings.access import find_booking
from bookings.selectors import read_tickets
from bookings.services.transfer import find_awaited
from bookings.tickets.qr import draw_qr
from bookings.views.checkout import BookingPage, booking_context, is_live
from payments.models import BankAccount
from payments.transfers import write_epc_code, write_reference


class TransferView(BookingPage):
    """The page of a hold that waits for a bank transfer; any other booking has its own."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking(request, code)
        if not is_live(booking) or booking.transfer_due_on is None:
            return redirect(booking)
        payment = find_awaited(booking)
        account = BankAccount.objects.filter(theater=booking.theater_id).first()
        if payment is None or account is None:
            return redirect("bookings:checkout", booking.code)
        text = write_epc_code(account, payment.amount, payment.currency, payment.reference)
        context = {
            **booking_context(booking, read_tickets(booking)),
            "payment": payment,
            "account": account,
            "reference": write_reference(payment.reference),
            "epc_code": draw_qr(text) if text else None,
        }
        return render(request, "bookings/transfer.html", context)
