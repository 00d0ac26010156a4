import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications.models import Notification
from testing.builders import make_user
from testing.codes import read_code

SIGN_UP = reverse("account_signup")
CONFIRM = reverse("account_email_verification_sent")
ANSWERS = {"email": "New@Example.com", "name": "आशा Rao", "password1": "correct horse battery"}

pytestmark = pytest.mark.django_db


def test_it_works(client):
    answer = client.post(SIGN_UP, ANSWERS)
    assert answer.url == CONFIRM
    user = User.objects.get()
    assert (user.email, user.name, user.is_staff) == ("new@example.com", "आशा Rao", False)
    assert client.get(reverse("accounts:profile")).status_code == 302
    answer = client.post(CONFIRM, {"code": read_code("email_confirmation", "new@example.com")})
    assert answer.status_code == 302
    assert EmailAddress.objects.get().verified
    assert "आशा Rao" in client.get(reverse("accounts:profile")).content.decode()


def test_no_mail_is_sent_within_the_request(client):
    client.post(SIGN_UP, ANSWERS)
    assert mail.outbox == []
    assert Notification.objects.get().state == Notification.State.WAITING


def test_it_goes_on_to_where_the_customer_was_going(client):
    page = client.get(SIGN_UP, {"next": "/shows/ABC/"})
    assert 'name="next" value="/shows/ABC/"' in page.content.decode()
    client.post(SIGN_UP, {**ANSWERS, "next": "/shows/ABC/"})
    answer = client.post(CONFIRM, {"code": read_code("email_confirmation", "new@example.com")})
    assert answer.url == "/shows/ABC/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_it_goes_on_to_no_other_site(client, elsewhere):
    client.post(SIGN_UP, {**ANSWERS, "next": elsewhere})
    answer = client.post(CONFIRM, {"code": read_code("email_confirmation", "new@example.com")})
    assert answer.url == reverse("events:home")


def test_a_wrong_code_confirms_nothing_and_three_end_it(client):
    client.post(SIGN_UP, ANSWERS)
    page = client.post(CONFIRM, {"code": "WRONG-CODE"})
    assert "This code is wrong." in page.content.decode()
    client.post(CONFIRM, {"code": "WRONG-CODE"})
    assert client.post(CONFIRM, {"code": "WRONG-CODE"}).url == reverse("account_login")
    assert not EmailAddress.objects.get().verified


def test_a_new_code_can_be_sent(client, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    client.post(SIGN_UP, ANSWERS)
    first = read_code("email_confirmation", "new@example.com")
    client.post(CONFIRM, {"action": "resend"})
    assert read_code("email_confirmation", "new@example.com") != first
    client.post(CONFIRM, {"code": read_code("email_confirmation", "new@example.com")})
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_a_mistyped_address_can_be_started_over(client):
    client.post(SIGN_UP, {**ANSWERS, "email": "nwe@example.com"})
    client.post(reverse("account_logout"))
    client.post(SIGN_UP, ANSWERS)
    client.post(CONFIRM, {"code": read_code("email_confirmation", "new@example.com")})
    assert "new@example.com" in client.get(reverse("account_email")).content.decode()


def test_it_does_not_reveal_who_has_an_account(client):
    make_user("new@example.com")
    known = client.post(SIGN_UP, ANSWERS)
    unknown = Client().post(SIGN_UP, {**ANSWERS, "email": "other@example.com"})
    assert known.url == unknown.url == CONFIRM
    assert Notification.objects.get(recipient="new@example.com").kind == "account_exists"
    assert User.objects.filter(email="new@example.com").count() == 1


@pytest.mark.parametrize("password", ["short", "password", "new@example.com", ""])
def test_a_weak_password_is_refused_and_nothing_lost(client, password):
    page = client.post(SIGN_UP, {**ANSWERS, "password1": password}).content.decode()
    assert "आशा Rao" in page
    assert 'aria-invalid="true"' in page
    assert not User.objects.exists()


def test_the_account_keeps_the_language_of_the_page(client):
    client.cookies["django_language"] = "de"
    client.post(SIGN_UP, ANSWERS)
    assert User.objects.get().language == "de"
    assert Notification.objects.get().language == "de"


@pytest.mark.slow
def test_signing_up_without_end_is_slowed():
    for number in range(20):
        assert Client().post(SIGN_UP, {**ANSWERS, "email": f"{number}@example.com"}).status_code == 302
    assert Client().post(SIGN_UP, {**ANSWERS, "email": "21@example.com"}).status_code == 429
    assert User.objects.count() == 20


def test_an_address_longer_than_its_column_makes_no_account(client: Client, db: None):
    address = f"{'x' * 60}@{'y' * 60}.{'z' * 60}.{'z' * 60}.example.com"
    page = client.post(reverse("account_signup"), {"email": address, "password1": "correct horse battery"})
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"email"}
    assert not User.objects.exists()
