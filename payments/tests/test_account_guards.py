"""What the database itself refuses about payment accounts."""

import pytest
from django.db import IntegrityError, transaction

from bookings.services.pay import start_payment
from payments.models import GatewayAccount, Payment
from payments.tests.stripe_double import StripeDouble
from testing.bookings import make_hold
from testing.builders import make_hall, make_show
from testing.payment_accounts import make_account
from theaters.models import Theater

pytestmark = pytest.mark.django_db
OWN_KEY, OTHER_KEY = "sk_test_own_00001111", "sk_test_other_3333"


def test_the_database_keeps_money_with_its_theater(
    double: StripeDouble, theater: Theater, other_theater: Theater, manager, other_manager
):
    double.keys |= {OWN_KEY: "acct_own", OTHER_KEY: "acct_other"}
    account = make_account(theater, manager, OWN_KEY)
    booking = make_hold(make_show(hall=make_hall(theater=theater)), 0, customer=manager)
    payment = start_payment(booking=booking, gateway="stripe", return_url="https://a.example/").payment
    foreign = make_account(other_theater, other_manager, OTHER_KEY)
    copy = Payment.objects.get(pk=payment.pk)
    copy.pk, copy.key, copy.account = None, foreign.token, foreign
    for write in (
        lambda: copy.save(force_insert=True),
        lambda: Payment.objects.filter(pk=payment.pk).update(account=None),
        lambda: Payment.objects.filter(pk=payment.pk).update(account=foreign),
        lambda: GatewayAccount.objects.filter(pk=account.pk).update(theater=other_theater),
        lambda: GatewayAccount.objects.filter(pk=account.pk).update(remote_id="acct_other"),
        lambda: Theater.objects.filter(pk=theater.pk).update(own_gateways=""),
        lambda: GatewayAccount.objects.create(theater=theater, gateway="stripe", is_live=True, is_in_use=True),
        account.delete,
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    GatewayAccount.objects.filter(pk=account.pk).update(is_in_use=False)
    Theater.objects.filter(pk=theater.pk).update(own_gateways="")
    with pytest.raises(IntegrityError), transaction.atomic():
        GatewayAccount.objects.filter(pk=account.pk).update(is_in_use=True)
