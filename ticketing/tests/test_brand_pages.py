"""Every page of a theater bears its brand, and nothing of another's: all addresses that name a theater's things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from bookings.access import ticket_url
from bookings.models import Booking
from bookings.services.pass_on import pass_on_ticket
from bookings.services.pay import start_payment
from bookings.services.transfer import ask_for_transfer
from events.models import Show
from inquiries.access import inquiry_path
from inquiries.models import Inquiry
from legal.models import LegalVersion, NewsletterConsent
from legal.newsletters import leave_path
from payments.models import BankAccount
from testing.bookings import lapse, make_hold, make_paid
from testing.builders import make_event, make_hall, make_show, make_theater
from testing.legal import make_page
from theaters.directory import forget_directory
from theaters.models import Brand, Theater
from waiting_list.access import entry_path
from waiting_list.models import WaitingListEntry

pytestmark = pytest.mark.django_db

NEUTRAL = ("account", "accounts", "admin", "api", "development", "door", "headless", "mfa", "notifications", "wallets")
# Addresses that answer with a redirect, only to forms, or to machines.
NO_PAGES = {
    *("theaters:invitation", "waiting_room:line", "bookings:webhook", "bookings:account-webhook"),
    *("bookings:best", "bookings:hold"),
    *("bookings:release", "bookings:drop-show", "bookings:voucher", "bookings:pay", "bookings:send-tickets"),
    *("bookings:exchange-payment-return", "bookings:take-back", "bookings:guest"),
    # The page of `newsletter-leave`, before its button was pressed.
    "legal:newsletter-confirm",
    # Of the site, or a person's own.
    *("follows:stop", "follows:confirm", "follows:guest"),
    *("legal:site-page", "legal:site-version", "follows:label", "follows:person"),
}
_IS_FILE = re.compile(r"\.\w+$")


def named_addresses(resolver: Any = None, namespace: str = "") -> Iterator[str]:
    """Yield the names of all addresses of customers' pages, no files, that take a parameter."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            if (one.namespace or one.app_name or "") not in NEUTRAL:
                yield from named_addresses(one, f"{namespace}{one.namespace}:" if one.namespace else namespace)
        elif namespace and one.name and one.pattern.converters and not _IS_FILE.search(str(one.pattern)):
            yield f"{namespace}{one.name}"


def brand(name: str, color: str) -> Brand:
    return Brand.objects.create(name=f"{name} Players", slug=name.lower(), color=color, typeface="poppins")


def things_of(theater: Theater, customer: User) -> dict[str, Any]:
    """Make one of everything that a customer's page can be about; return each address that shows it."""
    event = make_event(f"Play at {theater.name}", theater=theater)
    show = make_show(hall=make_hall(theater=theater, seats=8), event=event)
    past = make_show(hall=show.hall, event=event, in_hours=-24)
    for at, one in enumerate((show, past)):
        Show.objects.filter(pk=one.pk).update(ends_at=one.starts_at + timedelta(hours=1 + at))
    paid = make_paid(show, 0, 1, customer=customer)
    held = make_hold(show, 2, customer=customer)
    payment = start_payment(booking=make_hold(show, 3, customer=customer), gateway="sandbox", return_url="/")
    waiting = make_hold(show, 6, customer=customer)
    BankAccount.objects.create(theater=theater, holder=theater.name, iban="AT611904300234573201")
    ask_for_transfer(booking=waiting, until=show.starts_at, by=customer)
    expired = make_hold(show, 4, customer=customer)
    lapse(expired)
    ticket = make_paid(show, 5, customer=customer).tickets.get()
    pass_on_ticket(booking=ticket.booking, ticket=ticket, name="", email="friend@example.com", by=customer)
    ticket.refresh_from_db()
    entry = WaitingListEntry.objects.create(show=show, email="waits@example.com", party_size=2)
    inquiry = Inquiry.objects.create(theater=theater, event=event, party_size=30, kind="school", email="g@example.com")
    full = make_show(hall=make_hall(theater=theater, rows=1, seats=1), event=event)
    make_paid(full, 0, customer=customer)
    terms = make_page(theater, LegalVersion.Kind.TERMS, en="What holds")
    now = timezone.now()
    consent = NewsletterConsent.objects.create(
        theater=theater, email="reads@example.com", language="en", source="account", asked_at=now, confirmed_at=now
    )
    first = paid.tickets.order_by("pk").first()
    return {
        "events:detail": reverse("events:detail", args=[event.slug]),
        "events:theater": reverse("events:theater", args=[theater.slug]),
        "bookings:show": reverse("bookings:show", args=[show.code]),
        "bookings:detail": paid.get_absolute_url(),
        "bookings:detail, expired": Booking.objects.get(pk=expired.pk).get_absolute_url(),
        "bookings:checkout": reverse("bookings:checkout", args=[held.code]),
        "bookings:payment-return": reverse("bookings:payment-return", args=[payment.payment.booking.code]),
        "bookings:transfer": reverse("bookings:transfer", args=[waiting.code]),
        "bookings:cancel": reverse("bookings:cancel", args=[paid.code]),
        "bookings:exchange": reverse("bookings:exchange", args=[paid.code]),
        "bookings:pass-on": reverse("bookings:pass-on", args=[paid.code, first.code]),
        "bookings:ticket": ticket_url(ticket).partition("localhost:8000")[2],
        "bookings:review": reverse("bookings:review", args=[event.slug]),
        "bookings:review-theater": reverse("bookings:review-theater", args=[theater.slug]),
        "legal:page": reverse("legal:page", args=[theater.slug, "terms"]),
        "legal:version": terms.get_absolute_url(),
        "legal:newsletter-leave": leave_path(consent),
        "waiting_list:join": reverse("waiting_list:join", args=[full.code]),
        "waiting_list:entry": entry_path(entry),
        "follows:event": reverse("follows:event", args=[event.slug]),
        "follows:theater": reverse("follows:theater", args=[theater.slug]),
        "follows:show": reverse("follows:show", args=[show.code]),
        "inquiries:ask": reverse("inquiries:ask", args=[show.code]),
        "inquiries:inquiry": inquiry_path(inquiry),
        "payments:sandbox": reverse("payments:sandbox", args=[payment.payment.key]),
    }


def test_every_page_of_a_theater_bears_its_brand_and_nothing_of_anothers(client: Client, customer: User):
    alpha, beta = brand("Alpha", "#0b5d4a"), brand("Beta", "#6a1b9a")
    theaters = [make_theater("Aula", brand=alpha), make_theater("Bühne", brand=beta), make_theater("Unbranded")]
    client.force_login(customer)
    for theater, name, others in (
        (theaters[0], "Alpha Players", ("Beta", "beta-")),
        (theaters[1], "Beta Players", ("Alpha", "alpha-")),
        (theaters[2], "Marquee", ("Alpha", "alpha-", "Beta", "beta-")),
    ):
        pages = things_of(theater, customer)
        # An address of a new kind is named above or has no page.
        known = {page.partition(",")[0] for page in pages}
        assert set(named_addresses()) == known | NO_PAGES
        forget_directory()
        for page, address in pages.items():
            response = client.get(address)
            text = response.content.decode()
            assert response.status_code == 200, (page, address, response.get("Location"))
            title = text.partition("<title>")[2].partition("</title>")[0]
            if page != "bookings:detail, expired":
                assert name in title, (page, title)
            if theater.brand:
                assert f"/brands/{theater.brand.slug}-" in text, page
                assert "css/typefaces/poppins.css" in text, page
                assert "Tickets by Marquee" in text, page
            # The baskets above a page are the visitor's own, at whatever theater.
            assert not [other for other in others if other in text], page


def test_pages_of_no_theater_are_the_sites(client: Client):
    for name in ("Alpha", "Beta"):
        make_theater(name, brand=brand(name, "#0b5d4a"))
    for address in (reverse("events:home"), reverse("events:list"), reverse("account_login")):
        text = client.get(address).content.decode()
        assert 'Marquee<span class="brand__dot"' in text
        assert "/brands/" not in text
        assert "Tickets by" not in text


def test_a_site_with_one_theater_looks_as_if_made_for_it(client: Client):
    theater = make_theater("The Old Mill")
    make_show(hall=make_hall(theater=theater))
    text = client.get(reverse("events:home")).content.decode()
    assert "What is on – The Old Mill</title>" in text
    assert "Theaters</a>" not in text
    assert 'id="city-menu"' not in text
    assert theater.get_absolute_url() in text
    assert text.count("Marquee") == text.count("Tickets by Marquee") == 1


def test_marquee_is_not_named_where_that_is_switched_off(client: Client, settings):
    own = brand("Alpha", "#0b5d4a")
    theater = make_theater(brand=own)
    make_theater("Other")
    Brand.objects.filter(pk=own.pk).update(names_marquee=False)
    assert "Marquee" not in client.get(theater.get_absolute_url()).content.decode()
    Brand.objects.filter(pk=own.pk).update(names_marquee=True)
    forget_directory()
    assert "Tickets by Marquee" in client.get(theater.get_absolute_url() + "?again").content.decode()
    settings.NAMES_MARQUEE = False
    forget_directory()
    assert "Marquee" not in client.get(theater.get_absolute_url() + "?third").content.decode()


def test_the_style_sheet_lasts_under_its_version_only(client: Client):
    make_theater(brand=brand("Alpha", "#0b5d4a"))
    page = client.get("/theaters/").content.decode()
    address = next(part for part in page.split('"') if part.startswith("/brands/alpha-") and part.endswith(".css"))
    response = client.get(address)
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    assert "--accent: light-dark(#0b5d4a, #" in response.content.decode()
    assert "max-age=0" in client.get("/brands/alpha-0123.css")["Cache-Control"]
    assert client.get("/brands/nobody-0123.css").status_code == 404
    icon = client.get(address.replace(".css", "-180.png"))
    assert icon["Content-Type"] == "image/png"
    assert client.get(address.replace(".css", "-181.png")).status_code == 404
