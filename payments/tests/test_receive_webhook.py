"""Webhooks: genuine ones act once, however often they come; others not at all."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bookings import webhooks
from bookings.models import Booking
from bookings.services import confirm
from bookings.services.deliver_webhook import deliver_sandbox_webhook
from bookings.services.pay import start_payment
from bookings.services.release_hold import release_hold
from events.models import Show
from notifications.models import Notification
from payments.gateways import sandbox
from payments.gateways.sandbox import REPLAY_SECONDS, SIGNATURE_HEADER, build_webhook, decide
from payments.models import GatewayEvent, Payment, SandboxAnswer
from testing.bookings import make_hold
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db
URL = "/webhooks/sandbox/"
Decision = SandboxAnswer.Decision


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater))


@pytest.fixture
def payment(show: Show, customer) -> Payment:
    booking = make_hold(show, 0, customer=customer)
    return start_payment(booking=booking, gateway="sandbox", return_url="https://a.example/").payment


def post(body: bytes, headers: dict[str, str], url: str = URL):
    # With checks, to see that a webhook needs no CSRF token.
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    return client.post(url, data=body, content_type="application/json", headers=headers)


def states(payment: Payment) -> tuple[str, str]:
    payment.refresh_from_db()
    payment.booking.refresh_from_db()
    return payment.state, payment.booking.state


def test_it_confirms_before_the_customer_is_back_and_twice_is_once(payment: Payment):
    body, headers = build_webhook(decide(payment, Decision.APPROVE), timezone.now())
    assert (post(body, headers).content, states(payment)) == (b"accepted", ("captured", "confirmed"))
    answer = post(body, headers)
    assert (answer.status_code, answer.content) == (200, b"repeated")
    assert GatewayEvent.objects.count() == 1
    assert Notification.objects.filter(kind="booking_confirmed").count() == 1


def test_it_declines(payment: Payment):
    body, headers = build_webhook(decide(payment, Decision.DECLINE), timezone.now())
    assert post(body, headers).status_code == 200
    assert states(payment) == ("declined", "held")


@pytest.mark.slow
def test_one_that_comes_late_takes_the_seat_again(payment: Payment):
    body, headers = build_webhook(decide(payment, Decision.LATER), timezone.now())
    release_hold(booking=payment.booking)
    assert post(body, headers).status_code == 200
    assert states(payment) == ("captured", "confirmed")


def test_a_false_signature_is_refused_and_nothing_happens(payment: Payment, settings):
    now = timezone.now()
    answer = decide(payment, Decision.APPROVE)
    body, headers = build_webhook(answer, now)
    old = build_webhook(answer, now - timedelta(seconds=REPLAY_SECONDS + 5))
    early = build_webhook(answer, now + timedelta(seconds=REPLAY_SECONDS + 5))
    settings.SANDBOX_WEBHOOK_SECRET = "another"
    foreign = build_webhook(answer, now)
    settings.SANDBOX_WEBHOOK_SECRET = settings.SECRET_KEY
    changed = json.dumps({**json.loads(body), "amount": 1}).encode()
    signature = headers[SIGNATURE_HEADER]
    for forged, with_headers in [
        (changed, headers),
        old,
        early,
        foreign,
        (body, {}),
        (body, {SIGNATURE_HEADER: "nonsense"}),
        (body, {SIGNATURE_HEADER: signature[:-1]}),
        (body, {SIGNATURE_HEADER: signature.replace("t=", "t=1")}),
    ]:
        assert post(forged, with_headers).status_code == 400
    assert states(payment) == ("started", "held")
    assert not GatewayEvent.objects.exists()
    assert post(body, headers).status_code == 200


def test_an_unreadable_body_is_refused_even_when_signed(payment: Payment, settings):
    now = int(timezone.now().timestamp())
    for body in (b"{}", b"[]", b"\xff", b"null", b'{"id": 1, "payment": "x"}'):
        headers = {SIGNATURE_HEADER: f"t={now},v1={sandbox._sign(now, body)}"}
        assert post(body, headers).status_code == 400


def test_one_that_is_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr(webhooks, "MAX_WEBHOOK_BYTES", 10)
    assert post(b"x" * 11, {}).status_code == 413


def test_only_posts_to_gateways_that_there_are():
    assert Client().get(URL).status_code == 405
    assert post(b"{}", {}, "/webhooks/nonsense/").status_code == 404


@pytest.mark.parametrize("gateway", ["cash", "terminal", "stripe"])
def test_gateways_that_send_none_refuse_all(gateway: str):
    assert post(b"{}", {}, f"/webhooks/{gateway}/").status_code == 400


def test_the_sandbox_hears_nothing_where_it_is_not_offered(payment: Payment, settings):
    body, headers = build_webhook(decide(payment, Decision.APPROVE), timezone.now())
    settings.PAYMENT_GATEWAYS = ["stripe"]
    assert post(body, headers).status_code == 400
    assert states(payment) == ("started", "held")


def test_news_about_an_unknown_payment_is_no_error(payment: Payment):
    body, headers = build_webhook(decide(payment, Decision.APPROVE), timezone.now())
    SandboxAnswer.objects.all().delete()
    Payment.objects.all().delete()
    answer = post(body, headers)
    assert (answer.status_code, answer.content) == (200, b"unknown")
    assert not GatewayEvent.objects.exists()


def test_after_a_failure_of_ours_the_next_try_finds_everything_as_before(payment: Payment, monkeypatch):
    body, headers = build_webhook(decide(payment, Decision.APPROVE), timezone.now())

    def fail(booking: Booking) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(confirm.messages, "notify_confirmed", fail)
        assert post(body, headers).status_code == 500
    assert states(payment) == ("started", "held")
    assert not GatewayEvent.objects.exists()
    assert post(body, headers).content == b"accepted"
    assert states(payment) == ("captured", "confirmed")


def test_the_sandbox_delivers_directly_if_it_cannot_post(payment: Payment, settings):
    settings.SITE_URL = "http://127.0.0.1:9"
    decide(payment, Decision.APPROVE)
    assert deliver_sandbox_webhook(payment.key) == "handed in"
    assert states(payment) == ("captured", "confirmed")
    assert deliver_sandbox_webhook(payment.key) == "repeated"


@pytest.mark.django_db(transaction=True)
def test_the_sandbox_posts_to_our_own_address(live_server, settings, theater: Theater, customer):
    settings.SITE_URL = live_server.url
    booking = make_hold(make_show(hall=make_hall(theater=theater)), 0, customer=customer)
    payment = start_payment(booking=booking, gateway="sandbox", return_url="https://a.example/").payment
    decide(payment, Decision.APPROVE)
    assert deliver_sandbox_webhook(payment.key) == "accepted"
    assert states(payment) == ("captured", "confirmed")
    assert deliver_sandbox_webhook(payment.key) == "repeated"
