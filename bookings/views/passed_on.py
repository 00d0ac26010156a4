"""Passing a ticket on, and the page of the person who then has it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.generic import View

from accounts.models import User
from bookings.access import find_booking, is_open_to_holder, read_ticket_token, remember_ticket, ticket_url
from bookings.forms import PassOnForm
from bookings.models import Booking, Ticket
from bookings.selectors import read_issued
from bookings.services.pass_on import find_objection, pass_on_ticket, take_back_ticket
from bookings.throttles import may_request_mail
from bookings.tickets.codes import sign
from bookings.tickets.qr import draw_qr
from bookings.views.bookings import send_document
from events.models import Show
from lib.refusals import Refusal


class PassOnView(View):
    """Give one ticket of a booking to somebody else; of one that was passed on, choose another person."""

    def get(self, request: HttpRequest, code: str, ticket_code: str) -> HttpResponse:
        booking = find_booking(request, code)
        ticket = _find_issued(booking, ticket_code)
        return redirect(booking) if ticket is None else self._show(request, ticket, PassOnForm(booking))

    def post(self, request: HttpRequest, code: str, ticket_code: str) -> HttpResponse:
        booking = find_booking(request, code)
        ticket = _find_issued(booking, ticket_code)
        if ticket is None:
            # This is also how a form that is sent twice ends.
            return redirect(booking)
        form = PassOnForm(booking, request.POST)
        if not form.is_valid():
            return self._show(request, ticket, form)
        name, email = form.cleaned_data["name"], form.cleaned_data["email"]
        if not may_request_mail(request, "pass on", email):
            form.add_error("email", gettext("Too much was sent there in the last hour. Try again later."))
            return self._show(request, ticket, form)
        try:
            pass_on_ticket(booking=booking, ticket=ticket, name=name, email=email, by=_person(request))
        except Refusal as error:
            messages.error(request, str(error))
            return redirect(booking)
        messages.success(
            request,
            gettext("Passed on. %(email)s gets the ticket; its old code is no longer valid.") % {"email": email},
        )
        return redirect(booking)

    def _show(self, request: HttpRequest, ticket: Ticket, form: PassOnForm) -> HttpResponse:
        objection = find_objection(ticket, timezone.now())
        context = {
            "booking": ticket.booking,
            "ticket": ticket,
            "show": ticket.show,
            "theater": ticket.booking.theater,
            "tz": ticket.booking.theater.city.time_zone,
            "objection": objection,
            "form": form,
        }
        return render(request, "bookings/pass_on.html", context)


class TakeBackView(View):
    def post(self, request: HttpRequest, code: str, ticket_code: str) -> HttpResponse:
        booking = find_booking(request, code)
        ticket = _find_issued(booking, ticket_code)
        if ticket is None or not ticket.is_passed_on:
            return redirect(booking)
        try:
            take_back_ticket(booking=booking, ticket=ticket, by=_person(request))
        except Refusal as error:
            messages.error(request, str(error))
        else:
            messages.success(request, gettext("The ticket is yours again, with a new code."))
        return redirect(booking)


class TicketView(View):
    """One ticket, for the person to whom it was passed on."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        ticket = read_ticket_token(token)
        show = ticket.show
        is_valid, is_over = is_open_to_holder(ticket), show.ends_at <= timezone.now()
        if is_valid and not is_over:
            remember_ticket(request, ticket)
        context = {
            "ticket": ticket,
            "booking": ticket.booking,
            "show": show,
            "theater": ticket.booking.theater,
            "tz": ticket.booking.theater.city.time_zone,
            "token": token,
            "qr": draw_qr(sign(ticket)) if is_valid else None,
            "is_over": is_over,
            "is_coming": is_valid and not is_over and show.state != Show.State.CANCELED,
        }
        response = render(request, "bookings/ticket.html", context)
        # Keeps the link that opens the ticket from other sites.
        response["Referrer-Policy"] = "no-referrer"
        return response


class TicketPdfView(View):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        from bookings.tickets.documents import tickets_pdf  # noqa: PLC0415 the typesetter is large, and few requests need it

        ticket = _open_ticket(token)
        return send_document(tickets_pdf(ticket.booking, [ticket]), "application/pdf", f"ticket-{ticket.code}.pdf")


class TicketCalendarView(View):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        from bookings.tickets.documents import calendar_ics, read_holders_tickets  # noqa: PLC0415 as above

        ticket = _open_ticket(token)
        found = read_holders_tickets(ticket.booking_id, ticket.show_id, ticket.attendee_email)
        content = calendar_ics(ticket.booking, found, url=ticket_url(ticket))
        return send_document(content, "text/calendar; charset=utf-8", f"ticket-{ticket.code}.ics")


def _open_ticket(token: str) -> Ticket:
    ticket = read_ticket_token(token)
    if not is_open_to_holder(ticket):
        raise Http404
    return ticket


def _find_issued(booking: Booking, code: str) -> Ticket | None:
    return next((ticket for ticket in read_issued(booking) if ticket.code == code), None)


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
