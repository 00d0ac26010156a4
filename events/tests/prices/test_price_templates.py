"""The price grid, and templates that fill it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from events.errors import InvalidPrices
from events.models import Price, PriceTemplate, Show, TemplatePrice, TicketType
from events.prices.templates import apply_template, fit_show, save_template
from lib.money import read_amount, write_plain
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from testing.seat_maps import import_seat_map
from theaters.models import Hall, SeatCategory, Theater
from theaters.seat_maps.publish import publish_seat_map

EUR = "EUR"


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12.50", EUR, "12.50"),
        ("12,50", EUR, "12.50"),
        ("1.234,50", EUR, "1234.50"),
        ("1,234.50", EUR, "1234.50"),
        (" € 12 ", EUR, "12"),
        ("12 EUR", EUR, "12"),
        ("1\u202f234,5", EUR, "1234.5"),
        ("₹ 1,20,000", "INR", "120000"),
        ("1,234", "JPY", "1234"),
        ("1.234", "KWD", "1.234"),
        ("1.234", EUR, None),
        ("0.005", EUR, "0.005"),
        ("=1+1", EUR, None),
        ("NaN", EUR, None),
        ("twelve", EUR, None),
        ("1.2.3,4,5", EUR, None),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, currency: str, amount: str | None):
    if amount is None:
        with pytest.raises(ValueError, match=r"."):
            read_amount(text, currency)
    else:
        assert read_amount(text, currency) == Decimal(amount)
        assert read_amount(write_plain(Decimal(amount), currency), currency) == Decimal(amount)


pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    """Make a show in a hall with two categories, and the ticket types Adult and Child."""
    hall = Hall.objects.create(theater=theater, name="Big")
    table = "section,row,number,category\nStalls,A,1,Parkett\nStalls,A,2,Parkett\nUpper,A,1,Balcony\n"
    publish_seat_map(
        seat_map=import_seat_map(hall=hall, file_name="hall.csv", content=table.encode(), by=None), by=None
    )
    TicketType.objects.create(theater=theater, name="Child", order=1)
    return make_show(hall=hall, price="20.00")


@pytest.fixture
def client(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


def cells(show: Show, **amounts: str) -> dict[str, Any]:
    """Name the fields of the grid: `cells(show, Parkett_Adult="12")`."""
    sent = {}
    for name, amount in amounts.items():
        category, ticket_type = name.split("_")
        pks = (
            SeatCategory.objects.get(seat_map=show.seat_map, name=category).pk,
            TicketType.objects.get(theater=show.hall.theater, name=ticket_type).pk,
        )
        sent["price-{}-{}".format(*pks)] = amount
    return sent


def prices_of(show: Show) -> dict[tuple[str, str], Decimal]:
    rows = Price.objects.filter(show=show).values_list("category__name", "ticket_type__name", "amount")
    return {(category, ticket_type): amount for category, ticket_type, amount in rows}


@pytest.mark.slow
def test_a_grid_is_saved_as_a_template_and_fills_another_show(client: Client, show: Show):
    page = reverse("admin:events_show_edit_prices", args=[show.pk])
    grid = cells(show, Parkett_Adult="30,50", Parkett_Child="15", Balcony_Adult="", Balcony_Child="")
    unnamed = client.post(page, {**grid, "_save_template": "1", "template_name": " "})
    assert "Give the template a name" in unnamed.content.decode()
    client.post(page, {**grid, "_save_template": "1", "template_name": "Weekend"})
    assert prices_of(show) == {("Parkett", "Adult"): 20, ("Balcony", "Adult"): 20}
    template = PriceTemplate.objects.get(name="Weekend", theater=show.hall.theater)
    TemplatePrice.objects.create(
        template=template, category_name="Royal box", ticket_type=TicketType.objects.get(name="Adult"), amount=99
    )

    filled = client.get(page, {"template": template.pk})
    fit = filled.context["fit"]
    assert (fit.unknown, fit.uncovered) == (["Royal box"], ["Balcony"])
    assert 'value="30.50"' in filled.content.decode()
    assert "Royal box" in filled.content.decode()
    # What is shown is not saved, and a show on sale can't lose the price of a category.
    refused = client.post(page, grid)
    assert "is on sale and needs a price" in refused.content.decode()
    assert prices_of(show)[("Balcony", "Adult")] == 20
    client.post(page, {**grid, **cells(show, Balcony_Adult="12.00")})
    assert prices_of(show) == {
        ("Parkett", "Adult"): Decimal("30.5"),
        ("Parkett", "Child"): 15,
        ("Balcony", "Adult"): 12,
    }


def test_a_template_is_applied_to_all_shows_or_none(show: Show, manager: User):
    adult = TicketType.objects.get(name="Adult")
    draft = make_show(hall=make_hall(theater=show.hall.theater), state=Show.State.DRAFT)
    template = save_template(
        theater=show.hall.theater, name="Week", prices={("parkett", adult.pk): Decimal(9)}, by=manager
    )
    with pytest.raises(InvalidPrices):
        apply_template(template=template, shows=[draft, show], by=manager)
    assert prices_of(draft) == {("Parkett", "Adult"): 20}
    paid = make_paid(draft_on_sale := make_show(hall=make_hall(theater=show.hall.theater)), 0, customer=manager)
    before = paid.total
    apply_template(template=template, shows=[draft, draft_on_sale], by=manager)
    assert prices_of(draft) == prices_of(draft_on_sale) == {("Parkett", "Adult"): 9}
    paid.refresh_from_db()
    assert (paid.total, paid.tickets.get().price) == (before, Decimal("20.000"))
    written = AuditEntry.objects.count()
    apply_template(template=template, shows=[draft, draft_on_sale], by=manager)
    assert AuditEntry.objects.count() == written
    assert fit_show(template, draft).unknown == []


def test_a_template_has_only_amounts_of_its_currency(client: Client, show: Show):
    client.post(reverse("admin:events_pricetemplate_add"), {"theater": show.hall.theater_id, "name": "Matinee"})
    template = PriceTemplate.objects.get(name="Matinee")
    page = reverse("admin:events_pricetemplate_edit_template", args=[template.pk])
    form = client.get(page).context["form"]
    assert [row.name for row in form.grid_rows] == ["Parkett", "Balcony"]
    adult = TicketType.objects.get(name="Adult")
    for text, words in (("10.505", "can’t be read as an amount"), ("10.5051", "There is no such amount in EUR.")):
        refused = client.post(page, {f"price-0-{adult.pk}": text})
        assert words in refused.content.decode()
        assert f'value="{text}"' in refused.content.decode()
    assert not template.prices.exists()
    assert client.post(page, {f"price-0-{adult.pk}": "10.50"}).status_code == 302
    assert template.prices.get().category_name == "Parkett"


def test_templates_of_another_theater_stay_there(client: Client, show: Show, other_theater: Theater):
    foreign = PriceTemplate.objects.create(theater=other_theater, name="Foreign")
    page = client.get(reverse("admin:events_show_edit_prices", args=[show.pk]), {"template": foreign.pk})
    assert page.context["fit"] is None
    assert "Foreign" not in page.content.decode()
    assert client.get(reverse("admin:events_pricetemplate_edit_template", args=[foreign.pk])).status_code in (403, 404)
    assert client.post(reverse("admin:events_pricetemplate_edit_template", args=[foreign.pk])).status_code in (403, 404)
