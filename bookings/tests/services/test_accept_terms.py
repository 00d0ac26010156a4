"""What a customer was shown is kept with the booking: exactly those versions, in every channel."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.models import Acceptance, Booking
from bookings.services.pay import pay_with_token
from box_office.sale import hold_at_counter, take_money
from legal.models import LegalVersion
from notifications.models import Notification
from notifications.rendering import render
from payments.models import Payment
from testing.api_client import ApiClient, problem
from testing.bookings import choose, make_hold
from testing.builders import make_hall, make_show
from testing.console import signed_in
from testing.legal import make_page
from theaters.directory import forget_directory
from theaters.models import Seller, Theater

pytestmark = pytest.mark.django_db
TERMS, RULES, PRIVACY = LegalVersion.AT_CHECKOUT


@pytest.fixture
def pages(theater: Theater) -> dict[str, LegalVersion]:
    make_page(None, TERMS, en="Of the site")
    return {
        TERMS: make_page(theater, TERMS, en="Our terms"),
        PRIVACY: make_page(None, PRIVACY, en="Of the site"),
        "imprint": make_page(theater, "imprint", en="We"),
    }


def hold(theater: Theater, customer: User) -> Booking:
    return make_hold(make_show(hall=make_hall(theater=theater)), 0, customer=customer)


def kept(booking: Booking) -> list[tuple[int, str]]:
    return list(booking.acceptances.values_list("version_id", "how"))


def pay(client: Client, booking: Booking, **fields: Any) -> Any:
    address = reverse("bookings:checkout", args=[booking.code])
    return client.post(address, {"name": "Ada", "phone": "", "gateway": "sandbox", **fields})


def shown(client: Client, booking: Booking) -> str:
    page = client.get(reverse("bookings:checkout", args=[booking.code])).content.decode()
    return page.partition('name="terms" value="')[2].partition('"')[0]


def test_the_checkout_keeps_what_it_showed(theater: Theater, customer: User, pages: dict[str, LegalVersion]):
    client, booking = signed_in(customer), hold(theater, customer)
    page = client.get(reverse("bookings:checkout", args=[booking.code])).content.decode()
    assert f'href="{pages[TERMS].get_absolute_url()}" target="_blank"' in page
    assert 'href="/privacy/1/"' in page
    terms = shown(client, booking)
    assert pay(client, booking, terms=terms).status_code == 302
    wanted = [(pages[TERMS].pk, "checkout"), (pages[PRIVACY].pk, "checkout")]
    assert kept(booking) == wanted
    pay(client, booking, terms=terms)
    assert kept(booking) == wanted
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Acceptance.objects.update(how="box")


def test_a_change_while_the_page_was_open_is_shown_before_anything_is_paid(
    theater: Theater, customer: User, pages: dict[str, LegalVersion]
):
    client, booking = signed_in(customer), hold(theater, customer)
    before = shown(client, booking)
    newer = make_page(theater, TERMS, en="Stricter", holds_from=date(2026, 6, 1))
    for sent in ({"terms": before}, {}, {"terms": "junk"}):
        page = pay(client, booking, **sent).content.decode()
        assert "The terms have changed while you were here." in page
        assert 'value="Ada"' in page
        assert newer.get_absolute_url() in page
    assert not Payment.objects.exists()
    assert not kept(booking)
    assert pay(client, booking, terms=shown(client, booking)).status_code == 302
    assert kept(booking)[0] == (newer.pk, "checkout")


def test_a_box_is_asked_for_only_where_the_theater_wants_it(
    theater: Theater, customer: User, pages: dict[str, LegalVersion]
):
    client, booking = signed_in(customer), hold(theater, customer)
    Theater.objects.filter(pk=theater.pk).update(asks_terms_box=True)
    terms = shown(client, booking)
    assert "Please accept the terms to book." in pay(client, booking, terms=terms).content.decode()
    assert not Payment.objects.exists()
    assert pay(client, booking, terms=terms, agrees="on").status_code == 302
    assert {how for _version, how in kept(booking)} == {"box"}


def test_an_app_reads_and_sends_what_holds(theater: Theater, customer: User, pages: dict[str, LegalVersion]):
    api, booking = ApiClient(customer), hold(theater, customer)
    address = f"/bookings/{booking.code}"
    current = api.get(f"{address}/terms").json()["current"]
    assert [one["kind"] for one in current] == [TERMS, PRIVACY]
    ids = [one["id"] for one in current]
    token = {"gateway": "sandbox", "token": "approve"}
    refused = api.post(f"{address}/pay", {**token, "accepted_terms": ids[:1]})
    assert problem(refused) == (409, "terms-not-accepted")
    Theater.objects.filter(pk=theater.pk).update(asks_terms_box=True)
    forget_directory()
    assert api.post(f"{address}/pay", token).status_code == 409
    assert not Payment.objects.exists()
    assert api.post(f"{address}/pay", {**token, "accepted_terms": ids}).status_code == 200
    accepted = api.get(f"{address}/terms").json()["accepted"]
    assert [(one["id"], one["how"], one["language"]) for one in accepted] == [(pk, "api", "en") for pk in ids]


def test_the_counter_notes_them_as_shown_there(theater: Theater, box_office: User, pages: dict[str, LegalVersion]):
    show = make_show(hall=make_hall(theater=theater))
    cart = hold_at_counter(show=show, seller=box_office, cart="c1", seats=choose(show, 0))
    take_money(hold=cart, gateway=Payment.Gateway.TERMINAL, seller=box_office, reference="1")
    assert {how for _version, how in kept(cart)} == {"till"}


def test_the_confirmation_says_who_sold_and_the_tax(theater: Theater, customer: User):
    theater.seller = Seller.objects.create(
        name="Riverside",
        legal_form="GmbH",
        street="1 River Street",
        postcode="1010",
        city="Vienna",
        country="AT",
        email="office@example.com",
        vat_number="ATU13585627",
    )
    theater.save()
    booking = hold(theater, customer)
    pay_with_token(booking=booking, gateway="sandbox", token="approve")
    page = signed_in(customer).get(booking.get_absolute_url()).content.decode()
    mail = render("booking_confirmed", Notification.objects.get(kind="booking_confirmed").context, "en")
    for written in (page, mail.text, mail.html):
        assert "Riverside GmbH" in written
        assert "1 River Street" in written
        assert "ATU13585627" in written
        assert "Admission, 10" in written
        assert "€18.18 net, €1.82 tax" in written


def test_customers_and_staff_read_exactly_those_again(
    theater: Theater, customer: User, manager: User, pages: dict[str, LegalVersion]
):
    client, booking = signed_in(customer), hold(theater, customer)
    ApiClient(customer).post(
        f"/bookings/{booking.code}/pay",
        {"gateway": "sandbox", "token": "approve", "accepted_terms": [pages[TERMS].pk, pages[PRIVACY].pk]},
    )
    make_page(theater, TERMS, en="Newer", holds_from=date(2026, 6, 1))
    page = client.get(booking.get_absolute_url()).content.decode()
    assert f'href="{pages[TERMS].get_absolute_url()}"' in page
    assert "Our terms" in client.get(pages[TERMS].get_absolute_url()).content.decode()
    story = signed_in(manager).get(reverse("admin:bookings_booking_change", args=[booking.pk])).content.decode()
    assert f'href="{pages[TERMS].get_absolute_url()}"' in story
    mail = Notification.objects.get(kind="booking_confirmed")
    written = render("booking_confirmed", mail.context, "en")
    for kind in ("imprint", TERMS, PRIVACY):
        assert f"/theaters/{theater.slug}/{kind}/" in written.text
        assert f"/theaters/{theater.slug}/{kind}/" in written.html
    assert f"{booking.get_absolute_url()}#terms" in written.text
