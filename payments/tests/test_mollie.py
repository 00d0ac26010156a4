"""Mollie through its official client, against a double of ours at the HTTP boundary."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.services.pay import pay_with_token, start_payment
from bookings.services.refund import settle_refund
from bookings.services.release_hold import release_hold
from bookings.services.remedy import needing_remedy
from bookings.services.settle import settle_open_payments, settle_payment
from payments.accounts import Keys, add_account, check_account, replace_keys
from payments.errors import GatewayNotOffered, GatewayUnavailable
from payments.gateways import offered_gateways
from payments.models import GatewayAccount, GatewayEvent, Payment, Refund
from payments.tests.mollie_double import MollieDouble
from payments.tests.stripe_double import StripeDouble
from testing.bookings import make_hold
from testing.builders import make_hall, make_show
from testing.console import signed_in
from testing.payment_accounts import make_account
from theaters.models import Theater

pytestmark = pytest.mark.django_db
BACK = "https://tickets.example.org/bookings/X/payment/"
OWN_KEY, NEW_KEY, OTHER_KEY = (f"test_{name}_00000000000000000000" for name in ("own", "new", "other"))


@pytest.fixture
def booking(theater: Theater, customer) -> Booking:
    return make_hold(make_show(hall=make_hall(theater=theater), price="12.50"), 0, 1, customer=customer)


def start(booking: Booking, gateway: str = "mollie") -> Any:
    return start_payment(booking=booking, gateway=gateway, return_url=BACK)


def tell(payment_id: str, url: str = "/webhooks/mollie/") -> Any:
    """Send what Mollie sends: an id, and nothing else."""
    body = urlencode({"id": payment_id})
    return Client(enforce_csrf_checks=True).post(url, body, content_type="application/x-www-form-urlencoded")


def states(payment: Payment) -> tuple[str, str]:
    payment.refresh_from_db()
    payment.booking.refresh_from_db()
    return payment.state, payment.booking.state


@pytest.fixture
def paid(mollie: MollieDouble, booking: Booking) -> Payment:
    payment = start(booking).payment
    mollie.end(payment.reference)
    settle_payment(payment=payment)
    return payment


def cancel(payment: Payment, amount: str | None = None) -> Refund:
    tickets = list(payment.booking.tickets.order_by("pk")[:1]) if amount else None
    refund = cancel_tickets(
        booking=payment.booking, by=payment.booking.customer, tickets=tickets, amount=amount and Decimal(amount)
    )
    assert refund is not None
    return refund


def test_it_leads_to_mollies_page_and_back(mollie: MollieDouble, booking: Booking):
    first = start(booking)
    assert first == start(booking)
    (opened,) = mollie.payments.values()
    assert first.redirect_url == opened["_links"]["checkout"]["href"]
    assert opened["amount"] == {"currency": "EUR", "value": "25.00"}
    assert (opened["redirectUrl"], opened["webhookUrl"]) == (BACK, "https://tickets.example.org/webhooks/mollie/")
    assert opened["metadata"] == {"payment_key": str(first.payment.key), "booking": booking.code}
    settle_payment(payment=first.payment)
    assert states(first.payment) == ("started", "held")
    mollie.end(opened["id"])
    # A second click after the payment leads to the tickets.
    assert start(booking).redirect_url == BACK
    assert states(first.payment) == ("captured", "confirmed")
    with pytest.raises(GatewayNotOffered):
        pay_with_token(booking=booking, gateway="mollie", token="tr_1")


def test_where_mollie_cannot_reach_us_it_is_asked(mollie: MollieDouble, booking: Booking, settings):
    settings.SITE_URL = "http://localhost:8000"
    payment = start(booking).payment
    assert mollie.payments[payment.reference]["webhookUrl"] is None


@pytest.mark.parametrize("cut", ["fails_before", "fails_after"])
def test_an_answer_that_is_lost_opens_no_second_payment(mollie: MollieDouble, booking: Booking, cut: str):
    setattr(mollie, cut, 1)
    with pytest.raises(GatewayUnavailable):
        start(booking)
    assert start(booking).redirect_url
    assert (booking.payments.count(), len(mollie.payments)) == (1, 1)


@pytest.mark.parametrize(
    ("status", "payment_state"),
    [("pending", "started"), ("authorized", "started"), ("failed", "declined"), ("canceled", "abandoned"),
     ("expired", "abandoned")],
)  # fmt: skip
def test_each_end_is_known(mollie: MollieDouble, booking: Booking, status: str, payment_state: str):
    payment = start(booking).payment
    mollie.end(payment.reference, status)
    assert tell(payment.reference).content == b"accepted"
    assert states(payment) == (payment_state, "held")
    if payment_state != "started":
        assert start(booking).payment != payment


def test_the_webhook_is_only_a_hint(mollie: MollieDouble, booking: Booking):
    payment = start(booking).payment
    asked = len(mollie.calls)
    # What strangers send makes us ask nothing, and keep nothing.
    for strange in ("tr_404", "", "tr_", "re_1", "../profiles/me", f"{payment.reference}\0"):
        assert tell(strange).status_code == 400
    assert (len(mollie.calls), GatewayEvent.objects.count()) == (asked, 0)
    # One who knows the id changes nothing that is not so.
    assert tell(payment.reference).status_code == 200
    assert states(payment) == ("started", "held")
    mollie.end(payment.reference)
    mollie.fails_before = 1
    assert tell(payment.reference).status_code == 503
    assert [tell(payment.reference).content for _again in range(2)] == [b"accepted", b"repeated"]
    assert states(payment) == ("captured", "confirmed")
    kept = GatewayEvent.objects.latest("pk")
    assert kept.payload == {"object": payment.reference, "status": "paid", "refunds": [], "chargebacks": []}


def test_a_wrong_amount_buys_nothing(mollie: MollieDouble, booking: Booking):
    payment = start(booking).payment
    mollie.end(payment.reference, amount="24.00")
    tell(payment.reference)
    assert states(payment) == ("surplus", "held")


@pytest.mark.parametrize("is_cancelable", [True, False])
def test_a_hold_that_is_over_closes_its_payment(mollie: MollieDouble, booking: Booking, *, is_cancelable: bool):
    mollie.is_cancelable = is_cancelable
    payment = start(booking).payment
    release_hold(booking=booking)
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert settle_open_payments() == is_cancelable
        if not is_cancelable:
            # By this method it can still be paid, until it expires: the sweep asks on.
            assert states(payment) == ("started", "expired")
            mollie.end(payment.reference, "expired")
            assert settle_open_payments() == 1
    assert states(payment) == ("abandoned", "expired")


def test_money_that_came_first_takes_the_seats_again(mollie: MollieDouble, booking: Booking):
    payment = start(booking).payment
    release_hold(booking=booking)
    # Mollie says that it may be canceled, and it is paid in that moment.
    mollie.end(payment.reference)
    mollie.payments[payment.reference]["isCancelable"] = True
    delete = mollie._route

    def refuse(profile: str, method: str, *rest: Any) -> dict[str, Any]:
        if method == "DELETE":
            mollie.payments[payment.reference]["isCancelable"] = False
        return delete(profile, method, *rest)

    mollie._route = refuse  # type: ignore[method-assign]
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert settle_open_payments() == 1
    del mollie._route
    assert states(payment) == ("captured", "confirmed")


def test_a_refund_is_made_once_and_waits_for_mollie(mollie: MollieDouble, paid: Payment):
    refund = cancel(paid)
    mollie.fails_after = 1
    with pytest.raises(GatewayUnavailable):
        settle_refund(refund.pk)
    mollie.fails_before = 1
    with pytest.raises(GatewayUnavailable):
        settle_refund(refund.pk)
    # After a day, Mollie has forgotten the idempotency key, but not the refund.
    assert settle_refund(refund.pk).state == Refund.State.PENDING
    mollie.answers.clear()
    Refund.objects.filter(pk=refund.pk).update(reference="")
    assert settle_refund(refund.pk).state == Refund.State.PENDING
    (made,) = mollie.refunds[paid.reference]
    assert (made["amount"]["value"], made["metadata"]["refund_key"]) == ("25.00", str(refund.key))
    made["status"] = "refunded"
    assert tell(paid.reference).content == b"accepted"
    refund.refresh_from_db()
    assert (refund.state, refund.reference) == (Refund.State.SUCCEEDED, made["id"])


@pytest.mark.parametrize("end", ["refused", "failed", "canceled", "forgotten"])
def test_a_refund_that_is_not_made_is_owed_again(mollie: MollieDouble, paid: Payment, end: str):
    if end == "refused":
        mollie.refund_in_dashboard(paid.reference, "20.00")
    refund = settle_refund(cancel(paid).pk)
    if end != "refused":
        assert refund.state == Refund.State.PENDING
        made = mollie.refunds[paid.reference]
        made[0]["status"] = end
        if end == "forgotten":
            made.clear()
        refund = settle_refund(refund.pk)
    assert refund.state == Refund.State.FAILED
    paid.refresh_from_db()
    assert paid.refunded == 0


def test_what_went_back_without_us_is_written_down_once(mollie: MollieDouble, paid: Payment):
    ours = settle_refund(cancel(paid, "5").pk)
    mollie.refund_in_dashboard(paid.reference, "7.00")
    for answer in (b"accepted", b"repeated"):
        assert tell(paid.reference).content == answer
    outside = Refund.objects.exclude(pk=ours.pk).get()
    assert (outside.source, outside.amount, outside.state) == ("gateway", 7, "pending")
    mollie.refunds[paid.reference][1]["status"] = "refunded"
    settle_refund(outside.pk)
    outside.refresh_from_db()
    assert (outside.state, list(needing_remedy())) == ("succeeded", [paid])
    chargeback = mollie.charge_back(paid.reference)
    tell(paid.reference)
    taken = Refund.objects.get(source="chargeback")
    assert (taken.state, taken.amount, taken.reference) == ("succeeded", 25, chargeback["id"])
    chargeback["reversedAt"] = "2026-12-01T10:00:00+00:00"
    tell(paid.reference)
    taken.refresh_from_db()
    assert taken.state == "failed"
    paid.refresh_from_db()
    assert paid.refunded == 12


def test_a_theater_has_its_own_account_beside_stripe(
    mollie: MollieDouble, double: StripeDouble, theater: Theater, manager, booking: Booking
):
    mollie.keys |= {OWN_KEY: "pfl_own", NEW_KEY: "pfl_own", OTHER_KEY: "pfl_other"}
    double.keys["sk_test_own_00001111"] = "acct_own"
    page = signed_in(manager).post(
        "/admin/payments/gatewayaccount/add/",
        {"theater": theater.pk, "gateway": "mollie", "key": "sk_test_own_00001111", "webhook_secret": "x"},
    )
    assert "begin with live_" in page.content.decode()
    assert "This gateway has none." in page.content.decode()
    for gateway, keys in (("mollie", Keys(OWN_KEY)), ("stripe", Keys("sk_test_own_00001111", "whsec_1234567890"))):
        make_account(theater, manager, keys.key, gateway=gateway, secret=keys.webhook_secret)
    booking.theater.refresh_from_db()
    assert [str(one.name.label) for one in offered_gateways(booking.theater, booking.due)] == [
        "Card or wallet",
        "Bank, card or wallet",
    ]
    own = GatewayAccount.objects.get(gateway="mollie")
    payment = start(booking).payment
    opened = mollie.payments[payment.reference]
    assert (payment.account, mollie.owners[opened["id"]], opened["webhookUrl"]) == (own, "pfl_own", own.webhook_url)
    replace_keys(account=own, keys=Keys(NEW_KEY), by=manager)
    del mollie.keys[OWN_KEY]
    mollie.end(opened["id"])
    # At the site's address it is nobody's.
    assert tell(opened["id"]).status_code == 400
    assert tell(opened["id"], f"/webhooks/mollie/{own.token}/").content == b"accepted"
    assert states(payment) == ("captured", "confirmed")
    settle_refund(cancel(payment).pk)
    assert len(mollie.refunds[opened["id"]]) == 1


def test_the_test_says_what_is_wrong(mollie: MollieDouble, theater: Theater, manager):
    mollie.keys["live_own_00000000000000000000"] = "pfl_live"
    account = add_account(theater=theater, gateway="mollie", keys=Keys("live_own_00000000000000000000"), by=manager)
    assert account.is_live

    def result() -> str:
        return check_account(account=account, by=manager).test_result

    assert result() == "works"
    mollie.profile_status = "unverified"
    assert result() == "not_active"
    mollie.fails_before = 1
    assert result() == "unreachable"
    mollie.keys.clear()
    assert result() == "refused"


def test_a_key_that_ends_is_noted(mollie: MollieDouble, theater: Theater, manager, booking: Booking):
    mollie.keys[OWN_KEY] = "pfl_own"
    account = make_account(theater, manager, OWN_KEY, gateway="mollie", secret="")
    booking.theater.refresh_from_db()
    mollie.keys.clear()
    with pytest.raises(GatewayUnavailable):
        start(booking)
    assert list(GatewayAccount.objects.failing()) == [account]
