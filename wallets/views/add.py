"""The buttons that put tickets into a wallet: all of a booking, one of them, or one that was passed on."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.generic import View

from bookings.access import find_booking, is_open_to_holder, read_ticket_token, ticket_path
from bookings.models import Booking, Ticket
from bookings.selectors import read_issued
from wallets.apple.pkpass import BUNDLE_TYPE, PASS_TYPE, make_bundle, make_pkpass
from wallets.errors import WalletUnavailable
from wallets.google.api import save_url, write_pass
from wallets.keys import apple_keys, google_keys
from wallets.models import Platform
from wallets.passes import issue_pass


class _AddView(View):
    """Find the tickets: those of a booking, or of these the one that `ticket` names; or the one that a link opens."""

    def find_tickets(self, request: HttpRequest) -> list[Ticket]:
        now = timezone.now()
        if "token" in self.kwargs:
            ticket = read_ticket_token(self.kwargs["token"])
            tickets = [ticket] if is_open_to_holder(ticket) else []
        else:
            tickets = _find_own(find_booking(request, self.kwargs["code"]), request.GET.get("ticket", ""))
        tickets = [ticket for ticket in tickets if ticket.show.ends_at > now]
        if not tickets:
            raise Http404
        return tickets


class AppleView(_AddView):
    """A pass, or a bundle of several."""

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponse:
        keys = apple_keys()
        if keys is None:
            raise Http404
        tickets = self.find_tickets(request)
        passes = [make_pkpass(issue_pass(ticket, Platform.APPLE), keys) for ticket in tickets]
        name = tickets[0].show.code
        if len(passes) == 1:
            return _send(passes[0], PASS_TYPE, f"{name}.pkpass")
        return _send(make_bundle(passes), BUNDLE_TYPE, f"{name}.pkpasses")


class GoogleView(_AddView):
    """Write the passes at Google's, and go on to the page that saves them."""

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponse:
        keys = google_keys()
        if keys is None:
            raise Http404
        tickets = self.find_tickets(request)
        passes = [issue_pass(ticket, Platform.GOOGLE) for ticket in tickets]
        written: set[str] = set()
        try:
            for one in passes:
                write_pass(one, written)
        except WalletUnavailable:
            messages.error(request, gettext("Google Wallet does not answer. Please try again in a few minutes."))
            return redirect(ticket_path(tickets[0]) if "token" in kwargs else tickets[0].booking)
        return redirect(save_url(passes, keys))


def _find_own(booking: Booking, code: str) -> list[Ticket]:
    """Return the valid tickets of the booking that were not passed on, or only the one with this code."""
    tickets = [ticket for ticket in read_issued(booking) if not ticket.is_passed_on]
    return [ticket for ticket in tickets if code in ("", ticket.code)]


def _send(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)
