import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from testing.builders import make_user
from testing.codes import read_code, read_message

CHANGE = reverse("account_email")
CONFIRM = reverse("account_email_verification_sent")

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, customer):
    client.post(reverse("account_login"), {"login": customer.email, "password": "correct horse battery"})
    return client


def test_it_changes_once_the_new_address_is_confirmed(signed_in, customer):
    assert customer.email in signed_in.get(CHANGE).content.decode()
    signed_in.post(CHANGE, {"action_add": "", "email": "new@example.com"})
    customer.refresh_from_db()
    assert customer.email == "customer@example.com"
    signed_in.post(CONFIRM, {"code": read_code("email_confirmation", "new@example.com")})
    customer.refresh_from_db()
    assert customer.email == "new@example.com"
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("new@example.com", True)]
    told = read_message("account_changed", "customer@example.com")
    assert told.context["to_email"] == "new@example.com"


def test_an_address_in_use_is_neither_taken_nor_revealed(signed_in, customer, rival):
    answer = signed_in.post(CHANGE, {"action_add": "", "email": rival.email})
    assert answer.url == CONFIRM
    # Only the rival reads the code, and even that does not give the address away.
    page = signed_in.post(CONFIRM, {"code": read_code("email_confirmation", rival.email)})
    assert "There is already an account with this e-mail address." in page.content.decode()
    customer.refresh_from_db()
    assert customer.email == "customer@example.com"
    assert EmailAddress.objects.get(email=rival.email).user == rival


def test_the_own_address_is_refused(signed_in, customer):
    page = signed_in.post(CHANGE, {"action_add": "", "email": customer.email})
    assert "This is already your address." in page.content.decode()


def test_nobody_else_gets_in(client):
    make_user("a@example.com")
    assert client.get(CHANGE).url.startswith(reverse("account_login"))
