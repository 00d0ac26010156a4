"""Several shows in one sale at the counter."""

from decimal import Decimal as D  # noqa: N817
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.errors import NothingChosen
from bookings.models import Booking, Reservation, Ticket, Voucher
from box_office import house_holds, reservations
from box_office.sale import change_lines, find_cart, give_away, hold_at_counter, take_money
from events.models import Price, Show, TicketType
from fiscal.selectors import read_receipts
from payments.models import Payment
from testing.bookings import choose, choose_standing, make_hold, open_till
from testing.builders import make_event, make_hall, make_show
from testing.caches import forget_pages
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db
CART = uuid4().hex


@pytest.fixture
def faust(theater: Theater) -> Show:
    show = make_show(hall=make_hall(theater=theater, rows=2, seats=6), event=make_event("Faust"), in_hours=48)
    child = TicketType.objects.create(theater=theater, name="Child", order=1)
    Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=child, amount=D(8))
    return show


@pytest.fixture
def hamlet(theater: Theater) -> Show:
    """The earlier show."""
    hall = make_hall(theater=theater, rows=2, seats=6, standing=5)
    return make_show(hall=hall, event=make_event("Hamlet"), in_hours=24)


def hold(show: Show, seller: User, *seats: int, **more: Any) -> Booking:
    return hold_at_counter(show=show, seller=seller, cart=CART, seats=choose(show, *seats), **more)


@pytest.fixture
def cart(faust: Show, hamlet: Show, box_office: User) -> Booking:
    hold(faust, box_office, 0, 1)
    return hold(hamlet, box_office, 0, areas=choose_standing(hamlet, 2))


def held(booking: Booking, show: Show) -> int:
    return booking.tickets.live().filter(show=show).count()


def test_one_cart_holds_and_pays_for_several_shows(cart, faust, hamlet, box_office):
    assert Booking.objects.get() == cart == find_cart(box_office, faust.hall.theater_id, CART)
    assert (held(cart, faust), held(cart, hamlet), cart.total) == (2, 3, D(100))
    open_till(box_office, cart.theater)
    sold = take_money(hold=cart, gateway="cash", seller=box_office)
    assert (sold.state, Payment.objects.get().amount) == (Booking.State.CONFIRMED, D(100))
    assert Ticket.objects.issued().count() == 5


def test_a_cart_is_of_one_theater(cart, box_office):
    elsewhere = make_show()
    assert find_cart(box_office, elsewhere.hall.theater_id, CART) is None
    other = hold(elsewhere, box_office, 0)
    assert other != cart
    assert find_cart(box_office, cart.theater_id, CART) == cart


def test_each_show_is_changed_by_itself(cart, faust, hamlet, box_office):
    first, second = cart.tickets.filter(show=faust).order_by("pk")
    child = cart.theater.ticket_types.get(name="Child").pk
    before = set(cart.tickets.filter(show=hamlet).values_list("pk", flat=True))
    standing = cart.tickets.filter(show=hamlet, area__isnull=False).first()
    changed = change_lines(hold=cart, seller=box_office, types={first.pk: child}).booking
    assert (changed, changed.total) == (cart, D(88))
    assert set(cart.tickets.filter(show=hamlet).values_list("pk", flat=True)) == before
    changed = change_lines(hold=cart, seller=box_office, types={second.pk: None, standing.pk: None}).booking
    assert (held(cart, faust), held(cart, hamlet), changed.total) == (1, 2, D(48))


def test_a_show_goes_and_the_others_stay(cart, faust, hamlet, box_office):
    Voucher.objects.create(code="FAUST", theater=cart.theater, event=faust.event, percent=50)
    hold(faust, box_office, 0, 1)
    types = dict.fromkeys(cart.tickets.filter(show=faust).values_list("pk", flat=True))
    changed = change_lines(hold=cart, seller=box_office, types=types)
    assert (held(cart, faust), held(cart, hamlet), changed.booking.total) == (0, 3, D(60))
    assert hamlet.areas.get().taken == 2
    with pytest.raises(NothingChosen):
        change_lines(hold=cart, seller=box_office, types=dict.fromkeys(cart.tickets.values_list("pk", flat=True)))
    assert held(cart, hamlet) == 3


def test_tickets_of_several_shows_are_given_away(cart, faust, hamlet, box_office):
    given = give_away(hold=cart, reason="press", seller=box_office)
    assert (given.kind, given.total, held(given, faust), held(given, hamlet)) == ("complimentary", 0, 2, 3)
    assert Ticket.objects.live().exclude(booking=given).count() == 0


def test_a_reservation_of_several_shows_ends_with_the_first(cart, faust, hamlet, box_office):
    wish = {"hold": cart, "name": "Ada", "phone": "0123", "seller": box_office}
    with pytest.raises(reservations.EndOutOfRange):
        reservations.reserve(until=faust.starts_at, **wish)
    until = reservations.default_until(hamlet, timezone.now())
    reservations.reserve(until=until, **wish)
    assert Reservation.objects.get().booking == cart
    page = signed_in(box_office).get(reverse("admin:box_office_reservations")).content.decode()
    assert page.index("Hamlet") < page.index("Faust")


def test_a_house_hold_of_several_shows_is_sold_and_freed_in_parts(cart, faust, hamlet, box_office):
    house = house_holds.block(hold=cart, reason="patrons", until=None, by=box_office)
    page = signed_in(box_office).get(reverse("admin:box_office_house")).content.decode()
    assert page.index("Hamlet") < page.index("Faust")
    of_faust = set(house.tickets.filter(show=faust).values_list("pk", flat=True))
    standing = house.tickets.filter(show=hamlet, area__isnull=False).first()
    sale = house_holds.sell_from(house=house, tickets=of_faust | {standing.pk}, cart=CART, by=box_office)
    assert (held(sale, faust), held(sale, hamlet), sale.total) == (2, 1, D(60))
    assert (held(house, faust), held(house, hamlet)) == (0, 2)
    assert house_holds.lift(house=house, tickets=None, by=box_office) is None
    assert hamlet.areas.get().taken == 1


@pytest.fixture
def seller(box_office: User) -> Client:
    return signed_in(box_office)


def sale_of(show: Show) -> str:
    return reverse("admin:box_office_sale", args=[show.code])


def send(seller: Client, show: Show, action: str, **fields: Any) -> Any:
    # A test's transaction never commits, so the cache does not learn what was sold.
    forget_pages()
    return seller.post(sale_of(show), {"action": action, "cart": CART, **fields})


def test_the_sale_goes_on_with_another_show(seller, faust, hamlet, box_office):
    adult = faust.hall.theater.ticket_types.get(name="Adult").pk
    send(seller, faust, "best", **{f"quantity-{adult}": 2})
    page = seller.get(f"{sale_of(faust)}?cart={CART}").content.decode()
    shows = f"{reverse('admin:box_office')}?theater={faust.hall.theater.slug}&amp;cart={CART}"
    assert f'href="{shows}"' in page
    page = seller.get(shows.replace("&amp;", "&") + "&q=hamlet").content.decode()
    assert f'href="{sale_of(hamlet)}?cart={CART}"' in page
    assert f'<input type="hidden" name="cart" value="{CART}">' in page
    page = seller.get(f"{sale_of(hamlet)}?cart={CART}").content.decode()
    assert ("Without Faust" in page, "Without Hamlet" in page) == (True, False)
    send(seller, hamlet, "best", **{f"quantity-{adult}": 1})
    page = seller.get(f"{sale_of(hamlet)}?cart={CART}").content.decode()
    assert ("Without Faust" in page, "Without Hamlet" in page, "€66.00" in page or "€60.00" in page) == (True,) * 3
    response = send(seller, hamlet, "pay", gateway="terminal")
    sold = Booking.objects.get(state=Booking.State.CONFIRMED)
    assert "Sold: 3 tickets" in seller.get(response["Location"]).content.decode()
    assert [show["title"] for show in read_receipts(sold)[0].content["shows"]] == ["Hamlet", "Faust"]
    printed = seller.post(reverse("admin:print_tickets", args=[sold.code]), follow=True)
    assert printed["Content-Type"] == "application/pdf"
    # The same form once more, from the page of the other show, leads to the same sale.
    assert f"sold={sold.code}" in send(seller, faust, "pay", gateway="terminal")["Location"]


def test_a_show_is_taken_out_on_the_page(seller, cart, faust, hamlet):
    assert send(seller, hamlet, "change", without=faust.code)["Location"] == f"{sale_of(hamlet)}?cart={CART}"
    assert (held(cart, faust), held(cart, hamlet)) == (0, 3)
    send(seller, faust, "change", without=hamlet.code)
    cart.refresh_from_db()
    assert cart.state == Booking.State.EXPIRED


def test_a_refused_change_of_one_show_keeps_the_cart(seller, cart, faust, hamlet):
    make_hold(hamlet, 5, email="rival@example.com")
    response = send(seller, hamlet, "chosen", seat=[choose(hamlet, 5)[0].seat_id])
    assert response.status_code == 409
    assert (held(cart, faust), held(cart, hamlet)) == (2, 3)


def test_the_statements_of_the_page_do_not_grow_with_shows(seller, cart, faust, hamlet, django_assert_max_num_queries):
    page = f"{sale_of(hamlet)}?cart={CART}"
    seller.get(page)
    with django_assert_max_num_queries(9):
        assert seller.get(page).status_code == 200
