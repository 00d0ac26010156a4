"""A guest's bookings are attached to the account that confirms the address."""

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.contrib.auth.signals import user_logged_in

from accounts.models import User
from bookings.models import Booking
from bookings.services.guests import attach_guest_bookings
from testing.bookings import make_hold, make_paid
from testing.builders import make_hall, make_show

pytestmark = pytest.mark.django_db


def test_bookings_of_confirmed_addresses_are_attached(customer):
    show = make_show()
    EmailAddress.objects.create(user=customer, email="Second@Example.com", verified=True)
    mine = [make_paid(show, 0, email=customer.email), make_paid(show, 1, email="second@example.com")]
    assert attach_guest_bookings(user=customer) == 2
    assert set(customer.bookings.all()) == set(mine)
    assert attach_guest_bookings(user=customer) == 0


def test_an_unconfirmed_address_attaches_nothing(customer):
    EmailAddress.objects.filter(user=customer).update(verified=False)
    make_paid(make_show(), 0, email=customer.email)
    assert attach_guest_bookings(user=customer) == 0
    assert not customer.bookings.exists()


def test_bookings_of_others_are_not_attached(customer, rival):
    show = make_show()
    make_paid(show, 0, email="guest@example.com")
    theirs = make_paid(show, 1, customer=rival, email=customer.email)
    house = make_hold(show, 2, email=customer.email)
    Booking.objects.filter(pk=house.pk).update(kind=Booking.Kind.HOUSE)
    assert attach_guest_bookings(user=customer) == 0
    theirs.refresh_from_db()
    assert theirs.customer == rival


def test_confirming_the_address_attaches_them(customer):
    booking = make_paid(make_show(), 0, email=customer.email)
    address = EmailAddress.objects.get(user=customer)
    email_confirmed.send(sender=EmailAddress, request=None, email_address=address)
    booking.refresh_from_db()
    assert booking.customer == customer


def test_each_sign_in_attaches_them(customer):
    booking = make_paid(make_show(hall=make_hall()), 0, email=customer.email)
    user_logged_in.send(sender=User, request=None, user=customer)
    booking.refresh_from_db()
    assert booking.customer == customer


def test_one_statement(customer, django_assert_num_queries):
    with django_assert_num_queries(1):
        attach_guest_bookings(user=customer)
