"""The sandbox's own page: every answer that a bank may give, and the way back."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from bookings.models import Booking
from bookings.services.pay import pay_with_token, start_payment
from bookings.services.settle import settle_payment
from lib import jobs
from payments.gateways import sandbox
from payments.models import Payment, SandboxAnswer
from testing.bookings import make_hold
from testing.builders import make_event, make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db
BACK = "https://testserver/back/"


@pytest.fixture
def booking(theater: Theater, customer) -> Booking:
    show = make_show(hall=make_hall(theater=theater), event=make_event("शाकुन्तल"))
    return make_hold(show, 0, 1, customer=customer)


@pytest.fixture
def url(booking: Booking) -> str:
    return start_payment(booking=booking, gateway="sandbox", return_url=BACK).redirect_url


@pytest.fixture
def scheduled(monkeypatch) -> list[tuple[str, float]]:
    calls: list[tuple[str, float]] = []
    monkeypatch.setattr(
        jobs.current_app,
        "send_task",
        lambda name, args, countdown, **options: calls.append((args[0], countdown)),
    )
    return calls


def test_it_shows_the_amount_due(client: Client, url: str, booking: Booking):
    response = client.get(url)
    assert response.status_code == 200
    page = response.content.decode()
    for text in ("€40.00", booking.code, "शाकुन्तल", "Riverside", "Approve", "Decline", "Answer later", "Never answer"):
        assert text in page
    assert 'style="' not in page
    assert "<script>" not in page


def test_approval_leads_back_and_a_webhook_follows(client: Client, url: str, booking: Booking, scheduled):
    response = client.post(url, {"decision": "approve"})
    assert (response.status_code, response["Location"]) == (302, BACK)
    payment = booking.payments.get()
    assert scheduled == [(str(payment.key), 0)]
    # The page decides nothing by itself: the way back asks, or the webhook tells.
    assert payment.state == Payment.State.STARTED
    assert settle_payment(payment=payment).state == Payment.State.CAPTURED


@pytest.mark.parametrize("answer", [("decline", 1, "declined"), ("later", 1, "started"), ("never", 0, "started")])
def test_every_other_answer_leads_back_too(url: str, booking: Booking, scheduled, answer: tuple[str, int, str]):
    decision, webhooks, state = answer
    assert Client().post(url, {"decision": decision})["Location"] == BACK
    assert len(scheduled) == webhooks
    assert settle_payment(payment=booking.payments.get()).state == state
    booking.refresh_from_db()
    assert booking.state == Booking.State.HELD


def test_later_is_later(client: Client, url: str, scheduled):
    client.post(url, {"decision": "later"})
    assert scheduled[0][1] > 0


def test_a_token_for_later_is_followed_by_a_webhook(booking: Booking, scheduled):
    pay_with_token(booking=booking, gateway="sandbox", token="later")
    assert scheduled == [(str(booking.payments.get().key), sandbox.LATER_SECONDS)]


def test_the_first_decision_stands_and_is_shown(client: Client, url: str, booking: Booking):
    client.post(url, {"decision": "decline", "refuses_refunds": "on"})
    client.post(url, {"decision": "approve"})
    answer = SandboxAnswer.objects.get()
    assert (answer.decision, answer.refuses_refunds) == ("decline", True)
    page = client.get(url).content.decode()
    assert "This payment was declined." in page
    assert BACK in page
    assert "Approve" not in page


def test_a_decision_may_come_after_no_answer(client: Client, url: str, booking: Booking):
    client.post(url, {"decision": "never"})
    client.post(url, {"decision": "approve"})
    assert settle_payment(payment=booking.payments.get()).state == Payment.State.CAPTURED


def test_an_answer_that_there_is_not_is_explained(client: Client, url: str):
    response = client.post(url, {"decision": "perhaps"})
    assert response.status_code == 400
    assert "Choose one of these answers." in response.content.decode()
    assert not SandboxAnswer.objects.exists()


def test_it_leads_to_nowhere_that_we_did_not_choose(client: Client, url: str, booking: Booking):
    path = urlsplit(url).path
    for back in ("", "?back=https://evil.example/", "?back=" + url.split("back=")[1] + "x"):
        response = client.post(path + back, {"decision": "never"})
        assert response["Location"] == booking.get_absolute_url()


def test_it_needs_a_token_against_forged_posts(url: str):
    assert Client(enforce_csrf_checks=True).post(url, {"decision": "approve"}).status_code == 403
    assert not SandboxAnswer.objects.exists()


def test_it_is_there_only_for_its_own_payments(client: Client, url: str, booking: Booking, settings):
    unknown = "/pay/sandbox/00000000-0000-0000-0000-000000000000/"
    assert client.get(unknown).status_code == 404
    foreign = Payment.objects.create(booking=booking, gateway="stripe", amount=1, currency="EUR", key=unknown[13:-1])
    assert client.get(f"/pay/sandbox/{foreign.key}/").status_code == 404
    settings.PAYMENT_GATEWAYS = ["stripe"]
    assert client.get(url).status_code == 404
    assert client.post(url, {"decision": "approve"}).status_code == 404
