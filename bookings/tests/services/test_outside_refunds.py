"""Money that goes back without us is in the books, the story and the list, until staff decide."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.errors import ReasonMissing
from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.services.deliver_webhook import deliver_sandbox_event
from bookings.services.exchange import ExchangeWish, exchange_tickets
from bookings.services.outside_refunds import accept_outside, open_outside
from bookings.services.pay import start_payment
from bookings.services.refund import apply_refund_outcome, settle_refund
from bookings.services.remedy import find_remedies, give_back, needing_remedy, open_failures
from bookings.services.settle import receive_message
from bookings.story import read_story
from box_office.day_end import read_day_end
from events.models import Show
from lib import jobs
from notifications.models import Notification
from payments.gateways import sandbox
from payments.gateways.base import RefundOutcome, RefundStatus
from payments.gateways.sandbox import OUTSIDE_EVENTS, SandboxGateway, schedule_outside
from payments.models import GatewayEvent, Payment, Refund, SandboxAnswer
from testing.bookings import captured, choose, make_hold, make_paid
from testing.builders import make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db
Bank = Callable[..., None]


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater))


@pytest.fixture
def paid(show: Show, customer: User) -> Payment:
    return captured(make_paid(show, 0, 1, customer=customer))


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Bank:
    """Let something happen at the bank, and its webhook come twice."""
    sent: list[dict[str, object]] = []
    monkeypatch.setattr(jobs.current_app, "send_task", lambda name, args, **options: sent.append(args[0]))

    def act(payment: Payment, kind: str, amount: str = "40") -> None:
        schedule_outside(payment, kind, Decimal(amount))
        event = sent.pop()
        body, headers = sandbox.sign_event(event, timezone.now())
        for answer in (b"accepted", b"repeated"):
            said = Client().post("/webhooks/sandbox/", body, content_type="application/json", headers=headers)
            assert said.content == answer

    return act


def told(kind: str) -> int:
    return Notification.objects.filter(kind=kind, channel="email").count()


def states(payment: Payment) -> tuple[Decimal, Decimal, bool]:
    """Return what went back, what is left, and whether it needs somebody."""
    payment.refresh_from_db()
    return payment.refunded, payment.left, needing_remedy().filter(pk=payment.pk).exists()


@pytest.mark.slow
def test_a_refund_at_the_gateway_is_in_the_books_and_needs_a_decision(
    paid: Payment, show: Show, bank: Bank, manager: User
):
    bank(paid, "refund.made", "15")
    refund = Refund.objects.get()
    assert (refund.source, refund.state, refund.amount) == ("gateway", "succeeded", 15)
    assert states(paid) == (15, 25, True)
    assert (told("booking_refunded"), told("staff_alert")) == (1, 1)
    theater = show.hall.theater
    day = read_day_end(theater, timezone.localtime(timezone=theater.tz).date())
    assert (day.given_back, day.is_balanced) == (15, True)
    story = read_story(paid.booking, timezone.now())
    assert story.balance.refunded == 15
    assert [entry.open_payment for entry in story.entries if "own pages" in entry.title] == [paid.pk]
    client = signed_in(manager)
    today = client.get(reverse("admin:index")).content.decode()
    remedy = reverse("admin:payments_payment_remedy", args=[paid.pk])
    assert "taken back at the gateway" in today
    assert remedy in today
    page = client.get(remedy).content.decode()
    assert "Made in the gateway’s own pages" in page
    form = {"remedy": "keep", "reason": "A friend of the house", "outside": refund.pk}
    client.post(remedy, form)
    assert states(paid) == (15, 25, False)
    assert paid.booking.tickets.issued().count() == 2
    assert "taken back at the gateway" not in client.get(reverse("admin:index")).content.decode()


@pytest.mark.slow
def test_a_chargeback_is_on_its_way_until_it_is_decided(paid: Payment, bank: Bank, manager: User):
    bank(paid, "chargeback.opened")
    assert states(paid) == (40, 0, True)
    assert read_story(paid.booking, timezone.now()).balance.refund_pending == 40
    bank(paid, "chargeback.lost")
    assert states(paid) == (40, 0, True)
    assert read_story(paid.booking, timezone.now()).balance.refunded == 40
    assert Refund.objects.get().state == Refund.State.SUCCEEDED
    assert (told("staff_alert"), told("booking_refunded")) == (1, 0)


def test_a_chargeback_that_was_won_is_over(paid: Payment, bank: Bank, manager: User):
    bank(paid, "chargeback.opened")
    bank(paid, "chargeback.won")
    assert states(paid) == (0, 40, False)
    assert not open_failures().exists()
    assert told("staff_alert") == 1
    assert "Chargeback of €40.00 won" in [entry.title for entry in read_story(paid.booking, timezone.now()).entries]


def test_a_message_about_the_end_alone_suffices(paid: Payment, bank: Bank):
    bank(paid, "chargeback.won")
    assert not Refund.objects.exists()
    assert states(paid) == (0, 40, False)


def test_staff_cancel_the_tickets_and_nothing_more_is_paid(paid: Payment, bank: Bank, manager: User):
    bank(paid, "chargeback.opened")
    refund = Refund.objects.get()
    with pytest.raises(ReasonMissing):
        accept_outside(refund=refund, by=manager, reason=" ", cancels=True)
    for _again in range(2):
        accept_outside(refund=refund, by=manager, reason="Fraud", cancels=True)
    paid.booking.refresh_from_db()
    assert paid.booking.state == Booking.State.CANCELED
    assert states(paid) == (40, 0, False)
    assert Refund.objects.count() == 1
    assert AuditEntry.objects.filter(action="accept outside refund", by=manager).count() == 1


def test_a_later_cancellation_refunds_only_what_is_left(paid: Payment, bank: Bank, customer: User):
    bank(paid, "refund.made", "30")
    refund = cancel_tickets(booking=paid.booking, by=customer)
    assert refund is not None
    assert refund.amount == 10


@pytest.mark.parametrize("comes_first", ["failure", "refund"])
def test_a_refused_refund_that_was_made_at_the_gateway_is_settled(
    paid: Payment, bank: Bank, customer: User, manager: User, comes_first: str
):
    SandboxAnswer.objects.update(refuses_refunds=True)
    ours = cancel_tickets(booking=paid.booking, by=customer, amount=Decimal(20))
    assert ours is not None
    if comes_first == "failure":
        settle_refund(ours.pk)
        assert states(paid)[2]
    bank(paid, "refund.made", "20")
    if comes_first == "refund":
        settle_refund(ours.pk)
    assert states(paid) == (20, 20, False)
    made = give_back(payment=paid, failed=ours, by=manager, reason="Once more")
    assert (made.source, Refund.objects.count()) == ("gateway", 2)


def test_a_surplus_refunded_at_the_gateway_needs_no_decision(show: Show, customer: User, bank: Bank):
    booking = make_hold(show, 0, customer=customer)
    payment = start_payment(booking=booking, gateway="sandbox", return_url="https://a.example/").payment
    sandbox.decide(payment, SandboxAnswer.Decision.APPROVE, amount=Decimal(19), refuses_refunds=True)
    receive_message(
        "sandbox", SandboxGateway().read_webhook(*sandbox.build_webhook(payment.sandbox_answer, timezone.now()))
    )
    settle_refund(payment.refunds.get().pk)
    assert states(payment) == (0, 19, True)
    bank(payment, "refund.made", "19")
    assert states(payment) == (19, 0, False)


def test_a_bank_may_take_more_than_is_left(paid: Payment, bank: Bank, customer: User):
    refund = cancel_tickets(booking=paid.booking, by=customer, amount=Decimal(30))
    assert refund is not None
    settle_refund(refund.pk)
    bank(paid, "chargeback.opened")
    assert states(paid) == (40, 0, True)
    assert [one.amount for one in find_remedies(paid).outside] == [40]
    bank(paid, "chargeback.won")
    assert states(paid) == (30, 10, False)


@pytest.mark.slow
def test_what_the_bank_takes_belongs_to_the_tickets_in_use(paid: Payment, show: Show, bank: Bank, manager: User):
    later = make_show(hall=show.hall, in_hours=200)
    first, second = paid.booking.tickets.order_by("pk")
    wish = ExchangeWish([first], later, choose(later, 3))
    exchange_tickets(booking=paid.booking, wish=wish, by=manager)
    bank(paid, "chargeback.lost")
    refund = Refund.objects.get(source="chargeback")
    assert states(refund.payment) == (40, 0, True)
    taken = paid.booking.tickets.issued().exclude(pk=second.pk).get()
    assert dict(refund.lines.values_list("ticket", "amount")) == {second.pk: 20, taken.pk: 20}


def test_a_message_before_the_payment_itself_comes_again(show: Show, customer: User, monkeypatch: pytest.MonkeyPatch):
    booking = make_hold(show, 0, customer=customer)
    payment = start_payment(booking=booking, gateway="sandbox", return_url="https://a.example/").payment
    sent: list[dict[str, object]] = []
    monkeypatch.setattr(jobs.current_app, "send_task", lambda name, args, **options: sent.append(args[0]))
    schedule_outside(payment, "refund.made", Decimal(20))
    body, headers = sandbox.sign_event(sent[0], timezone.now())
    post = lambda: Client().post("/webhooks/sandbox/", body, content_type="application/json", headers=headers)  # noqa: E731
    assert post().status_code == 503
    assert not GatewayEvent.objects.exists()
    answer = sandbox.decide(payment, SandboxAnswer.Decision.APPROVE)
    receive_message("sandbox", SandboxGateway().read_webhook(*sandbox.build_webhook(answer, timezone.now())))
    assert post().content == b"accepted"
    assert states(payment)[0] == 20


def test_a_refund_that_was_made_and_comes_back_is_owed_again(paid: Payment, customer: User):
    refund = cancel_tickets(booking=paid.booking, by=customer, amount=Decimal(20))
    assert refund is not None
    settle_refund(refund.pk)
    apply_refund_outcome(Refund.objects.get(), RefundOutcome(RefundStatus.FAILED, error="account closed"))
    assert states(paid) == (0, 40, True)


@pytest.mark.parametrize("kind", OUTSIDE_EVENTS)
def test_the_sandbox_walks_every_event(kind: str, paid: Payment, client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jobs.current_app, "send_task", lambda name, args, **options: deliver_sandbox_event(args[0]))
    page = reverse("payments:sandbox", args=[paid.key])
    assert f'value="{kind}"' in client.get(page).content.decode()
    assert client.post(page, {"event": kind, "amount": "x"}).status_code == 400
    assert client.post(page, {"event": kind, "amount": "12.50"}).status_code == 302
    won = kind == "chargeback.won"
    assert states(paid)[0] == (0 if won else Decimal("12.50"))
    assert open_outside().exists() == (not won)


def test_the_database_keeps_what_was_taken(paid: Payment, bank: Bank):
    bank(paid, "refund.made", "15")
    rows = Refund.objects.all()
    twice = {"payment": paid, "amount": 1, "source": "gateway", "key": uuid.uuid4()}
    for write in (
        lambda: Refund.objects.create(**twice, reference=rows.get().reference),
        lambda: Refund.objects.create(**twice),
        lambda: Refund.objects.create(**twice, reference="x", way="cash"),
        lambda: rows.update(source="here"),
        lambda: rows.update(reference="another"),
        lambda: Refund.objects.create(payment=paid, amount=26, key=uuid.uuid4()),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


@pytest.mark.parametrize("role", ["other_manager", "accountant", "door_staff"])
def test_other_roles_may_not_decide(role: str, paid: Payment, bank: Bank, request: pytest.FixtureRequest):
    bank(paid, "refund.made", "15")
    client = signed_in(request.getfixturevalue(role))
    form = {"remedy": "cancel", "reason": "Mine", "outside": Refund.objects.get().pk}
    answer = client.post(reverse("admin:payments_payment_remedy", args=[paid.pk]), form)
    assert answer.status_code in (302, 403, 404)
    assert states(paid)[2]
    assert paid.booking.tickets.issued().count() == 2
