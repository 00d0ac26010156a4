"""The tickets that a customer shows at the door, also where there is no network."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.generic import TemplateView, View

from bookings.selectors import MOST_COMING_TICKETS, read_coming_tickets
from bookings.tickets.codes import sign
from bookings.tickets.offline import describe_worker, list_assets
from bookings.tickets.qr import draw_qr


class ComingTicketsView(View):
    """Every ticket with its code, one a screen. Devices keep this page, and nothing else.

    They forget what they kept where it leads to the list of bookings, because there are no tickets, and where it does
    not name what it is made of, because the session is to end with the browser.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        tickets = read_coming_tickets(request, timezone.now())
        if not tickets:
            return redirect("bookings:list")
        shown = tickets[:MOST_COMING_TICKETS]
        is_kept = not request.session.get_expire_at_browser_close()
        context = {
            "tickets": [(ticket, draw_qr(sign(ticket))) for ticket in shown],
            "has_more": len(tickets) > len(shown),
            "assets": list_assets() if is_kept else (),
        }
        return render(request, "bookings/coming_tickets.html", context)


class TicketsWorkerView(TemplateView):
    """The service worker of customers' pages. It says nothing about anyone, and is the same for everyone."""

    template_name = "bookings/tickets-worker.js"
    content_type = "text/javascript"
    extra_context = {"config": SimpleLazyObject(describe_worker)}
