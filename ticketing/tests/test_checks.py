"""The system checks: each speaks up for its fault, and none for a site as docs/operations.md asks for it."""

from types import SimpleNamespace

import pytest
from django.core.checks.registry import registry
from django.core.management import call_command

from testing.wallets import apple_settings, google_settings, make_certificate, make_rsa_key, write_key
from ticketing import checks
from wallets.keys import is_on
from wallets.models import Platform

GOOD = {
    "DEBUG": False,
    "REQUIRE_ADMIN_MFA": True,
    "SITE_URL": "https://tickets.example.org",
    "TRUSTED_PROXIES": 1,
    "ALLOWED_HOSTS": ["tickets.example.org"],
    "PAYMENT_GATEWAYS": ["stripe"],
    "MOLLIE_API_KEY": "",
    "STRIPE_SECRET_KEY": "sk_live",
    "STRIPE_WEBHOOK_SECRET": "whsec",
    "TICKET_SIGNING_KEY": "c2VlZA==",
    "ENCRYPTION_KEYS": ["long-enough-that-nobody-guesses-it"],
    "METRICS_TOKEN": "long-enough-for-prometheus",
    "REDIS_URL": "redis://cache/0",
    "REDIS_SENTINELS": [],
    "CELERY_BROKER_URL": "redis://cache/1",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "DEFAULT_FROM_EMAIL": "Tickets <tickets@example.org>",
    "SENDING_SPF": "",
    "SENDING_DKIM": {},
    "CHAT_ROOMS": {"office": {"url": "https://hooks.slack.com/services/x"}},
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
}


@pytest.fixture
def found(monkeypatch):
    """Return what the checks find with GOOD settings that are changed so."""

    def find(**changes) -> set[str]:
        monkeypatch.setattr(checks, "settings", SimpleNamespace(**{**GOOD, **changes}))
        ours = [check for check in registry.deployment_checks if check.__module__ == "ticketing.checks"]
        return {message.id for check in ours for message in check(app_configs=None)}

    return find


def test_a_good_site_is_not_spoken_of(found):
    assert found() == set()


@pytest.mark.parametrize(
    ("message", "changes"),
    [
        ("marquee.W001", {"PAYMENT_GATEWAYS": ["stripe", "sandbox"]}),
        ("marquee.E001", {"STRIPE_WEBHOOK_SECRET": ""}),
        ("marquee.E006", {"PAYMENT_GATEWAYS": ["mollie"]}),
        ("marquee.W002", {"PAYMENT_GATEWAYS": []}),
        ("marquee.W018", {"REQUIRE_ADMIN_MFA": False}),
        ("marquee.W004", {"METRICS_TOKEN": "short"}),
        ("marquee.W005", {"DEBUG": True}),
        ("marquee.W006", {"SITE_URL": "http://tickets.example.org"}),
        ("marquee.W007", {"SITE_URL": "http://localhost:8000", "ALLOWED_HOSTS": ["localhost"]}),
        ("marquee.E002", {"ALLOWED_HOSTS": ["example.org"]}),
        ("marquee.W008", {"DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}}}),
        ("marquee.W009", {"REDIS_URL": "", "CELERY_BROKER_URL": "redis://cache/1"}),
        ("marquee.W010", {"CELERY_BROKER_URL": "filesystem://"}),
        ("marquee.W011", {"CELERY_BROKER_URL": "redis://cache/0"}),
        ("marquee.W011", {"CELERY_BROKER_URL": "sentinel://a:1/0;sentinel://b:1/0", "REDIS_SENTINELS": ["a:1", "b:1"]}),
        ("marquee.W012", {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}),
        ("marquee.W015", {"EMAIL_BACKEND": "anymail.backends.postmark.EmailBackend", "ANYMAIL": {}}),
        ("marquee.W016", {"CHAT_ROOMS": {"office": {"url": "http://127.0.0.1/"}}}),
        ("marquee.W022", {"SENDING_DKIM": {"*": [{"type": "CNAME", "name": "k", "value": "k.example.org"}]}}),
        ("marquee.W017", {"TRUSTED_PROXIES": 0}),
        ("marquee.W014", {"TICKET_SIGNING_KEY": ""}),
        ("marquee.W021", {"ENCRYPTION_KEYS": []}),
        ("marquee.W021", {"ENCRYPTION_KEYS": ["long-enough-that-nobody-guesses-it", "short"]}),
        ("marquee.W013", {"DEFAULT_FROM_EMAIL": "Marquee <tickets@localhost>"}),
    ],
)
def test_a_fault_is_named(found, message, changes):
    assert found(**changes) == {message}


@pytest.mark.parametrize(
    ("message", "words", "change"),
    [
        ("marquee.E005", "APPLE_WALLET_KEY not set", lambda: {"APPLE_WALLET_KEY": ""}),
        ("marquee.E005", "is not the key of", lambda: {"APPLE_WALLET_KEY": write_key(make_rsa_key())}),
        ("marquee.E005", "names no file", lambda: {"APPLE_WALLET_CERTIFICATE": "/nowhere/pass.pem"}),
        ("marquee.E005", "no certificate", lambda: {"APPLE_WALLET_CERTIFICATE": "-----BEGIN NOTHING-----"}),
        (
            "marquee.E005",
            "did not issue",
            lambda: {"APPLE_WALLET_WWDR_CERTIFICATE": make_certificate("Another authority")},
        ),
        ("marquee.E005", "PASS_TYPE_ID is not that", lambda: {"APPLE_WALLET_PASS_TYPE_ID": "pass.org.example.other"}),
        ("marquee.E005", "TEAM_ID is not that", lambda: {"APPLE_WALLET_TEAM_ID": "OTHER"}),
        ("marquee.E005", "no private key", lambda: {"APPLE_WALLET_KEY": "-----BEGIN NOTHING-----"}),
        ("marquee.E005", "ISSUER_ID not set", lambda: {"GOOGLE_WALLET_ISSUER_ID": ""}),
        ("marquee.E005", "SERVICE_ACCOUNT not set", lambda: {"GOOGLE_WALLET_SERVICE_ACCOUNT": ""}),
        ("marquee.E005", "is no number", lambda: {"GOOGLE_WALLET_ISSUER_ID": "example"}),
        ("marquee.E005", "no JSON key", lambda: {"GOOGLE_WALLET_SERVICE_ACCOUNT": '{"type": "service_account"}'}),
        ("marquee.W019", "valid until", lambda: apple_settings(days=9)),
        ("marquee.W020", "https://", lambda: {"SITE_URL": "http://localhost:8000"}),
    ],
)
def test_faults_of_wallets_are_named(settings, message, words, change):
    good = {**apple_settings(), **google_settings(), "SITE_URL": "https://tickets.example.org"}
    for name, value in {**good, **change()}.items():
        setattr(settings, name, value)
    [found] = checks.check_wallets(app_configs=None)
    assert found.id == message
    assert words in found.msg


def test_keys_come_from_files_too(settings, tmp_path):
    for name, value in {**apple_settings(), **google_settings()}.items():
        if value.startswith(("-----", "{")):
            (tmp_path / name).write_text(value)
        setattr(settings, name, str(tmp_path / name) if (tmp_path / name).exists() else value)
    settings.SITE_URL = "https://tickets.example.org"
    assert checks.check_wallets(app_configs=None) == []
    assert [is_on(platform) for platform in Platform.values] == [True, True]


@pytest.mark.parametrize("hosts", [["*"], [".example.org"], [".tickets.example.org"]])
def test_patterns_of_hosts_are_understood(found, hosts):
    assert found(ALLOWED_HOSTS=hosts) == set()


def test_development_is_not_spoken_of():
    call_command("check", fail_level="WARNING")
