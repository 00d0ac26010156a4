"""A booking with tickets for several shows: the rules of each hold for its own tickets."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from bookings.errors import NotCancelable, TooManyHolds, TooManyTickets
from bookings.models import Booking, Ticket
from bookings.seating.availability import read_availability
from bookings.services.cancel import cancel_tickets, quote_cancellation
from bookings.services.confirm import confirm_payment
from bookings.services.details import set_details
from bookings.services.limit_holds import Browser, check_limits
from bookings.services.pay import pay_with_token, start_payment
from bookings.services.release_hold import free_lapsed_holds, release_hold
from bookings.services.settle import receive_message, settle_payment
from events.models import Show
from notifications.models import Notification
from payments.gateways.sandbox import SandboxGateway, build_webhook, decide
from payments.models import Payment, SandboxAnswer
from testing.bookings import captured, choose_standing, lapse, make_hold
from testing.builders import make_event, make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def friday(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, standing=5), price="20.00")


@pytest.fixture
def sunday(theater: Theater) -> Show:
    event = make_event("Matinee")
    return make_show(hall=make_hall(theater=theater, standing=5), event=event, in_hours=96, price="15.00")


@pytest.fixture
def hold(friday: Show, sunday: Show, customer) -> Booking:
    return make_hold(
        sunday, 2, customer=customer, areas=choose_standing(sunday, 2), into=make_hold(friday, 0, 1, customer=customer)
    )


@pytest.fixture
def paid(hold: Booking) -> Booking:
    return pay_with_token(booking=hold, gateway="sandbox", token="approve")


def states(booking: Booking, show: Show) -> list[str]:
    return list(booking.tickets.filter(show=show).order_by("pk").values_list("state", flat=True))


def test_one_payment_buys_all(paid: Booking, friday: Show, sunday: Show):
    assert (paid.state, paid.total, captured(paid).amount) == ("confirmed", D(85), D(85))
    assert (states(paid, friday), states(paid, sunday)) == (["issued"] * 2, ["issued"] * 3)


def test_the_policy_of_each_show_decides_about_its_tickets(paid: Booking, friday: Show, sunday: Show, customer):
    Show.objects.filter(pk=friday.pk).update(refunds="never", refund_hours=None, refund_percent=None)
    Show.objects.filter(pk=sunday.pk).update(refund_percent=50)
    now = timezone.now()
    of_friday, of_sunday = (list(paid.tickets.filter(show=show)) for show in (friday, sunday))
    assert quote_cancellation(paid, now=now).by_ticket == dict.fromkeys((one.pk for one in of_sunday), D("7.5"))
    assert quote_cancellation(paid, of_sunday, now=now).amount == D("22.5")
    assert not quote_cancellation(paid, [*of_friday, *of_sunday], now=now).is_allowed
    with pytest.raises(NotCancelable):
        cancel_tickets(booking=paid, tickets=of_friday, by=customer)
    refund = cancel_tickets(booking=paid, by=customer)
    assert refund is not None
    assert refund.amount == D("22.5")
    assert dict(refund.lines.values_list("ticket", "amount")) == {ticket.pk: D("7.5") for ticket in of_sunday}
    paid.refresh_from_db()
    assert (paid.state, states(paid, friday), states(paid, sunday)) == (
        "confirmed",
        ["issued"] * 2,
        ["canceled"] * 3,
    )
    assert sunday.areas.get().taken == 0


def test_a_show_that_moved_gives_back_its_own_tickets_in_full(paid: Booking, friday: Show, sunday: Show):
    Show.objects.update(refunds="never", refund_hours=None, refund_percent=None)
    paid.tickets.filter(show=sunday).update(show_moved_at=timezone.now())
    quote = quote_cancellation(paid, now=timezone.now())
    assert (quote.amount, quote.until) == (D(45), sunday.starts_at)
    assert len(quote.by_ticket) == 3


def test_a_canceled_show_gives_back_its_own_tickets_in_full(paid: Booking, friday: Show, sunday: Show):
    Show.objects.filter(pk=sunday.pk).update(state=Show.State.CANCELED)
    Show.objects.filter(pk=friday.pk).update(refund_percent=10)
    assert quote_cancellation(paid, now=timezone.now()).amount == D(45) + D(4)


def test_letting_go_frees_the_places_of_all_shows(
    hold: Booking, friday: Show, sunday: Show, django_capture_on_commit_callbacks
):
    assert (len(read_availability(friday.pk).taken), len(read_availability(sunday.pk).taken)) == (2, 1)
    with django_capture_on_commit_callbacks(execute=True):
        release_hold(booking=hold)
    assert (read_availability(friday.pk).taken, read_availability(sunday.pk).taken) == ([], [])
    assert sunday.areas.get().taken == 0


def test_the_limit_of_each_show_binds(hold: Booking, friday: Show, sunday: Show, customer):
    Show.objects.filter(pk=sunday.pk).update(tickets_per_customer=3)
    set_details(booking=hold, name="Asha", email="")
    Show.objects.filter(pk=sunday.pk).update(tickets_per_customer=2)
    with pytest.raises(TooManyTickets):
        set_details(booking=hold, name="Asha", email="")


def late(hold: Booking) -> Payment:
    payment = start_payment(booking=hold, gateway="sandbox", return_url="/").payment
    lapse(hold)
    free_lapsed_holds()
    return payment


def test_late_money_takes_the_places_of_all_shows_again(hold: Booking, friday: Show, sunday: Show):
    booking = confirm_payment(payment=late(hold))
    assert booking.state == "confirmed"
    assert (states(booking, friday), states(booking, sunday)) == (["issued"] * 2, ["issued"] * 3)
    assert sunday.areas.get().taken == 2


def test_late_money_buys_nothing_if_one_show_has_lost_a_place(hold: Booking, friday: Show, sunday: Show, rival):
    payment = late(hold)
    make_hold(sunday, 2, customer=rival)
    booking = confirm_payment(payment=payment)
    payment.refresh_from_db()
    assert (booking.state, payment.surplus_reason) == ("expired", "places_gone")
    assert set(booking.tickets.values_list("state", flat=True)) == {Ticket.State.RELEASED}
    assert payment.refunded == D(85)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": Show.State.CANCELED}, "show_canceled"),
        ({"state": Show.State.ENDED}, "off_sale"),
        ({"starts_at": timedelta(hours=-9), "ends_at": timedelta(hours=-7), "doors_at": None}, "show_over"),
    ],
)
def test_money_buys_nothing_once_one_show_is_off(hold: Booking, sunday: Show, change, reason):
    payment = start_payment(booking=hold, gateway="sandbox", return_url="/").payment
    now = timezone.now()
    fields = {name: now + value if isinstance(value, timedelta) else value for name, value in change.items()}
    Show.objects.filter(pk=sunday.pk).update(**fields)
    confirm_payment(payment=payment)
    payment.refresh_from_db()
    assert payment.surplus_reason == reason


def test_a_webhook_that_comes_late_and_again_changes_nothing_of_what_was_canceled(
    hold: Booking, friday: Show, sunday: Show, customer
):
    payment = start_payment(booking=hold, gateway="sandbox", return_url="/").payment
    answer = decide(payment, SandboxAnswer.Decision.APPROVE)
    # The customer's page asked first, and half of what it bought was canceled before the webhook came.
    settle_payment(payment=payment)
    cancel_tickets(booking=hold, tickets=list(hold.tickets.filter(show=sunday)), by=customer)
    for again in range(2):
        message = SandboxGateway().read_webhook(*build_webhook(answer, timezone.now()))
        assert receive_message("sandbox", message) == (not again)
    payment.refresh_from_db()
    assert (payment.state, payment.refunds.get().amount) == ("captured", D(45))
    assert (states(hold, friday), states(hold, sunday)) == (["issued"] * 2, ["canceled"] * 3)
    assert Notification.objects.filter(kind="booking_confirmed").count() == 1


def test_unpaid_holds_count_for_the_show_that_they_keep(friday: Show, sunday: Show):
    """Of six places that a browser keeps, only those of the show itself count against its limit."""
    now = timezone.now()
    hold = make_hold(sunday, 0, 1, 2, 3, into=make_hold(friday, 0, 1))
    Show.objects.update(tickets_per_customer=3)
    friday.refresh_from_db()
    sunday.refresh_from_db()
    browser = Browser(codes=(hold.code,))
    wish = {"customer": None, "email": "", "browser": browser, "lapses_at": now + timedelta(minutes=20), "now": now}
    check_limits(show=friday, quantity=3, **wish)
    with pytest.raises(TooManyHolds):
        check_limits(show=sunday, quantity=3, **wish)
