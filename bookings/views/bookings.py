"""After booking: tickets, list, guests' links, cancellation."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.generic import View

from accounts.models import User
from bookings.access import GuestLinkExpired, find_booking, read_guest_token, remember_booking
from bookings.forms import LinkForm, read_quoted
from bookings.messages import send_booking_link, send_tickets_again
from bookings.models import Booking, Ticket, by_show, exchange_of
from bookings.seating.chosen import Chosen
from bookings.selectors import (
    PAGE_SIZE,
    read_accepted,
    read_issued,
    read_newest_payment,
    read_past,
    read_refunds,
    read_tickets,
    read_upcoming,
    with_links,
)
from bookings.services.cancel import cancel_tickets, quote_cancellation
from bookings.services.exchange import find_exchangeable, find_open_exchanges
from bookings.services.pass_on import find_objection
from bookings.throttles import may_request_mail
from bookings.tickets.codes import sign
from bookings.tickets.qr import draw_qr
from bookings.views.checkout import BookingPage, booking_context
from events.models import Show
from events.models.settings import REMINDER_HOURS
from lib.refusals import Refusal
from payments.models import Payment, Refund


class BookingDetailView(View):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking(request, code)
        now = timezone.now()
        if booking.state == Booking.State.HELD and not booking.is_lapsed(now):
            return redirect("bookings:transfer" if booking.transfer_due_on else "bookings:checkout", booking.code)
        tickets = read_tickets(booking)
        if not tickets:
            # All of them were taken out before they were paid.
            return redirect(booking.theater)
        context = booking_context(booking, tickets)
        if booking.state in (Booking.State.HELD, Booking.State.EXPIRED):
            payment = read_newest_payment(booking)
            is_open = payment is not None and payment.state in (Payment.State.STARTED, Payment.State.SURPLUS)
            if is_open:
                return redirect("bookings:payment-return", booking.code)
            if exchange := exchange_of(booking):
                messages.info(request, gettext("The new places are no longer held. Your tickets are valid as before."))
                return redirect(exchange.booking)
            context["again"] = [(show, Chosen.of(held).query()) for show, held in context["shows"]]
            return render(request, "bookings/expired.html", context)
        return show_tickets(request, booking, tickets)


def show_tickets(
    request: HttpRequest, booking: Booking, tickets: list[Ticket], *, is_new: bool = False
) -> HttpResponse:
    """Answer with the page of a booking that was confirmed, for all of its tickets; `is_new` right after paying."""
    context, now = booking_context(booking, tickets), timezone.now()
    issued = [ticket for ticket in tickets if ticket.state == Ticket.State.ISSUED]
    coming = [ticket for ticket in issued if not ticket.is_passed_on and ticket.show.ends_at > now]
    refunds = read_refunds(booking)
    moved = {ticket.moved_from_id for ticket in tickets}
    quote = quote_cancellation(booking, now=now, all_tickets=tickets) if issued else None
    parts = [_Part(show, of_show, now) for show, of_show in by_show(issued or tickets).items()]
    context |= {
        "parts": parts,
        # Those of the heading: of shows without a valid ticket, only the list at the end tells.
        "show": parts[0].show,
        "event": parts[0].show.event,
        "has_tickets": bool(issued),
        "has_codes": any(not ticket.is_passed_on for ticket in issued),
        "coming": coming,
        "may_mail": bool(booking.contact_email and coming),
        "canceled": [ticket for ticket in tickets if ticket.state == Ticket.State.CANCELED and ticket.pk not in moved],
        "refunds": [refund for refund in refunds if refund.payment.state == Payment.State.CAPTURED],
        "open_exchanges": [
            (exchange, read_tickets(exchange.hold))
            for exchange in (find_open_exchanges(booking) if booking.is_being_exchanged else ())
            if exchange.hold
        ],
        "returned": [refund for refund in refunds if refund.payment.state == Payment.State.SURPLUS],
        "quote": quote,
        "may_exchange": bool(quote and find_exchangeable(booking, issued, quote)),
        "accepted": read_accepted(booking),
        "has_started": all(ticket.show.starts_at <= now for ticket in issued),
        "is_new": is_new,
        "may_pass_on": any(may_pass_on for part in parts for _ticket, _qr, may_pass_on in part.stubs),
        "reminder_hours": _hours_to_reminder(booking, parts[0].show, now),
        "share_address": request.build_absolute_uri(parts[0].show.event.get_absolute_url()),
    }
    return render(request, "bookings/detail.html", context)


def _hours_to_reminder(booking: Booking, show: Show, now: datetime) -> int:
    """Return how many hours before the show its reminder comes; 0 if none does."""
    hours = REMINDER_HOURS.of(show.scope) if booking.contact_email else 0
    return hours if hours and now < show.starts_at - timedelta(hours=hours) else 0


class _Part:
    """A show of a booking, with a stub for each ticket that is valid, its code, and whether it may be passed on."""

    def __init__(self, show: Show, tickets: list[Ticket], now: datetime) -> None:
        self.show = show
        # Of a ticket that was passed on, only its holder has the code.
        self.stubs = [
            (
                ticket,
                None if ticket.is_passed_on else draw_qr(sign(ticket)),
                ticket.is_passed_on or not find_objection(ticket, now),
            )
            for ticket in _issued(tickets)
        ]
        self.has_started, self.is_over = show.starts_at <= now, show.ends_at <= now
        self.is_canceled = show.state == Show.State.CANCELED
        self.is_moved = any(ticket.show_moved_at for ticket in tickets)


class TicketsView(View):
    """All tickets as PDF, one a page."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        from bookings.tickets.documents import tickets_pdf  # noqa: PLC0415 the typesetter is large, and few requests need it

        booking = _find_issued(request, code)
        return send_document(tickets_pdf(booking), "application/pdf", f"tickets-{booking.code}.pdf")


class SendTicketsView(View):
    """Mail customers their own tickets again, while one of them still admits."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking(request, code)
        own = [ticket for ticket in read_issued(booking) if not ticket.is_passed_on]
        email = booking.contact_email
        if not email or all(ticket.show.ends_at <= timezone.now() for ticket in own):
            raise Http404
        if may_request_mail(request, "tickets", email):
            send_tickets_again(booking)
            messages.success(request, gettext("Your tickets are on their way to %(email)s.") % {"email": email})
        else:
            messages.warning(request, gettext("They were sent several times already. Please look in your mail first."))
        return redirect(booking)


class CalendarView(View):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        from bookings.tickets.documents import calendar_ics  # noqa: PLC0415 as above

        booking = find_booking(request, code)
        if booking.confirmed_at is None:
            raise Http404
        return send_document(calendar_ics(booking), "text/calendar; charset=utf-8", f"booking-{booking.code}.ics")


class BookingListView(View):
    """The bookings of an account, or of this browser; `?before=` pages through the past ones."""

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        before = _read_key(request.GET.get("before", ""))
        past = read_past(request, now, before=before)
        last = past[PAGE_SIZE - 1] if len(past) > PAGE_SIZE else None
        upcoming = [] if before else read_upcoming(request, now)
        context = {
            "upcoming": upcoming,
            "has_tickets": any(booking.has_own_tickets for booking in upcoming),
            "past": past[:PAGE_SIZE],
            "next_key": f"{last.shows[0].starts_at.isoformat()}_{last.pk}" if last else "",
            "is_first_page": before is None,
            "form": LinkForm(),
            "now": now,
        }
        return render(request, "bookings/list.html", context)


class GuestView(View):
    """Open a booking by the signed link from its e-mail."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            booking = read_guest_token(token)
        except GuestLinkExpired:
            return render(request, "bookings/link.html", {"form": LinkForm(), "is_expired": True}, status=410)
        remember_booking(request, booking)
        response = redirect(booking)
        # Keeps the link that opens the booking from other sites.
        response["Referrer-Policy"] = "no-referrer"
        return response


class LinkView(View):
    """Send a guest new links. The answer never reveals whether there was anything to send."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "bookings/link.html", {"form": LinkForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LinkForm(request.POST)
        if not form.is_valid():
            return render(request, "bookings/link.html", {"form": form})
        email = form.cleaned_data["email"].strip().lower()
        if may_request_mail(request, "links", email):
            for booking in with_links(email, timezone.now()):
                send_booking_link(booking)
        messages.success(
            request,
            gettext("If there are bookings for %(email)s, a link to each is on its way.") % {"email": email},
        )
        return redirect("bookings:list")


class CancelView(BookingPage):
    """Choose tickets, see what would be refunded, and only then cancel."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking(request, code)
        if booking.state != Booking.State.CONFIRMED:
            return redirect(booking)
        return self._show(request, booking, request.GET.getlist("ticket"))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking(request, code)
        if booking.state != Booking.State.CONFIRMED:
            return redirect(booking)
        issued = read_issued(booking)
        codes = request.POST.getlist("ticket")
        chosen = [ticket for ticket in issued if ticket.code in codes]
        if not chosen:
            # This is also how a form that is sent twice ends.
            return redirect(booking)
        quote = quote_cancellation(booking, chosen, now=timezone.now())
        if not quote.is_allowed or quote.amount != read_quoted(request.POST, "amount"):
            messages.warning(
                request, gettext("What you would get back has changed. Nothing was canceled; please check again.")
            )
            return self._show(request, booking, codes)
        try:
            refund = cancel_tickets(
                booking=booking, tickets=chosen, by=request.user if isinstance(request.user, User) else None
            )
        except Refusal as error:
            messages.error(request, str(error))
            return redirect("bookings:cancel", booking.code)
        _confirm_canceled(request, refund)
        return redirect(booking)

    def _show(self, request: HttpRequest, booking: Booking, codes: list[str]) -> HttpResponse:
        issued = read_issued(booking)
        chosen = [ticket for ticket in issued if ticket.code in codes]
        now = timezone.now()
        everything = quote_cancellation(booking, now=now)
        context = {
            **booking_context(booking, issued),
            "everything": everything,
            "amounts": [(ticket, everything.by_ticket.get(ticket.pk), ticket in chosen) for ticket in issued],
            "chosen": chosen,
            "quote": quote_cancellation(booking, chosen, now=now) if chosen else None,
        }
        return render(request, "bookings/cancel.html", context)


def _issued(tickets: list[Ticket]) -> list[Ticket]:
    return [ticket for ticket in tickets if ticket.state == Ticket.State.ISSUED]


def _find_issued(request: HttpRequest, code: str) -> Booking:
    booking = find_booking(request, code)
    if not booking.tickets.issued().kept().exists():
        raise Http404
    return booking


def send_document(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


def _read_key(text: str) -> tuple[datetime, int] | None:
    """Read the key of the last booking on a page, or None if it makes no sense."""
    moment, _separator, pk = text.partition("_")
    try:
        starts_at = datetime.fromisoformat(moment)
        return (starts_at, int(pk)) if starts_at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _confirm_canceled(request: HttpRequest, refund: Refund | None) -> None:
    if refund is None:
        messages.success(request, gettext("Canceled. There is nothing to refund."))
    else:
        messages.success(request, gettext("Canceled. The money is on its way back to you, as shown below."))
