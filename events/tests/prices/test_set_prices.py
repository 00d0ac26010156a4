"""Prices of a show: all of them, or none."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, User
from events.errors import InvalidPrices, WrongShowState
from events.models import Price, Show, TicketType
from events.prices.grid import set_prices
from testing.builders import make_hall, make_show, make_theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> Show:
    return make_show(state=Show.State.DRAFT, price="20")


def key(show: Show, name: str = "Adult") -> tuple[int, int]:
    ticket_type = TicketType.objects.get_or_create(theater=show.hall.theater, name=name)[0]
    return show.seat_map.categories.get().pk, ticket_type.pk


def prices_of(show: Show) -> dict[tuple[int, int], Decimal]:
    return {(one.category_id, one.ticket_type_id): one.amount for one in show.prices.all()}


def test_it_works(show: Show, manager: User):
    adult, child = key(show), key(show, "Child")
    set_prices(show=show, prices={adult: Decimal(25), child: Decimal("12.50")}, by=manager)
    show.refresh_from_db()
    assert prices_of(show) == {adult: Decimal(25), child: Decimal("12.50")}
    assert show.lowest_price == Decimal("12.50")
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.before, entry.after) == (
        manager,
        {"Parkett, Adult": "20"},
        {"Parkett, Adult": "25", "Parkett, Child": "12.5"},
    )


def test_what_is_left_out_is_no_longer_sold(show: Show):
    adult, child = key(show), key(show, "Child")
    set_prices(show=show, prices={adult: Decimal(25), child: Decimal(12)}, by=None)
    set_prices(show=show, prices={adult: Decimal(25)}, by=None)
    show.refresh_from_db()
    assert (prices_of(show), show.lowest_price) == ({adult: Decimal(25)}, Decimal(25))
    set_prices(show=show, prices={}, by=None)
    show.refresh_from_db()
    assert (prices_of(show), show.lowest_price) == ({}, None)


def test_a_repeated_call_is_harmless(show: Show):
    prices = {key(show): Decimal(0)}
    set_prices(show=show, prices=prices, by=None)
    pks = set(show.prices.values_list("pk", flat=True))
    set_prices(show=show, prices=prices, by=None)
    assert set(show.prices.values_list("pk", flat=True)) == pks
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("-1", "Parkett, Adult: the price must be zero or more."),
        ("1e12", "Parkett, Adult: the price must be zero or more."),
        ("NaN", "Parkett, Adult: the price must be zero or more."),
        ("12.345", "Parkett, Adult: EUR has no coins that small; did you mean €12.35?"),
    ],
)
def test_a_wrong_amount_is_refused_by_name_and_nothing_changes(show: Show, amount: str, message: str):
    before = prices_of(show)
    with pytest.raises(InvalidPrices) as refusal:
        set_prices(show=show, prices={key(show): Decimal(amount), key(show, "Child"): Decimal("-2")}, by=None)
    assert [str(problem) for problem in refusal.value.problems] == [
        message,
        "Parkett, Child: the price must be zero or more.",
    ]
    assert prices_of(show) == before
    assert not AuditEntry.objects.exists()


def test_other_theaters_and_maps_are_refused(show: Show):
    category, adult = key(show)
    foreign_type = TicketType.objects.create(theater=make_theater(), name="Adult")
    foreign_category = make_hall().seat_maps.get().categories.get()
    for pair in ((category, foreign_type.pk), (foreign_category.pk, adult), (0, 0)):
        with pytest.raises(InvalidPrices, match="does not have"):
            set_prices(show=show, prices={pair: Decimal(1)}, by=None)


def test_a_show_on_sale_keeps_a_price_in_each_category():
    show = make_show()
    with pytest.raises(InvalidPrices, match="The category “Parkett” is on sale and needs a price"):
        set_prices(show=show, prices={}, by=None)
    set_prices(show=show, prices={key(show): Decimal(33)}, by=None)
    assert prices_of(show) == {key(show): Decimal(33)}


@pytest.mark.parametrize("state", [Show.State.ENDED, Show.State.CANCELED])
def test_a_show_that_is_over_keeps_its_prices(state: Show.State):
    show = make_show(state=state)
    before = prices_of(show)
    with pytest.raises(WrongShowState):
        set_prices(show=show, prices={key(show): Decimal(1)}, by=None)
    assert prices_of(show) == before


def test_the_database_itself_refuses_wrong_prices(show: Show):
    price = show.prices.get()
    for write in (
        lambda: Price.objects.filter(pk=price.pk).update(amount=-1),
        lambda: Price.objects.create(show=show, category=price.category, ticket_type=price.ticket_type, amount=1),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
