"""A drawer of the box office: what goes in and out, and its count."""

from decimal import Decimal as D  # noqa: N817
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.services.exchange import ExchangeWish, exchange_tickets
from bookings.services.pay import start_payment
from bookings.services.refund import hand_out_refund, settle_refund, waits_in_cash
from box_office.day_end import read_day_end
from box_office.sale import take_money
from box_office.selectors import local_day, read_cash_refunds
from events.models import Show
from payments.drawers import (
    AmountRefused,
    CountDiffers,
    DrawerClosed,
    DrawerShort,
    NoOpenDrawer,
    close_drawer,
    expected_cash,
    find_open_drawer,
    move_cash,
    open_drawer,
)
from payments.models import Drawer, DrawerEntry, Payment, Refund
from testing.bookings import captured, choose, make_hold, open_till
from testing.builders import make_hall, make_show, make_theater
from theaters.models import Theater

pytestmark = pytest.mark.django_db
IN, OUT = DrawerEntry.Kind.PAY_IN, DrawerEntry.Kind.PAY_OUT


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater), price="12.10")


@pytest.fixture
def drawer(theater: Theater, box_office: User) -> Drawer:
    return open_till(box_office, theater)


def sell(show: Show, seller: User, *seats: int, gateway: str = "cash") -> Booking:
    hold = make_hold(show, *seats, channel=Booking.Channel.BOX_OFFICE, made_by=seller)
    return take_money(hold=hold, gateway=gateway, seller=seller)


def refused() -> "pytest.RaisesContext":
    return pytest.raises(IntegrityError)


@pytest.mark.slow
def test_a_day_balances(show: Show, drawer: Drawer, box_office: User):
    for seat in range(3):
        sell(show, box_office, seat)
    sell(show, box_office, 3, gateway="terminal")
    move_cash(drawer=drawer, kind=IN, amount=D("5.05"), reason="change from the bank", by=box_office, key=uuid4())
    move_cash(drawer=drawer, kind=OUT, amount=D(20), reason="flowers", by=box_office, key=uuid4())
    # 100 + 3 × 12.10 + 5.05 − 20; on SQLite these do not add up in binary.
    assert expected_cash(drawer) == D("121.35")
    closed = close_drawer(drawer=drawer, counted=D("121.35"), by=box_office, denominations={"100": 1})
    assert (closed.expected, closed.counted, closed.difference, closed.explanation) == (D("121.35"), D("121.35"), 0, "")
    assert AuditEntry.objects.filter(action="close drawer", theater_id=show.hall.theater_id).count() == 1


def test_a_count_is_blind_and_a_difference_is_explained(show: Show, drawer: Drawer, box_office: User):
    sell(show, box_office, 0)
    with pytest.raises(CountDiffers) as told:
        close_drawer(drawer=drawer, counted=D(110), by=box_office)
    assert told.value.expected == D("112.10")
    # Each try is on record, so that nobody counts until it fits.
    assert AuditEntry.objects.get(action="count drawer").after["counted"] == "110"
    # A sale in between is told again.
    sell(show, box_office, 1)
    with pytest.raises(CountDiffers) as told:
        close_drawer(drawer=drawer, counted=D(110), by=box_office, explanation="lost a coin", expected=D("112.10"))
    assert find_open_drawer(box_office, drawer.theater_id) == drawer
    closed = close_drawer(
        drawer=drawer, counted=D(110), by=box_office, explanation="lost a coin", expected=told.value.expected
    )
    assert (closed.difference, closed.explanation) == (D("-14.20"), "lost a coin")
    assert close_drawer(drawer=drawer, counted=D(1), by=box_office).counted == D(110)


def test_cash_needs_an_open_drawer_of_that_theater(show: Show, box_office: User, other_theater: Theater):
    open_till(box_office, other_theater)
    with pytest.raises(NoOpenDrawer):
        sell(show, box_office, 0)
    booking = Booking.objects.get()
    assert (booking.state, Payment.objects.count()) == (Booking.State.HELD, 0)
    open_till(box_office, show.hall.theater)
    assert take_money(hold=booking, gateway="cash", seller=box_office).state == Booking.State.CONFIRMED
    assert take_money(hold=booking, gateway="cash", seller=box_office).state == Booking.State.CONFIRMED
    assert DrawerEntry.objects.get().payment == captured(booking)


def test_a_closed_drawer_takes_no_cash(show: Show, drawer: Drawer, box_office: User):
    hold = make_hold(show, 0, channel=Booking.Channel.BOX_OFFICE, made_by=box_office)
    close_drawer(drawer=drawer, counted=D(100), by=box_office)
    with pytest.raises(NoOpenDrawer):
        take_money(hold=hold, gateway="cash", seller=box_office)
    with pytest.raises(DrawerClosed):
        move_cash(drawer=drawer, kind=IN, amount=D(1), reason="x", by=box_office, key=uuid4())
    assert take_money(hold=hold, gateway="terminal", seller=box_office, reference="T-1").state == "confirmed"


def test_refunds_in_cash_go_out_of_the_drawer(show: Show, drawer: Drawer, box_office: User, manager: User):
    booking = sell(show, box_office, 0)
    refund = cancel_tickets(booking=booking, by=manager, amount=booking.total)
    assert refund is not None
    assert settle_refund(refund.pk).state == Refund.State.PENDING
    with pytest.raises(NoOpenDrawer):
        hand_out_refund(refund=refund, by=manager)
    assert waits_in_cash(booking)
    for _twice in range(2):
        assert hand_out_refund(refund=refund, by=box_office).state == Refund.State.SUCCEEDED
    assert not waits_in_cash(booking)
    assert expected_cash(drawer) == 100


def test_nothing_goes_out_that_is_not_there(show: Show, drawer: Drawer, box_office: User):
    with pytest.raises(DrawerShort):
        move_cash(drawer=drawer, kind=OUT, amount=D("100.01"), reason="too much", by=box_office, key=uuid4())
    booking = sell(show, box_office, 0)
    refund = cancel_tickets(booking=booking, by=box_office, amount=booking.total)
    assert refund is not None
    move_cash(drawer=drawer, kind=OUT, amount=D("112.10"), reason="to the safe", by=box_office, key=uuid4())
    with pytest.raises(DrawerShort):
        hand_out_refund(refund=refund, by=box_office)
    assert Refund.objects.get().state == Refund.State.PENDING


def test_a_second_click_does_nothing(theater: Theater, drawer: Drawer, box_office: User):
    key = uuid4()
    for _twice in range(2):
        move_cash(drawer=drawer, kind=IN, amount=D(7), reason="coins", by=box_office, key=key)
        assert open_drawer(theater=theater, person=box_office, opening_float=D(5)) == drawer
    assert expected_cash(drawer) == 107


@pytest.mark.parametrize(("currency", "amount"), [("EUR", "1.005"), ("JPY", "1.5"), ("EUR", "-1"), ("EUR", "NaN")])
def test_amounts_are_of_the_currency(box_office: User, currency: str, amount: str):
    theater = make_theater(currency=currency)
    with pytest.raises(AmountRefused):
        open_till(box_office, theater, amount)
    assert not Drawer.objects.exists()


def test_a_currency_without_cents(box_office: User):
    theater = make_theater(currency="JPY")
    show = make_show(hall=make_hall(theater=theater), price="1500")
    drawer = open_till(box_office, theater, "10000")
    sell(show, box_office, 0, 1)
    assert close_drawer(drawer=drawer, counted=D(13000), by=box_office).difference == 0


# What the database itself keeps


def test_one_open_drawer_for_each_person_and_theater(drawer: Drawer, box_office: User):
    with refused(), transaction.atomic():
        Drawer.objects.create(theater=drawer.theater, person=box_office, currency="EUR", opening_float=0)
    close_drawer(drawer=drawer, counted=D(100), by=box_office)
    assert open_till(box_office, drawer.theater) != drawer


@pytest.mark.parametrize(
    "change",
    [
        {"opening_float": D(1)},
        {"closed_at": F("opened_at")},
        {"closed_at": F("opened_at"), "expected": D(99), "counted": D(99)},
        {"closed_at": F("opened_at"), "expected": D(100), "counted": D(99)},
    ],
)
def test_a_drawer_is_not_written_past_its_count(drawer: Drawer, box_office: User, change: dict):
    if len(change) > 1:
        change = {**change, "closed_by": box_office}
    with refused(), transaction.atomic():
        Drawer.objects.filter(pk=drawer.pk).update(**change)


def test_a_closed_drawer_never_changes(drawer: Drawer, box_office: User):
    entry = move_cash(drawer=drawer, kind=IN, amount=D(1), reason="x", by=box_office, key=uuid4())
    close_drawer(drawer=drawer, counted=D(101), by=box_office)
    row = Drawer.objects.filter(pk=drawer.pk)
    for write in (
        lambda: row.update(counted=D(5), explanation="changed my mind"),
        lambda: row.update(closed_at=None, expected=None, counted=None, closed_by=None),
        lambda: row._raw_delete(row.db),
        lambda: DrawerEntry.objects.create(drawer=drawer, kind=IN, amount=1, reason="late", by=box_office),
        lambda: DrawerEntry.objects.filter(pk=entry.pk).update(amount=2),
        entry.delete,
    ):
        with refused(), transaction.atomic():
            write()


def test_cash_moves_through_drawers_alone(show: Show, drawer: Drawer, box_office: User, other_theater: Theater):
    hold = make_hold(show, 0, channel=Booking.Channel.BOX_OFFICE, made_by=box_office)
    payment = start_payment(booking=hold, gateway="cash", return_url="", made_by=box_office).payment
    with refused(), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(
            state=Payment.State.CAPTURED, received_amount=payment.amount, received_currency="EUR"
        )
    with refused(), transaction.atomic():
        Payment.objects.create(
            booking=hold,
            gateway="cash",
            amount=1,
            currency="EUR",
            received_amount=1,
            received_currency="EUR",
            state=Payment.State.CAPTURED,
            key=uuid4(),
        )
    elsewhere = open_till(box_office, other_theater)
    for wrong in ({"drawer": elsewhere, "amount": payment.amount}, {"drawer": drawer, "amount": 1}):
        with refused(), transaction.atomic():
            DrawerEntry.objects.create(kind=DrawerEntry.Kind.SALE, payment=payment, by=box_office, **wrong)
    take_money(hold=hold, gateway="cash", seller=box_office)
    refund = cancel_tickets(booking=hold, by=box_office, amount=hold.total)
    assert refund is not None
    with refused(), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(state=Refund.State.SUCCEEDED)
    # By bank transfer it may: the cash stays where it is.
    Refund.objects.filter(pk=refund.pk).update(
        state=Refund.State.SUCCEEDED, way=Refund.Way.TRANSFER, reference="815", settled_at=timezone.now()
    )
    report = read_day_end(drawer.theater, local_day(timezone.now(), drawer.theater))
    assert [line.label for line in report.refunds] == ["Bank transfer"]
    assert report.is_balanced


@pytest.mark.slow
def test_cash_of_exchanged_tickets_comes_back_out_of_a_drawer(show: Show, drawer: Drawer, box_office: User):
    booking = sell(show, box_office, 0)
    other = make_show(hall=make_hall(theater=drawer.theater), price="12.10")
    wish = ExchangeWish([booking.tickets.get()], other, choose(other, 0))
    exchange_tickets(booking=booking, wish=wish, by=box_office)
    assert expected_cash(drawer) == D("112.10")
    refund = cancel_tickets(booking=booking, by=box_office, amount=D(5))
    assert refund is not None
    assert settle_refund(refund.pk).state == Refund.State.PENDING
    assert read_cash_refunds([drawer.theater]) == [refund]
    hand_out_refund(refund=refund, by=box_office)
    report = read_day_end(drawer.theater, local_day(timezone.now(), drawer.theater))
    assert [(line.label, line.amount) for line in report.refunds] == [("Cash", D(5))]
    assert report.is_balanced, report.checks


def test_the_list_of_drawers_shows_counts_and_is_exported(
    drawer: Drawer, box_office: User, manager: User, other_theater: Theater, client: Client
):
    open_till(box_office, other_theater)
    close_drawer(drawer=drawer, counted=D("98.50"), by=box_office, explanation="=1+1", expected=D(100))
    client.force_login(manager)
    listed = client.get(reverse("admin:payments_drawer_changelist"), {"count": "off"})
    assert list(listed.context["cl"].result_list) == [drawer]
    page = listed.content.decode()
    day = local_day(drawer.opened_at, drawer.theater).isoformat()
    assert "-€1.50" in page or "−€1.50" in page
    assert f"day={day}&amp;person={box_office.pk}" in page
    opened = client.get(reverse("admin:payments_drawer_change", args=[drawer.pk]))
    assert opened["Location"] == reverse("admin:box_office_drawer_closed", args=[drawer.pk])
    export = client.get(reverse("admin:payments_drawer_export"), {"count": "off"})
    lines = b"".join(export.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2
    assert lines[1].endswith(",EUR,100.00,100.00,98.50,-1.50,'=1+1")
    client.force_login(box_office)
    for name in ("changelist", "export"):
        assert client.get(reverse(f"admin:payments_drawer_{name}")).status_code == 403
