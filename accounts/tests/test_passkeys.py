"""Passkeys in a real Chromium, with an authenticator that it plays itself."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import expect


@pytest.fixture
def authenticator(page):
    """A device that has a passkey store and whose owner always agrees."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    found = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def agree(*, verified):
        session.send(
            "WebAuthn.setUserVerified", {"authenticatorId": found["authenticatorId"], "isUserVerified": verified}
        )

    return agree


def sign_in_by_password(page, live_server, customer):
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_label("E-mail address").fill(customer.email)
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("You are signed in.")).to_be_visible()


def test_a_passkey_is_added_and_signs_in_to_where_the_customer_was_going(page, live_server, customer, authenticator):
    sign_in_by_password(page, live_server, customer)
    page.goto(live_server.url + reverse("mfa_add_webauthn"))
    page.get_by_label("Name").fill("Kitchen tablet")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey was added.")).to_be_visible()
    assert Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).wrap().name == "Kitchen tablet"

    page.context.clear_cookies()
    page.goto(live_server.url + reverse("account_login") + "?next=" + reverse("accounts:profile"))
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(live_server.url + reverse("accounts:profile"))


def test_a_passkey_is_the_second_factor_of_a_password(page, live_server, customer, authenticator):
    sign_in_by_password(page, live_server, customer)
    page.goto(live_server.url + reverse("mfa_add_webauthn"))
    page.get_by_label("Sign in with this key alone").uncheck()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey was added.")).to_be_visible()

    page.context.clear_cookies()
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_label("E-mail address").fill(customer.email)
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("You are signed in.")).to_be_visible()


def test_a_canceled_passkey_explains_itself_and_leaves_other_ways(page, live_server, customer, authenticator):
    authenticator(verified=False)
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("The passkey was not used.")).to_be_visible()
    expect(page.get_by_role("link", name="Send me a code by e-mail")).to_be_visible()


def test_without_scripts_the_other_ways_remain(browser, live_server, customer):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + reverse("account_login"))
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    expect(page.get_by_role("link", name="Send me a code by e-mail")).to_be_visible()
    context.close()
