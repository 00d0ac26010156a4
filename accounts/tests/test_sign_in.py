import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications.models import Notification
from testing.builders import make_user
from testing.codes import read_code, read_message

SIGN_IN = reverse("account_login")
BY_CODE = reverse("account_request_login_code")
CONFIRM = reverse("account_confirm_login_code")
PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


def is_signed_in(client):
    return client.get(reverse("accounts:profile")).status_code == 200


def test_by_password(client, customer):
    assert client.post(SIGN_IN, {"login": "Customer@Example.com ", "password": PASSWORD}).url == reverse("events:home")
    assert is_signed_in(client)


def test_a_wrong_password_is_refused_without_revealing_anything(client, customer):
    wrong = client.post(SIGN_IN, {"login": customer.email, "password": "wrong"}).content.decode()
    unknown = client.post(SIGN_IN, {"login": "nobody@example.com", "password": "wrong"}).content.decode()
    for page in [wrong, unknown]:
        assert "The e-mail address or password is wrong." in page
    assert not is_signed_in(client)


def test_guessing_is_stopped_even_with_the_right_password_in_the_end(client, customer):
    for _ in range(5):
        client.post(SIGN_IN, {"login": customer.email, "password": "wrong"})
    page = client.post(SIGN_IN, {"login": customer.email, "password": PASSWORD}).content.decode()
    assert "Wait a few minutes" in page
    assert not is_signed_in(client)


def test_it_goes_on_to_where_the_customer_was_going(client, customer):
    page = client.get(SIGN_IN, {"next": "/bookings/ABC/checkout/"}).content.decode()
    assert 'name="next" value="/bookings/ABC/checkout/"' in page
    assert f"{BY_CODE}?next=%2Fbookings%2FABC%2Fcheckout%2F" in page
    answer = client.post(SIGN_IN, {"login": customer.email, "password": PASSWORD, "next": "/bookings/ABC/checkout/"})
    assert answer.url == "/bookings/ABC/checkout/"


def test_bookings_as_a_guest_stay_with_the_browser(client, customer):
    session = client.session
    session["bookings"] = ["ABC"]
    session.save()
    client.post(SIGN_IN, {"login": customer.email, "password": PASSWORD})
    assert client.session["bookings"] == ["ABC"]


@pytest.mark.parametrize(("remember", "ends_with_browser"), [("on", False), ("", True)])
def test_staying_signed_in_is_a_choice(client, customer, remember, ends_with_browser):
    client.post(SIGN_IN, {"login": customer.email, "password": PASSWORD, "remember": remember})
    assert client.session.get_expire_at_browser_close() is ends_with_browser


@pytest.mark.slow
def test_the_language_of_the_profile_wins(client, customer):
    User.objects.filter(pk=customer.pk).update(language="de")
    client.cookies["django_language"] = "hi"
    answer = client.post(SIGN_IN, {"login": customer.email, "password": PASSWORD})
    assert answer.cookies["django_language"].value == "de"
    assert 'lang="de"' in client.get(reverse("accounts:profile")).content.decode()


def test_a_closed_account_stays_closed(client, customer):
    User.objects.filter(pk=customer.pk).update(is_active=False)
    client.post(SIGN_IN, {"login": customer.email, "password": PASSWORD})
    assert not is_signed_in(client)


def test_by_code(client, customer):
    answer = client.post(BY_CODE, {"email": customer.email, "next": "/bookings/"})
    assert answer.url == f"{CONFIRM}?next=%2Fbookings%2F"
    code = read_code("sign_in_code", customer.email)
    page = client.get(answer.url).content.decode()
    assert code not in page
    assert 'autocomplete="one-time-code"' in page
    answer = client.post(CONFIRM, {"code": code.lower(), "next": "/bookings/"})
    assert answer.url == "/bookings/"
    assert is_signed_in(client)


def test_three_wrong_codes_end_it(client, customer):
    client.post(BY_CODE, {"email": customer.email})
    code = read_code("sign_in_code", customer.email)
    for _ in range(3):
        answer = client.post(CONFIRM, {"code": "AAAA-AAAA"})
    assert answer.status_code == 302
    client.post(CONFIRM, {"code": code})
    assert not is_signed_in(client)


def test_a_code_works_only_in_the_window_that_asked(client, customer):
    client.post(BY_CODE, {"email": customer.email})
    code = read_code("sign_in_code", customer.email)
    other = Client()
    other.post(CONFIRM, {"code": code})
    assert not is_signed_in(other)


def test_an_unknown_address_learns_so_by_mail_only(client):
    answer = client.post(BY_CODE, {"email": "nobody@example.com"})
    assert answer.url == CONFIRM
    assert read_message("account_unknown", "nobody@example.com").context["sign_up_url"].endswith("/accounts/signup/")
    assert not Notification.objects.filter(kind="sign_in_code").exists()


def test_asking_for_codes_without_end_is_slowed(customer):
    for _ in range(3):
        assert Client().post(BY_CODE, {"email": customer.email}).status_code == 302
    page = Client().post(BY_CODE, {"email": customer.email})
    assert "Too many attempts." in page.content.decode()
    assert Notification.objects.filter(kind="sign_in_code").count() == 3


def test_signing_out_asks_first(client, customer):
    client.force_login(customer)
    assert customer.email in client.get(reverse("account_logout")).content.decode()
    assert is_signed_in(client)
    client.post(reverse("account_logout"))
    assert not is_signed_in(client)


def test_all_other_devices_can_be_signed_out(client, customer):
    other = Client()
    for browser in [client, other]:
        browser.post(SIGN_IN, {"login": customer.email, "password": PASSWORD})
    assert UserSession.objects.count() == 2
    page = client.get(reverse("usersessions_list")).content.decode()
    assert "this device" in page
    client.post(reverse("usersessions_list"))
    assert is_signed_in(client)
    assert not is_signed_in(other)


@pytest.mark.slow
@pytest.mark.parametrize(("proxies", "same"), [(0, True), (1, False)])
def test_the_limit_counts_by_the_address_that_a_trusted_proxy_tells(client, settings, proxies, same):
    settings.TRUSTED_PROXIES = proxies
    make_user("a@example.com")
    for number in range(12):
        client.post(
            SIGN_IN,
            {"login": f"{number}@example.com", "password": "wrong"},
            headers={"x-forwarded-for": f"203.0.113.{number}"},
        )
    page = client.post(
        SIGN_IN, {"login": "a@example.com", "password": PASSWORD}, headers={"x-forwarded-for": "203.0.113.99"}
    )
    assert (page.status_code == 200) is same
