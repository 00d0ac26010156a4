"""“From” is the price of the default ticket type on every page; a child's price is a reduction."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.models import Price, Show, TicketType
from events.prices.bulk import set_many_prices
from events.prices.changes import PriceChange, change_prices, fingerprint, quote_shows
from events.prices.grid import set_prices
from events.prices.templates import apply_template, save_template
from events.timetable.changes import make_shows, move_unsold
from events.timetable.plans import plan_copies
from mailings.digest import read_offers
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from testing.caches import forget_pages
from theaters.models import SeatCategory, Theater

pytestmark = pytest.mark.django_db


def make_types(theater: Theater) -> tuple[TicketType, TicketType]:
    """Create the child's type before the usual one, which still comes first in the theater's order."""
    child = TicketType.objects.create(theater=theater, name="Child", order=2)
    adult = TicketType.objects.get_or_create(theater=theater, name="Adult", defaults={"order": 1})[0]
    TicketType.objects.filter(pk=adult.pk).update(order=1)
    return adult, child


def make_priced(theater: Theater, **fields: Any) -> Show:
    """Make a show at 16.50, and 8.00 for children."""
    adult, child = make_types(theater)
    show = make_show(hall=make_hall(theater=theater, rows=3), state=Show.State.DRAFT, **fields)
    category = show.seat_map.categories.get()
    prices = {(category.pk, adult.pk): Decimal("16.50"), (category.pk, child.pk): Decimal(8)}
    set_prices(show=show, prices=prices, by=None)
    Show.objects.filter(pk=show.pk).update(state=Show.State.ON_SALE)
    show.refresh_from_db()
    return show


def range_of(show: Show) -> tuple[Decimal | None, Decimal | None]:
    show.refresh_from_db()
    return show.from_price, show.lowest_price


def test_a_category_without_the_first_type_has_another_default(theater: Theater):
    adult, child = make_types(theater)
    show = make_show(hall=make_hall(theater=theater), state=Show.State.DRAFT)
    category = show.seat_map.categories.get()
    set_prices(show=show, prices={(category.pk, child.pk): Decimal(8)}, by=None)
    assert range_of(show) == (8, 8)
    set_prices(show=show, prices={(category.pk, adult.pk): Decimal(20), (category.pk, child.pk): Decimal(8)}, by=None)
    assert range_of(show) == (20, 8)
    set_prices(show=show, prices={}, by=None)
    assert range_of(show) == (None, None)


def raise_prices(show: Show, manager: User) -> Show:
    change = PriceChange(PriceChange.By.AMOUNT, Decimal(1), Decimal(0))
    change_prices(shows=[show], change=change, seen=fingerprint(quote_shows([show], change)), by=manager)
    return show


def use_template(show: Show, manager: User) -> Show:
    types = {kind.name: kind.pk for kind in TicketType.objects.filter(theater=show.hall.theater)}
    prices = {("Parkett", types["Adult"]): Decimal("17.50"), ("Parkett", types["Child"]): Decimal(9)}
    template = save_template(theater=show.hall.theater, name="Usual", prices=prices, by=manager)
    apply_template(template=template, shows=[show], by=manager)
    return show


def set_many(show: Show, manager: User) -> Show:
    prices = {(price.category_id, price.ticket_type_id): price.amount + 1 for price in show.prices.all()}
    set_many_prices(prices={show.pk: prices}, by=manager)
    return show


def copy_day(show: Show, manager: User) -> Show:
    day: date = show.starts_at.astimezone(show.hall.theater.tz).date()
    plan = plan_copies(theater=show.hall.theater, source=[day], target=day + timedelta(days=7))
    (copied,) = make_shows(theater=show.hall.theater, plan=plan, by=manager)
    Price.objects.filter(show=copied).update(amount=1)
    return copied


def move_hall(show: Show, manager: User) -> Show:
    return move_unsold(
        show=show, hall=make_hall(theater=show.hall.theater), starts_at=show.starts_at + timedelta(days=1), by=manager
    )


@pytest.mark.parametrize(
    ("write", "found"),
    [
        (raise_prices, ("17.50", "9")),
        (use_template, ("17.50", "9")),
        (set_many, ("17.50", "9")),
        (copy_day, ("16.50", "8")),
        (move_hall, ("16.50", "8")),
    ],
)
def test_each_way_of_pricing_updates_the_range(
    write: Callable[[Show, User], Show], found: tuple[str, str], theater: Theater, manager: User
):
    assert range_of(write(make_priced(theater), manager)) == tuple(Decimal(amount) for amount in found)


def test_another_order_of_ticket_types_is_another_default(theater: Theater, manager: User):
    show = make_priced(theater)
    client = Client()
    client.force_login(manager)
    child = TicketType.objects.get(name="Child")
    address = reverse("admin:events_tickettype_change", args=[child.pk])
    assert "The first one with a price in a category is the default" in client.get(address).content.decode()
    client.post(address, {"theater": theater.pk, "name": "Child", "order": 0, "sold_on_web": "on"})
    assert range_of(show) == (8, 8)


@pytest.mark.slow
def test_every_page_gives_the_price_of_the_default_type(client: Client, theater: Theater):
    show = make_priced(theater, event=make_event("Hamlet"))
    slug = show.event.slug
    for address in ("/", "/events/", f"/events/{slug}/", f"/theaters/{theater.slug}/", show.get_absolute_url()):
        html = client.get(address).content.decode()
        assert "€16.50" in html, address
        assert "reduced from €8.00" in html, address
        assert "from €8.00" not in html.replace("reduced from €8.00", ""), address
    data = json.loads(client.get(f"/events/{slug}/").content.decode().split('application/ld+json">')[1].split("<")[0])
    offers = [one["offers"] for one in data["@graph"] if "offers" in one]
    assert [one["price"] for one in offers] == ["16.5"]
    (listed,) = client.get("/api/v1/events").json()["items"]
    assert listed["from_prices"] == [{"currency": "EUR", "amount": "16.50", "reduced": "8.00"}]
    assert (listed["lowest_price"], listed["currency"]) == ("8.00", "EUR")
    assert client.get(f"/api/v1/shows/{show.code}").json()["from_price"]["amount"] == "16.50"
    (offer,) = read_offers(theater.city, show.starts_at - timedelta(days=2))
    assert offer.words["price"] == {"amount": "16.500", "currency": "EUR"} or offer.words["price"] == {
        "amount": "16.5",
        "currency": "EUR",
    }


def test_a_price_is_that_of_the_chosen_city_and_of_each_currency(client: Client, theater: Theater):
    event = make_event("Hamlet")
    make_priced(theater, event=event)
    away = make_theater("Far", city=make_city("Mumbai", "Asia/Kolkata"), currency="INR")
    make_show(hall=make_hall(theater=away), event=event, price="400", in_hours=24)
    forget_pages()

    def price(address: str) -> str:
        return client.get(address).content.decode().split('href="#dates"')[1].split("</p>")[0]

    everywhere = price(f"/events/{event.slug}/")
    assert "from ₹400.00" in everywhere
    assert "from €16.50" in everywhere
    vienna = price(f"/events/{event.slug}/?city={theater.city.slug}")
    assert "from €16.50" in vienna
    assert "₹" not in vienna


def test_a_filter_by_price_goes_by_the_same_price(client: Client, theater: Theater):
    make_priced(theater, event=make_event("Hamlet"))
    assert not client.get("/events/?price_max=10").context["page"].events
    assert "Hamlet" in client.get("/events/?price_max=16.50").content.decode()


def test_the_legend_of_the_map_shows_the_default_price(client: Client, theater: Theater):
    show = make_priced(theater)
    dear = SeatCategory.objects.get(seat_map=show.seat_map)
    html = client.get(show.get_absolute_url()).content.decode()
    legend = " ".join(html.split('class="legend__list"')[1].split("</ul>")[0].split())
    assert dear.name in legend
    assert 'data-single-price>€16.50, <span class="nowrap">reduced from €8.00</span></span>' in legend
