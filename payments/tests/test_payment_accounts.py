"""A theater's own account at a gateway, from its keys to its money."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.services.pay import start_payment
from bookings.services.refund import settle_refund
from bookings.services.release_hold import release_hold
from bookings.services.settle import settle_open_payments, settle_payment
from payments.accounts import (
    AccountNotTested,
    AnotherInUse,
    Keys,
    SecretMissing,
    add_account,
    check_account,
    replace_keys,
    stop_using,
    use_account,
)
from payments.errors import GatewayNotOffered, GatewayUnavailable
from payments.gateways import offered_gateways
from payments.models import GatewayAccount, GatewayEvent, Payment, Reconciliation, Refund
from payments.models.accounts import OLD_SECRET_ACCEPTED_FOR
from payments.tests.stripe_double import StripeDouble
from testing.bookings import make_hold
from testing.builders import make_hall, make_show
from testing.console import signed_in
from testing.payment_accounts import SIGNING_SECRET, make_account
from theaters.models import Theater

pytestmark = pytest.mark.django_db
BACK = "https://marquee.example/bookings/X/payment/"
OWN_KEY, NEW_KEY, OTHER_KEY = "sk_test_own_00001111", "rk_test_own_00002222", "sk_test_other_3333"
OWN_SECRET, NEW_SECRET = SIGNING_SECRET, "whsec_own_secret_5555"
SECRETS = (OWN_KEY, NEW_KEY, OTHER_KEY, OWN_SECRET, NEW_SECRET)


@pytest.fixture(autouse=True)
def _keys(double: StripeDouble) -> None:
    double.keys |= {OWN_KEY: "acct_own", NEW_KEY: "acct_own", OTHER_KEY: "acct_other"}


@pytest.fixture
def account(theater: Theater, manager) -> GatewayAccount:
    return make_account(theater, manager, OWN_KEY)


@pytest.fixture
def booking(theater: Theater, customer) -> Booking:
    return make_hold(make_show(hall=make_hall(theater=theater), price="12.50"), 0, 1, customer=customer)


def start(booking: Booking) -> Payment:
    return start_payment(booking=booking, gateway="stripe", return_url=BACK).payment


def post_webhook(webhook: tuple[bytes, dict[str, str]], account: GatewayAccount | None = None) -> Any:
    url = account.webhook_url.partition("//")[2].partition("/")[2] if account else "webhooks/stripe/"
    body, headers = webhook
    return Client(enforce_csrf_checks=True).post(f"/{url}", body, content_type="application/json", headers=headers)


def state_of(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.state


def url_of(view: str, account: GatewayAccount | None = None) -> str:
    return reverse(f"admin:payments_gatewayaccount_{view}", args=[account.pk] if account else [])


def test_a_manager_sets_an_account_up(double: StripeDouble, theater: Theater, manager, booking: Booking):
    client = signed_in(manager)
    typed = {"theater": theater.pk, "gateway": "stripe", "webhook_secret": ""}
    for wrong in ("pk_test_public_key", "sk_test_日本語日本語日本語", f"{OWN_KEY}\n{OWN_KEY}"):
        assert "secret keys begin with" in client.post(url_of("add"), {**typed, "key": wrong}).content.decode()
    page = client.post(url_of("add"), {**typed, "key": OWN_KEY}, follow=True).content.decode()
    account = GatewayAccount.objects.get()
    assert "…1111" in page
    assert account.webhook_url in page
    assert "first" in client.post(url_of("use", account), follow=True).content.decode()

    client.post(url_of("test", account))
    account.refresh_from_db()
    assert (account.test_result, account.remote_id, account.tested_by) == ("works", "acct_own", manager)
    page = client.post(url_of("use", account), follow=True).content.decode()
    assert "Enter the signing secret" in page
    assert offered_gateways(booking.theater, booking.due)
    assert "begin with whsec_" in client.post(url_of("keys", account), {"webhook_secret": "x"}).content.decode()
    assert "Enter what is to be" in client.post(url_of("keys", account), {}).content.decode()
    client.post(url_of("keys", account), {"webhook_secret": OWN_SECRET})
    page = client.post(url_of("use", account), follow=True).content.decode()
    assert "acct_own Ltd" in page
    assert "in use: customers pay to it" in page
    assert "no money moves" in page
    theater.refresh_from_db()
    assert theater.own_gateways == "stripe"

    pages = (
        page + client.get(url_of("changelist")).content.decode() + client.get(url_of("keys", account)).content.decode()
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM payments_gatewayaccount")
        rows = str(cursor.fetchall())
    log = list(AuditEntry.objects.order_by("pk").values_list("action", "before", "after", "object_name"))
    assert [action for action, *_ in log] == [
        "add payment account",
        "test payment account",
        "replace payment keys",
        "use payment account",
    ]
    for secret in SECRETS:
        assert secret not in pages + rows + str(log) + repr(Keys(secret, secret))
        assert secret[3:] not in pages + rows + str(log)
    # Only its buttons change it.
    assert client.post(url_of("change", account), {"gateway": "stripe"}).status_code == 403


def test_money_goes_to_it_and_back_from_it(double: StripeDouble, account: GatewayAccount, booking: Booking):
    payment = start(booking)
    assert (payment.account, double.owners[payment.reference]) == (account, "acct_own")
    assert start(booking) == payment
    session = double.pay(payment.reference)
    webhook = double.build_webhook("checkout.session.completed", session, secret=OWN_SECRET)
    # At the site's address, and signed by the site at this one, it is a stranger's.
    assert post_webhook(webhook).status_code == 400
    assert post_webhook(double.build_webhook("checkout.session.completed", session), account).status_code == 400
    assert state_of(payment) == "started"
    assert post_webhook(webhook, account).content == b"accepted"
    assert post_webhook(webhook, account).content == b"repeated"
    assert (state_of(payment), GatewayEvent.objects.get().account) == ("captured", account)
    refund = cancel_tickets(booking=payment.booking, by=booking.customer)
    assert refund is not None
    assert settle_refund(refund.pk).state == Refund.State.SUCCEEDED


def test_payments_stay_with_their_account(
    double: StripeDouble, account: GatewayAccount, manager, customer, booking: Booking
):
    paid = start(booking)
    session = double.pay(paid.reference)
    settle_payment(payment=paid)
    theater = account.theater
    show = make_show(hall=theater.halls.get(), in_hours=200)
    left, again = (make_hold(show, seat, customer=customer) for seat in (0, 1))
    open_payment, other_open = start(left), start(again)

    stop_using(account=account, by=manager)
    other = make_account(theater, manager, OTHER_KEY)
    assert (theater.own_gateways, account.pk != other.pk) == ("stripe", True)
    # A hold whose payment was begun begins another one at the account that is in use now.
    again.refresh_from_db()
    assert start(again).account == other
    # Who has an account can sign whatever they like about the payments of another one.
    lie = {**double.sessions[open_payment.reference], "payment_status": "paid", "payment_intent": "pi_lie"}
    forged = double.build_webhook("checkout.session.completed", lie, secret=OWN_SECRET)
    assert (post_webhook(forged, other).content, state_of(open_payment)) == (b"unknown", "started")
    release_hold(booking=left)
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert settle_open_payments() == 2
    assert {state_of(open_payment), state_of(other_open)} == {"abandoned"}
    assert {double.sessions[one.reference]["status"] for one in (open_payment, other_open)} == {"expired"}
    refund = cancel_tickets(
        booking=paid.booking, tickets=list(paid.booking.tickets.all()[:1]), by=customer, amount=Decimal(5)
    )
    assert refund is not None
    # With a new key, too.
    replace_keys(account=account, keys=Keys(NEW_KEY), by=manager)
    del double.keys[OWN_KEY]
    assert settle_refund(refund.pk).state == Refund.State.SUCCEEDED

    # The news of one account do not touch what another one has.
    dispute = double.dispute(session, "lost")
    genuine = double.build_webhook("charge.dispute.closed", dispute, secret=OWN_SECRET)
    assert post_webhook(genuine, other).content == b"unknown"
    assert post_webhook(double.build_webhook("charge.dispute.closed", dispute)).content == b"unknown"
    assert not Refund.objects.filter(source="chargeback").exists()
    assert post_webhook(genuine, account).content == b"accepted"
    assert Refund.objects.filter(source="chargeback", payment=paid).exists()


def test_the_old_secret_is_accepted_for_a_while(
    double: StripeDouble, account: GatewayAccount, manager, booking: Booking
):
    session = {**double.sessions[start(booking).reference], "status": "open"}

    def send(secret: str) -> int:
        webhook = double.build_webhook("checkout.session.completed", session, secret=secret)
        return int(post_webhook(webhook, account).status_code)

    replace_keys(account=account, keys=Keys(webhook_secret=NEW_SECRET), by=manager)
    assert (send(OWN_SECRET), send(NEW_SECRET)) == (200, 200)
    with time_machine.travel(timezone.now() + OLD_SECRET_ACCEPTED_FOR):
        assert (send(OWN_SECRET), send(NEW_SECRET)) == (400, 200)


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (OTHER_KEY, "belongs to another account"),
        ("sk_test_unknown_key", "does not accept this key"),
        ("sk_live_own_00009999", "can’t replace one for real money"),
    ],
)
def test_other_keys_are_refused_and_nothing_changes(account: GatewayAccount, manager, key: str, says: str):
    page = signed_in(manager).post(url_of("keys", account), {"key": key, "webhook_secret": NEW_SECRET})
    assert says in page.content.decode()
    assert key not in page.content.decode()
    account.refresh_from_db()
    assert (account.key, account.webhook_secrets) == (OWN_KEY, [OWN_SECRET])


def test_the_test_says_what_is_wrong(double: StripeDouble, account: GatewayAccount, manager, settings):
    def result() -> str:
        return check_account(account=account, by=manager).test_result

    double.charges_enabled = False
    assert result() == "not_active"
    double.charges_enabled = True
    double.keys[OWN_KEY] = "acct_swapped"
    assert result() == "other_account"
    del double.keys[OWN_KEY]
    assert result() == "refused"
    double.keys[OWN_KEY] = "acct_own"
    double.fails_before = 1
    assert result() == "unreachable"
    settings.SECRET_KEY = "another"
    assert result() == "unreadable"
    account.refresh_from_db()
    # It stays in use: a gateway that is away for a minute stops no sale.
    assert (account.remote_id, account.is_in_use) == ("acct_own", True)


def test_keys_that_cannot_be_decrypted_are_no_error_of_ours(account: GatewayAccount, booking: Booking, settings):
    payment = start(booking)
    settings.ENCRYPTION_KEYS, settings.SECRET_KEY = ["new"], "another"
    with pytest.raises(GatewayUnavailable):
        settle_payment(payment=payment)
    assert post_webhook((b"{}", {}), account).status_code == 503


def test_a_key_that_ends_while_in_use_is_on_today(
    double: StripeDouble, account: GatewayAccount, manager, booking: Booking
):
    del double.keys[OWN_KEY]
    page = signed_in(manager).get(reverse("admin:index")).content.decode()
    assert "in use does not work" not in page
    with pytest.raises(GatewayUnavailable):
        start(booking)
    account.refresh_from_db()
    assert (account.test_result, account.tested_by) == ("refused", None)
    assert "1 payment account in use does not work" in signed_in(manager).get(reverse("admin:index")).content.decode()


def test_only_a_tested_account_is_used_and_one_at_a_time(account: GatewayAccount, theater: Theater, manager):
    other = add_account(theater=theater, gateway="stripe", keys=Keys(OTHER_KEY), by=manager)
    with pytest.raises(AccountNotTested):
        use_account(account=other, by=manager)
    other = check_account(account=other, by=manager)
    with pytest.raises(SecretMissing):
        use_account(account=other, by=manager)
    other = replace_keys(account=other, keys=Keys(webhook_secret=OWN_SECRET), by=manager)
    with pytest.raises(AnotherInUse):
        use_account(account=other, by=manager)
    assert use_account(account=account, by=manager).is_in_use
    theater.refresh_from_db()
    assert theater.own_gateways == "stripe"
    twin = add_account(theater=theater, gateway="stripe", keys=Keys(NEW_KEY), by=manager)
    page = signed_in(manager).post(url_of("test", twin), follow=True).content.decode()
    assert "has that account at the gateway already" in page


def test_without_one_the_platform_decides(double: StripeDouble, theater: Theater, manager, booking: Booking):
    assert [one.name for one in offered_gateways(theater, booking.due)] == ["stripe"]
    payment = start(booking)
    assert (payment.account, double.owners[payment.reference]) == (None, "acct_site")
    Theater.objects.filter(pk=theater.pk).update(uses_site_gateways=False)
    theater.refresh_from_db()
    assert offered_gateways(theater, booking.due) == []
    booking.refresh_from_db()
    booking.theater.refresh_from_db()
    with pytest.raises(GatewayNotOffered):
        start(booking)
    # A manager reads it, and changes nothing there.
    page = signed_in(manager).get(reverse("admin:theaters_theater_change", args=[theater.pk])).content.decode()
    assert "through the site’s accounts" in page
    assert 'name="uses_site_gateways"' not in page
    # The site's account comes to be used no more once there is one of its own.
    account = make_account(theater, manager, OWN_KEY)
    booking.theater.refresh_from_db()
    assert start(booking).account == account
    stop_using(account=account, by=manager)
    # The booking was read before: it is offered what there is no more.
    with pytest.raises(GatewayNotOffered):
        start(booking)


@pytest.mark.parametrize(
    ("role", "sees"), [("other_manager", False), ("accountant", True), ("box_office", False), ("platform_admin", True)]
)
def test_who_may(account: GatewayAccount, role: str, *, sees: bool, request: pytest.FixtureRequest):
    client = signed_in(request.getfixturevalue(role))
    shown = client.get(url_of("change", account))
    assert (shown.status_code == 200) == sees
    if role == "accountant":
        assert str(account.token) not in shown.content.decode()
    for view in ("keys", "test", "stop"):
        answer = client.post(url_of(view, account), {"key": OTHER_KEY})
        assert (answer.status_code in (200, 302)) == (role == "platform_admin"), view
    account.refresh_from_db()
    assert account.is_in_use == (role != "platform_admin")
    assert account.key == OWN_KEY


def test_one_without_payments_may_be_deleted(account: GatewayAccount, manager, booking: Booking):
    client = signed_in(manager)
    delete = url_of("delete", account)
    assert client.post(delete, {"post": "yes"}).status_code == 403
    payment = start(booking)
    stop_using(account=account, by=manager)
    assert client.post(delete, {"post": "yes"}).status_code == 403
    Payment.objects.filter(pk=payment.pk).delete()
    client.post(delete, {"post": "yes"})
    assert not GatewayAccount.objects.exists()


def test_keys_are_encrypted_again(account: GatewayAccount, settings, capsys):
    settings.ENCRYPTION_KEYS = ["new"]
    call_command("encrypt_again")
    assert "1 payment accounts" in capsys.readouterr().out
    settings.SECRET_KEY = "another"
    account.refresh_from_db()
    assert (account.key, account.webhook_secrets) == (OWN_KEY, [OWN_SECRET])


def test_a_file_is_compared_with_what_its_account_took(
    double: StripeDouble, account: GatewayAccount, manager, other_manager, booking: Booking
):
    paid = start(booking)
    double.pay(paid.reference)
    settle_payment(payment=paid)
    stop_using(account=account, by=manager)
    theater, customer = Theater.objects.get(pk=account.theater_id), booking.customer
    through_site = start(make_hold(make_show(hall=theater.halls.get(), in_hours=200), 0, customer=customer))
    double.pay(through_site.reference)
    settle_payment(payment=through_site)
    day = timezone.localdate()
    content = f"reference,amount,currency,kind,date\n{paid.reference},25.00,EUR,payment,{day}\n"
    client, page = signed_in(manager), reverse("admin:payments_reconciliation_upload")
    for gateway, results in (
        (f"stripe:{account.pk}", {"matched"}),
        ("stripe", {"only_gateway", "only_ours"}),
    ):
        sent = {"theater": theater.pk, "gateway": gateway, "first_day": day, "last_day": day}
        file = SimpleUploadedFile("e.csv", content.encode())
        client.post(page, {**sent, "file": file})
        done = Reconciliation.objects.latest("pk")
        assert set(done.lines.values_list("result", flat=True)) == results
        assert done.account == (account if ":" in gateway else None)
    assert f"stripe:{account.pk}" in client.get(page).content.decode()
    assert f"stripe:{account.pk}" not in signed_in(other_manager).get(page).content.decode()
