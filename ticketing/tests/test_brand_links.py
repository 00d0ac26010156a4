"""Links to a theater's things lead to its own domain, from whatever leaves the site; few pages stay at the site."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from accounts.models import User
from bookings.access import booking_url
from bookings.messages.purchase import send_booking_link
from bookings.services.pass_on import pass_on_ticket
from bookings.tickets.documents import calendar_ics
from legal import newsletters
from mailings.messages import ask_for_review, remind_of_hold, remind_of_show
from notifications.email import compose
from notifications.kinds import KINDS
from notifications.looks import find_look
from notifications.models import Notification
from notifications.rendering import render
from notifications.samples import sample_context
from show_changes.messages import notify_show_canceled
from testing.bookings import make_hold, make_paid
from testing.builders import make_hall, make_show, make_theater
from theaters.directory import forget_directory
from theaters.models import Brand
from waiting_list.join import join
from waiting_list.messages import notify_waiting_list_closed
from wallets.content import describe
from wallets.models import Platform
from wallets.passes import issue_pass

pytestmark = pytest.mark.django_db
OWN, SITE = "http://tickets.alpha.example", "http://localhost:8000"
_ADDRESS = re.compile(r"https?://(?:localhost:8000|tickets\.alpha\.example)[^\s\"'<>)]*")
Kind = Notification.Kind

# What uses the address of the site by itself, and why; all else asks `brand_of`.
AT_THE_SITE = {
    # Accounts: codes and invitations belong to no theater, or to staff.
    "notifications/account_mail.py",
    "theaters/invitations.py",
    # Staff and their console.
    "bookings/messages/staff.py",
    "notifications/preferences.py",
    "reports/exports/run.py",
    "reports/schedules/run.py",
    "theaters/admin/brands.py",
    # What is of several theaters.
    "follows/messages.py",
    "mailings/digest.py",
    "mailings/monthly_report.py",
    "notifications/looks.py",
    "notifications/samples.py",
    # Stored files and their addresses.
    "events/api/catalogue.py",
    "events/api/theaters.py",
    "theaters/directory.py",
    # Machines, and names that must not change: gateways, wallets, kinds of problems, entries of calendars and mails.
    "bookings/services/deliver_webhook.py",
    "bookings/tickets/documents.py",
    "events/catalogue/calendars.py",
    "follows/calendar.py",
    "lib/refusals.py",
    "notifications/email.py",
    "payments/gateways/mollie.py",
    "payments/models/accounts.py",
    "wallets/apple/pkpass.py",
    "wallets/google/api.py",
}
_OTHERS = ("benchmarks", "ticketing", "tools", "torture", "cluster", "node_modules", "testing")


def test_all_that_leaves_leads_to_the_theaters_domain(client: Client, customer: User):
    brand = Brand.objects.create(name="Alpha", slug="alpha", domain="tickets.alpha.example", is_domain_confirmed=True)
    theater = make_theater("Alphahaus", brand=brand)
    make_theater("Elsewhere")
    forget_directory()
    show = make_show(hall=make_hall(theater=theater, seats=8))
    guest = make_paid(show, 0, 1, email="guest@example.com")
    own = make_paid(show, 2, 3, customer=customer)
    given = own.tickets.order_by("pk").first()
    pass_on_ticket(booking=own, ticket=given, name="Friend", email="friend@example.com", by=customer)
    given.refresh_from_db()
    for booking in (guest, own):
        send_booking_link(booking)
        remind_of_show(booking, show)
        ask_for_review(booking, show)
        notify_show_canceled(booking, show, None)
    remind_of_hold(make_hold(show, 4, customer=customer))
    full = make_show(hall=make_hall(theater=theater, rows=1, seats=1), event=show.event)
    make_paid(full, 0, email="guest@example.com")
    entry = join(show=full, email="waits@example.com", party_size=1)
    notify_waiting_list_closed(entry)
    newsletters.ask(theater=theater, email="reads@example.com", source="account", request=RequestFactory().get("/"))
    calendar = calendar_ics(own).decode().replace("\r\n ", "")
    passes = [describe(issue_pass(ticket, Platform.APPLE)).url for ticket in (given, guest.tickets.first())]
    pages = {*passes, *(one.rstrip("\\n") for one in _ADDRESS.findall(calendar)), booking_url(own)}

    written = list(Notification.objects.filter(theater_id=theater.pk))
    assert {one.kind for one in written} >= {
        *(Kind.BOOKING_CONFIRMED, Kind.BOOKING_LINK, Kind.SHOW_REMINDER, Kind.REVIEW_ASK, Kind.SHOW_CANCELED),
        *(Kind.TICKET_PASSED_ON, Kind.WAITING_LIST_JOINED, Kind.WAITING_LIST_CLOSED, Kind.NEWSLETTER_CONFIRMATION),
    }
    for one in written:
        message = compose(one)
        text = "\n".join([*message.extra_headers.values(), message.body, str(message.alternatives[0][0])])
        found = set(_ADDRESS.findall(text))
        assert found, one.kind
        pages |= found
    assert {page for page in pages if not page.startswith(OWN)} == set()

    client.force_login(customer)
    for page in sorted(pages):
        response = client.get(page.removeprefix(OWN).replace("&amp;", "&") or "/", HTTP_HOST="tickets.alpha.example")
        assert response.status_code in {200, 302}, page
        assert not response.get("Location", "/").startswith("http"), page


def test_every_kind_of_mail_about_a_theater_leads_to_its_domain():
    brand = Brand.objects.create(name="Alpha", slug="alpha", domain="tickets.alpha.example", is_domain_confirmed=True)
    theater = make_theater("Alphahaus", brand=brand)
    make_theater("Elsewhere")
    forget_directory()
    for kind in KINDS:
        context = sample_context(kind)
        for look, start in ((find_look(theater.pk), OWN), (find_look(None), SITE)):
            rendered = render(kind, context, "en", look)
            found = set(_ADDRESS.findall(rendered.html + rendered.text))
            # Staff are led to the console.
            elsewhere = {page for page in found if not page.startswith(start)}
            assert found, kind
            assert all(context.get("for_staff") and page.startswith(SITE) for page in elsewhere), (kind, elsewhere)


def test_few_modules_use_the_address_of_the_site():
    sources = (path for path in Path(settings.BASE_DIR).glob("*/**/*.py") if "tests" not in path.parts)
    found = {
        path.relative_to(settings.BASE_DIR).as_posix() for path in sources if "settings.SITE_URL" in path.read_text()
    }
    assert {path for path in found if not path.startswith((*_OTHERS, "."))} == AT_THE_SITE
