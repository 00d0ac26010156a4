"""The box office by its pages: a day of selling, and who may do what."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal as D  # noqa: N817
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Reservation, Ticket
from bookings.services.cancel import cancel_tickets
from bookings.services.refund import hand_out_refund
from box_office.day_end import read_day_end
from box_office.sale import give_away, hold_at_counter, take_money
from box_office.selectors import local_day
from events.models import Price, Show, TicketType
from payments.drawers import close_drawer, move_cash
from payments.models import BankAccount, Drawer, Payment, Refund
from testing.bank import IBAN
from testing.bookings import choose, make_hold, make_paid, open_till, seats_of
from testing.builders import make_event, make_hall, make_show
from testing.caches import forget_pages
from testing.console import signed_in
from theaters.directory import forget_directory
from theaters.models import Brand, Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    hall = make_hall(theater=theater, rows=2, seats=6, standing=4)
    show = make_show(hall=hall, event=make_event("Faust"), in_hours=2, price="12.10")
    child = TicketType.objects.create(theater=theater, name="Child", order=1)
    Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=child, amount=D("7.05"))
    return show


def sale(show: Show) -> str:
    return reverse("admin:box_office_sale", args=[show.code])


def adult(show: Show) -> int:
    return int(show.hall.theater.ticket_types.order_by("order")[0].pk)


def free_seats(show: Show) -> list[int]:
    taken = set(Ticket.objects.live().filter(show=show).values_list("seat", flat=True))
    return [seat.pk for seat in seats_of(show) if seat.pk not in taken]


class Till:
    """A seller at the screen of one show, as a browser would send it."""

    def __init__(self, user: User, show: Show) -> None:
        self.client, self.show, self.cart = signed_in(user), show, uuid4().hex

    def send(self, action: str, **fields: Any) -> Any:
        # A test's transaction never commits, so the cache does not learn what was sold.
        forget_pages()
        return self.client.post(sale(self.show), {"action": action, "cart": self.cart, **fields})

    def best(self, quantity: int) -> Any:
        return self.send("best", **{f"quantity-{adult(self.show)}": quantity})

    @property
    def hold(self) -> Booking:
        return Booking.objects.get(cart=self.cart, state=Booking.State.HELD)


@pytest.mark.slow
def test_a_day_at_the_counter(show: Show, box_office: User):
    till = Till(box_office, show)
    drawer_page = f"{reverse('admin:box_office_drawer')}?theater={show.hall.theater.slug}"
    begin_the_day(till, drawer_page)
    sell_for_cash(till)
    sell_by_card(till)
    give_to_the_press(till)
    reserve_and_collect(till)
    keep_for_the_house(till)
    count_and_close(till, drawer_page)


def begin_the_day(till: Till, drawer_page: str) -> None:
    show = till.show
    home = till.client.get(reverse("admin:box_office")).content.decode()
    assert "Faust" in home
    assert sale(show) in home
    till.client.post(drawer_page, {"action": "open", "opening_float": "100,00"})
    drawer = Drawer.objects.get()
    assert drawer.opening_float == 100


def sell_for_cash(till: Till) -> None:
    show = till.show
    response = till.best(2)
    assert response["Location"] == f"{sale(show)}?cart={till.cart}"
    page = till.client.get(response["Location"]).content.decode()
    assert "€24.20" in page
    response = till.send("pay", gateway="cash", given="20")
    assert response.status_code == 422
    assert "That is not enough." in response.content.decode()
    response = till.send("pay", gateway="cash", given="50", email="guest@example.com")
    page = till.client.get(response["Location"]).content.decode()
    assert "Change: €25.80" in page
    sold = Booking.objects.get(state=Booking.State.CONFIRMED)
    assert sold.email == "guest@example.com"
    # The same form once more leads to the same sale.
    assert till.send("pay", gateway="cash", given="50")["Location"] == response["Location"]
    assert Payment.objects.count() == 1
    assert reverse("admin:print_tickets", args=[sold.code]) in page
    printed = till.client.post(reverse("admin:print_tickets", args=[sold.code]), follow=True)
    assert printed["Content-Type"] == "application/pdf"
    receipt = till.client.get(reverse("admin:box_office_receipt", args=[sold.code]))
    assert receipt["Content-Type"] == "application/pdf"


def sell_by_card(till: Till) -> None:
    """One place less than asked for at first, and another type."""
    show, till.cart = till.show, uuid4().hex
    till.best(3)
    first, second, _third = till.hold.tickets.order_by("pk")
    child = show.hall.theater.ticket_types.get(name="Child")
    till.send("change", **{f"type-{second.pk}": child.pk, "drop": first.pk})
    assert till.hold.total == D("19.15")
    till.send("pay", gateway="terminal", reference="0815")
    assert Payment.objects.get(gateway="terminal").reference == "0815"


def give_to_the_press(till: Till) -> None:
    """From the map, with standing places."""
    show, till.cart = till.show, uuid4().hex
    area = show.areas.get().area_id
    till.send("chosen", seat=free_seats(show)[-1:], **{f"area-{area}-{adult(show)}": 2})
    assert till.hold.tickets.count() == 3
    assert till.send("give", reason="").status_code == 422
    till.send("give", reason="press")
    assert Booking.objects.get(kind="complimentary").tickets.issued().count() == 3


def reserve_and_collect(till: Till) -> None:
    show, till.cart = till.show, uuid4().hex
    till.best(2)
    until = timezone.localtime(show.starts_at, show.hall.theater.tz) - timedelta(minutes=40)
    assert till.send("reserve", name="Ada", phone="", until="soon").status_code == 422
    BankAccount.objects.create(theater=show.hall.theater, holder="Riverside Theatre", iban=IBAN)
    wish = {"name": "Ada", "phone": "0123 45", "until": f"{until:%Y-%m-%dT%H:%M}", "by_transfer": "on"}
    assert till.send("reserve", **wish).status_code == 422
    till.send("reserve", email="ada@example.com", **wish)
    reservation = Reservation.objects.get()
    assert reservation.booking.payments.get().gateway == "transfer"
    assert "bank transfer by" in till.client.get(reverse("admin:box_office_reservations")).content.decode()
    assert reservation.until == until.replace(second=0, microsecond=0)
    for words, found in (("ada", True), ("bob", False)):
        page = till.client.get(reverse("admin:box_office_reservations"), {"q": words}).content.decode()
        assert (reservation.booking.code in page) is found
    response = till.client.post(
        reverse("admin:box_office_reservations"), {"action": "collect", "code": reservation.booking.code}
    )
    till.cart = response["Location"].partition("cart=")[2]
    assert "Reserved for Ada" in till.client.get(response["Location"]).content.decode()
    till.send("leave")
    assert Booking.objects.get(pk=reservation.pk).expires_at == reservation.until
    till.send("pay", gateway="cash")


def keep_for_the_house(till: Till) -> None:
    """One of the seats is sold after all, the other one freed."""
    show, till.cart = till.show, uuid4().hex
    till.send("chosen", seat=free_seats(show)[:2])
    till.send("block", reason="director", until="")
    house = Booking.objects.get(kind="house")
    assert "director" in till.client.get(f"{sale(show)}?map").content.decode()
    one, other = house.tickets.order_by("pk")
    response = till.client.post(
        reverse("admin:box_office_house"), {"action": "sell", "code": house.code, "ticket": one.pk}
    )
    till.cart = response["Location"].partition("cart=")[2]
    assert till.hold.tickets.get().seat == one.seat
    till.send("clear")
    house = Booking.objects.get(kind="house", state="held")
    till.client.post(
        reverse("admin:box_office_house"), {"action": "lift", "code": house.code, "ticket": house.tickets.get().pk}
    )
    assert not Ticket.objects.live().filter(seat__in=[one.seat, other.seat]).exists()


def count_and_close(till: Till, drawer_page: str) -> None:
    drawer = Drawer.objects.get()
    till.client.post(
        drawer_page, {"action": "move", "kind": "pay_out", "amount": "5.50", "reason": "flowers", "key": str(uuid4())}
    )
    hidden = till.client.get(reverse("admin:box_office_day_end")).content.decode()
    assert "Your drawer is still open" in hidden
    assert "€142.90" not in hidden + till.client.get(drawer_page).content.decode()
    close = reverse("admin:box_office_close", args=[drawer.pk])
    response = till.client.post(close, {"counted": "142"})
    assert response.status_code == 422
    assert "expected €142.90" in response.content.decode()
    response = till.client.post(close, {"counted": "142", "expected": "142.9", "explanation": "a coin fell down"})
    assert "a coin fell down" in till.client.get(response["Location"]).content.decode()
    page = till.client.get(reverse("admin:box_office_day_end")).content.decode()
    assert "Balances with the bookings." in page
    assert "a coin fell down" in page


@pytest.mark.slow
def test_impossible_requests_are_explained(show: Show, box_office: User):
    till = Till(box_office, show)
    assert "Enter how many tickets." in till.best(0).content.decode()
    response = till.best(50)
    assert response.status_code == 409
    assert "There are not that many seats left together." in response.content.decode()
    make_hold(show, 0)
    response = till.send("chosen", seat=[seats_of(show)[0].pk])
    assert response.status_code == 409
    assert "This place is no longer free: Stalls, row A, seat 1." in response.content.decode()
    till.best(2)
    assert "Cash needs an open drawer" in till.send("pay", gateway="cash").content.decode()
    assert till.hold.tickets.count() == 2
    assert till.send("nonsense").status_code == 400
    Show.objects.filter(pk=show.pk).update(sales_close_at=timezone.now())
    other = Till(box_office, show)
    assert other.best(1).status_code == 302


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "pages"),
    [
        ("manager", {"shows", "sale", "reservations", "house", "drawer", "day"}),
        ("box_office", {"shows", "sale", "reservations", "house", "drawer", "day"}),
        ("programmer", {"shows", "sale", "house"}),
        ("accountant", {"day"}),
        ("door_staff", set()),
        ("other_manager", {"shows", "reservations", "house", "drawer", "day"}),
        ("customer", set()),
    ],
)
def test_each_role_opens_its_pages(role: str, pages: set, show: Show, request: pytest.FixtureRequest):
    client = signed_in(request.getfixturevalue(role))
    addresses = {
        "shows": reverse("admin:box_office"),
        "sale": sale(show),
        "reservations": reverse("admin:box_office_reservations"),
        "house": reverse("admin:box_office_house"),
        "drawer": reverse("admin:box_office_drawer"),
        "day": reverse("admin:box_office_day_end"),
    }
    opened = set()
    for name, address in addresses.items():
        response = client.get(address)
        if response.status_code == 200:
            opened.add(name)
            if role == "other_manager":
                assert not re.search(f"Faust|{show.hall.theater.name}", response.content.decode()), name
    assert opened == pages


@pytest.mark.slow
def test_strangers_change_nothing(show: Show, box_office: User, request: pytest.FixtureRequest):
    other_manager, programmer, accountant, door_staff = (
        request.getfixturevalue(role) for role in ("other_manager", "programmer", "accountant", "door_staff")
    )
    theater = show.hall.theater
    drawer = open_till(box_office, theater)
    hold = hold_at_counter(show=show, seller=box_office, cart="a" * 32, seats=choose(show, 0))
    sold = take_money(hold=hold, gateway="cash", seller=box_office)
    for stranger in (other_manager, door_staff):
        till = Till(stranger, show)
        assert till.best(2).status_code == 404
        for name in ("receipt", "send"):
            address = reverse(f"admin:box_office_{name}", args=[sold.code])
            assert till.client.post(address).status_code in (403, 404, 405)
            assert till.client.get(address).status_code in (403, 404, 405)
        for name in ("close", "drawer_closed"):
            assert till.client.get(reverse(f"admin:box_office_{name}", args=[drawer.pk])).status_code in (403, 404)
        for name in ("house", "reservations"):
            response = till.client.post(reverse(f"admin:box_office_{name}"), {"code": sold.code, "action": "lift"})
            assert response.status_code in (403, 404)
        page = till.client.get(reverse("admin:box_office_day_end"), {"theater": theater.slug})
        assert page.status_code in (403, 404)
    # Programmers keep seats for the house and take no money.
    till = Till(programmer, show)
    till.best(2)
    for action in ("pay", "reserve", "give"):
        assert till.send(action, gateway="terminal", reason="x").status_code == 403
    assert till.send("block", reason="stage", until="").status_code == 302
    # Accountants look at the day and count no drawer.
    client = signed_in(accountant)
    assert client.post(reverse("admin:box_office_close", args=[drawer.pk]), {"counted": "1"}).status_code == 404
    assert Booking.objects.filter(state="confirmed").get() == sold


@pytest.mark.slow
def test_a_seller_sees_their_own_day_and_no_other(show: Show, box_office: User, manager: User):
    till = open_till(manager, show.hall.theater)
    hold = hold_at_counter(show=show, seller=manager, cart="a" * 32, seats=choose(show, 0, 1))
    take_money(hold=hold, gateway="cash", seller=manager)
    close_drawer(drawer=till, counted=D("124.20"), by=manager)
    address = reverse("admin:box_office_day_end")
    assert "€24.20" not in signed_in(box_office).get(address, {"person": manager.pk}).content.decode()
    closed = reverse("admin:box_office_drawer_closed", args=[till.pk])
    assert signed_in(box_office).get(closed).status_code == 404
    page = signed_in(manager).get(address, {"person": manager.pk})
    assert "€24.20" in page.content.decode()
    # What is printed begins with whose it is.
    theater = show.hall.theater
    Theater.objects.filter(pk=theater.pk).update(brand=Brand.objects.create(name="Riverside Players", slug="riverside"))
    forget_directory()
    for printed in (address, closed):
        page = signed_in(manager).get(printed).content.decode()
        assert '<p class="bo-letterhead"><bdi>Riverside Players</bdi></p>' in page


def one(sql: str, *parameters: object) -> D:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return D(str(cursor.fetchone()[0] or 0)).quantize(D("0.01"))


@pytest.mark.slow
def test_the_day_end_is_what_the_tables_say(show: Show, box_office: User, manager: User, other_theater: Theater):
    """Sums by SQL of the test's own, over a day with everything in it."""
    theater = show.hall.theater
    drawers = [open_till(box_office, theater), open_till(manager, theater, "50.05")]
    sales = []
    for number, (seller, gateway) in enumerate(
        [(box_office, "cash"), (manager, "cash"), (box_office, "terminal"), (box_office, "cash")]
    ):
        hold = hold_at_counter(
            show=show, seller=seller, cart=f"{number:032}", seats=choose(show, 2 * number, 2 * number + 1)
        )
        sales.append(take_money(hold=hold, gateway=gateway, seller=seller))
    make_paid(show, 8, email="web@example.com")
    free = hold_at_counter(show=show, seller=manager, cart="f" * 32, seats=choose(show, 9))
    give_away(hold=free, reason="press", seller=manager)
    refund = cancel_tickets(booking=sales[0], tickets=[sales[0].tickets.first()], by=manager, amount=D("10.07"))
    hand_out_refund(refund=refund, by=box_office)
    move_cash(drawer=drawers[1], kind="pay_out", amount=D("3.33"), reason="stamps", by=manager, key=uuid4())
    close_drawer(drawer=drawers[0], counted=D("138.33"), by=box_office)
    # Another theater and another day are no part of it.
    elsewhere = make_show(hall=make_hall(theater=other_theater))
    make_paid(elsewhere, 0, email="web@example.com")
    before = make_paid(show, 10, email="early@example.com")
    Payment.objects.filter(booking=before).update(captured_at=timezone.now() - timedelta(days=2))

    day = local_day(timezone.now(), theater)
    report = read_day_end(theater, day)
    assert report.is_balanced, report.checks
    where = (
        "FROM payments_payment p JOIN bookings_booking b ON b.id = p.booking_id "
        "WHERE b.theater_id = %s AND p.state = 'captured' AND b.id <> %s"
    )
    assert report.taken == one(f"SELECT SUM(p.amount) {where}", theater.pk, before.pk) == D("108.90")
    taken = {line.label: (line.count, line.amount) for line in report.takings}
    assert taken["Cash"] == (3, D("72.60"))
    for label, gateway in (("Cash", "cash"), ("Card terminal", "terminal")):
        assert taken[label][1] == one(
            f"SELECT SUM(p.amount) {where} AND p.gateway = %s", theater.pk, before.pk, gateway
        )
    assert report.given_back == one("SELECT SUM(amount) FROM payments_refund WHERE state = 'succeeded'") == D("10.07")
    assert sum(line.count for line in report.by_type) == 9
    assert report.complimentary == 1
    assert [(line.drawer.person, line.expected) for line in report.drawers] == [
        (box_office, D("138.33")),
        (manager, D("70.92")),
    ]
    assert one(
        "SELECT d.opening_float + SUM(CASE WHEN e.kind IN ('sale', 'pay_in') THEN e.amount ELSE -e.amount END) "
        "FROM payments_drawer d JOIN payments_drawerentry e ON e.drawer_id = d.id WHERE d.id = %s "
        "GROUP BY d.opening_float",
        drawers[1].pk,
    ) == D("70.92")
    # The parts of all people and of the web add up to the whole.
    parts = [read_day_end(theater, day, person=person) for person in (box_office, manager)]
    assert all(part.is_balanced for part in parts)
    assert [part.taken for part in parts] == [D("72.60"), D("24.20")]
    # A cash refund belongs to the drawer that it came from, regardless of who decided it.
    assert [part.given_back for part in parts] == [D("10.07"), 0]
    assert not read_day_end(theater, day - timedelta(days=1)).takings
    assert Refund.objects.get().state == Refund.State.SUCCEEDED

    response = signed_in(manager).get(reverse("admin:box_office_day_end"), {"format": "csv"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    amounts = {(row[0], row[1]): row[3] for row in rows}
    assert amounts["Takings", "Cash"] == "72.60"
    assert re.match(r"attachment; filename=\"day-end-", response["Content-Disposition"])


@pytest.mark.slow
def test_the_statements_of_the_pages_do_not_grow(
    show: Show, box_office: User, manager: User, django_assert_max_num_queries: Any
):
    theater = show.hall.theater
    open_till(box_office, theater)
    for number in range(4):
        hold = hold_at_counter(show=show, seller=box_office, cart=f"{number:032}", seats=choose(show, number))
        take_money(hold=hold, gateway="cash", seller=box_office)
        make_show(hall=make_hall(theater=theater), in_hours=1)
    clients = signed_in(box_office), signed_in(manager)
    for client, name, most in (
        # The last one reads the next shows, on an evening that has none left.
        (clients[0], "box_office", 10),
        (clients[0], "box_office_reservations", 5),
        (clients[0], "box_office_house", 6),
        (clients[0], "box_office_drawer", 8),
        (clients[1], "box_office_day_end", 21),
    ):
        with django_assert_max_num_queries(most):
            assert client.get(reverse(f"admin:{name}")).status_code == 200, name
    clients[0].get(sale(show))
    with django_assert_max_num_queries(6):
        clients[0].get(sale(show))


def test_the_most_that_a_cart_holds_is_held_from_the_map_at_once(theater: Theater, box_office: User):
    """Each seat with its ticket type, as the map sends them."""
    show = make_show(hall=make_hall(theater=theater, rows=20, seats=25), in_hours=2)
    till, seats = Till(box_office, show), free_seats(show)
    types = {f"type-{seat}": adult(show) for seat in seats}
    assert till.send("chosen", seat=seats, **types).status_code == 302
    assert till.hold.tickets.count() == len(seats) == 500
    till.send("block", reason="school groups", until="")
    assert Booking.objects.get(kind="house").tickets.count() == 500
    assert "One cart holds up to 500 tickets." in till.client.get(f"{sale(show)}?map").content.decode()
