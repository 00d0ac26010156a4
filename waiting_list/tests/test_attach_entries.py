"""A guest's waiting list entries are attached to the account that confirms the address."""

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.contrib.auth.signals import user_logged_in

from accounts.models import User
from testing.builders import make_show
from waiting_list.join import attach_entries
from waiting_list.models import WaitingListEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(customer: User) -> WaitingListEntry:
    return WaitingListEntry.objects.create(show=make_show(), email=customer.email, party_size=2)


def test_entries_of_confirmed_addresses_are_attached(entry, customer, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert attach_entries(user=customer) == 1
    assert attach_entries(user=customer) == 0
    entry.refresh_from_db()
    assert entry.customer == customer


def test_an_unconfirmed_address_attaches_nothing(entry, customer):
    EmailAddress.objects.filter(user=customer).update(verified=False)
    assert attach_entries(user=customer) == 0


def test_confirming_the_address_attaches_them(entry, customer):
    address = EmailAddress.objects.get(user=customer)
    email_confirmed.send(sender=EmailAddress, request=None, email_address=address)
    entry.refresh_from_db()
    assert entry.customer == customer


def test_each_sign_in_attaches_them(entry, customer):
    user_logged_in.send(sender=User, request=None, user=customer)
    entry.refresh_from_db()
    assert entry.customer == customer
