"""What an operator should know about the settings before customers do: `manage.py check --deploy`.

Each message has an id, so that SILENCED_SYSTEM_CHECKS can silence it, and a hint that says what to do.
`docs/operations.md` explains them.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from notifications.chat import is_webhook
from notifications.providers import find_tracking_view, name_provider
from operations.retention import Pruned, declarations
from payments.models import Payment
from wallets.keys import KeysUnusable, apple_keys, read_apple_keys, read_google_keys

MIN_KEY_LENGTH = 32
EXPIRES_SOON = timedelta(days=30)
_LOCAL = {"localhost", "127.0.0.1", "::1"}


@register(Tags.security, deploy=True)
def check_gateways(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if Payment.Gateway.SANDBOX in settings.PAYMENT_GATEWAYS and not settings.DEBUG:
        found.append(
            checks.Warning(
                "The sandbox gateway is on: customers can approve their own payments.",
                hint="Set PAYMENT_GATEWAYS without “sandbox”, or a key of Stripe or Mollie, which takes its place.",
                id="marquee.W001",
            )
        )
    has_keys = settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRET
    if Payment.Gateway.STRIPE in settings.PAYMENT_GATEWAYS and not has_keys:
        found.append(
            Error(
                "The Stripe gateway is on without both of its keys: payments would not be confirmed.",
                hint="Set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET.",
                id="marquee.E001",
            )
        )
    if Payment.Gateway.MOLLIE in settings.PAYMENT_GATEWAYS and not settings.MOLLIE_API_KEY:
        found.append(
            Error(
                "The Mollie gateway is on without its key: no payment could be made.",
                hint="Set MOLLIE_API_KEY.",
                id="marquee.E006",
            )
        )
    if not settings.PAYMENT_GATEWAYS:
        found.append(
            checks.Warning(
                "No payment gateway is on: only bookings free of charge can be made.",
                hint="Set STRIPE_SECRET_KEY or MOLLIE_API_KEY, or give theaters payment accounts of their own.",
                id="marquee.W002",
            )
        )
    return found


@register(Tags.security, deploy=True)
def check_keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not settings.TICKET_SIGNING_KEY:
        found.append(
            checks.Warning(
                "Tickets are signed by a key derived from SECRET_KEY: if that changes, no ticket sold before is valid.",
                hint="Set TICKET_SIGNING_KEY; docs/operations.md shows how to make one.",
                id="marquee.W014",
            )
        )
    if min(map(len, settings.ENCRYPTION_KEYS), default=0) < MIN_KEY_LENGTH:
        found.append(
            checks.Warning(
                "Keys of payment accounts are encrypted by SECRET_KEY, or by a key that can be guessed.",
                hint="Set ENCRYPTION_KEYS; docs/operations.md shows how to make one.",
                id="marquee.W021",
            )
        )
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < MIN_KEY_LENGTH // 2:
        found.append(
            checks.Warning(
                f"METRICS_TOKEN is shorter than {MIN_KEY_LENGTH // 2} characters and can be guessed.",
                hint="Make it as long as a key.",
                id="marquee.W004",
            )
        )
    if not settings.REQUIRE_ADMIN_MFA:
        found.append(
            checks.Warning(
                "A platform admin's password alone opens everything: no second factor is required.",
                hint="Set REQUIRE_ADMIN_MFA=1.",
                id="marquee.W018",
            )
        )
    return found


@register()
def check_retention(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    kinds = [kind for kind in declarations() if isinstance(kind, Pruned) and kind.days < kind.least]
    return [
        Error(
            f"{kind.setting} is less than {kind.least}, for which the program needs the {kind.what}.",
            hint="docs/retention.md says what each setting is for.",
            id="marquee.E003",
        )
        for kind in kinds
    ]


@register(Tags.security, deploy=True)
def check_address(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    site = urlsplit(settings.SITE_URL)
    is_local = site.hostname in _LOCAL
    if settings.DEBUG and not is_local:
        found.append(
            checks.Warning(
                f"DEBUG is on at {settings.SITE_URL}: errors show settings and data to everyone.",
                hint="Set DEBUG=0.",
                id="marquee.W005",
            )
        )
    if site.scheme != "https" and not is_local:
        found.append(
            checks.Warning(
                f"SITE_URL is {settings.SITE_URL}: passwords and tickets would travel unencrypted.",
                hint="Serve the site over HTTPS and give SITE_URL as https://….",
                id="marquee.W006",
            )
        )
    if site.scheme == "https" and not settings.TRUSTED_PROXIES and not settings.DEBUG:
        found.append(
            checks.Warning(
                "SITE_URL is https://… and BEHIND_PROXY is off: all visitors would have the proxy's address.",
                hint="Set BEHIND_PROXY=1, so that limits and the audit log tell visitors apart.",
                id="marquee.W017",
            )
        )
    if is_local and not settings.DEBUG:
        found.append(
            checks.Warning(
                f"SITE_URL is {settings.SITE_URL}: links in e-mails would lead customers to their own machine.",
                hint="Set SITE_URL to the address that customers use.",
                id="marquee.W007",
            )
        )
    if site.hostname and not is_local and not {site.hostname, "*"} & set(settings.ALLOWED_HOSTS):
        parents = {"." + site.hostname.partition(".")[2], "." + site.hostname}
        if not parents & set(settings.ALLOWED_HOSTS):
            found.append(
                Error(
                    f"ALLOWED_HOSTS does not have {site.hostname}, the host of SITE_URL: every page would answer 400.",
                    hint=f"Set ALLOWED_HOSTS={site.hostname}.",
                    id="marquee.E002",
                )
            )
    return found


@register(Tags.database, deploy=True)
def check_servers(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        found.append(
            checks.Warning(
                "The database is SQLite: its writers take turns, and all processes have to run on one machine.",
                hint="Set DATABASE_URL=postgres://… for more than a small house; see docs/operations.md.",
                id="marquee.W008",
            )
        )
    if not settings.REDIS_URL:
        found.append(
            checks.Warning(
                "There is no Redis: caches are in the database and in each process.",
                hint="Set REDIS_URL=redis://….",
                id="marquee.W009",
            )
        )
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        found.append(
            checks.Warning(
                "Jobs travel over a folder: a worker that is killed loses the ones that it had fetched.",
                hint="Set CELERY_BROKER_URL=redis://…, in another database than REDIS_URL.",
                id="marquee.W010",
            )
        )
    elif _database(settings.CELERY_BROKER_URL) == _database(settings.REDIS_URL) and (
        settings.REDIS_SENTINELS or settings.CELERY_BROKER_URL == settings.REDIS_URL
    ):
        found.append(
            checks.Warning(
                "Jobs and caches share one Redis database: clearing the caches would drop the jobs.",
                hint="Give CELERY_BROKER_URL another database number than REDIS_URL, such as /1.",
                id="marquee.W011",
            )
        )
    return found


@register(Tags.database)
def check_version(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse a database whose tables come from migrations that this version does not have."""
    found: list[CheckMessage] = []
    for name in databases or ():
        loader = MigrationLoader(connections[name])
        strange = [key for key in loader.applied_migrations if key not in loader.disk_migrations]
        if any(app in settings.OWN_APPS for app, _name in strange):
            found.append(
                Error(
                    "This database was made by another version of Marquee, and this version cannot use it.",
                    hint="Use an empty one: move the file in DATA_DIR away, or set another DATABASE_URL.",
                    id="marquee.E004",
                )
            )
    return found


@register(deploy=True)
def check_wallets(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for read in (read_apple_keys, read_google_keys):
        try:
            read()
        except KeysUnusable as error:
            found.append(
                Error(
                    f"Passes for wallets are off, because their keys can't be used: {error}",
                    hint="docs/wallets.md says how to get them, and which belong together.",
                    id="marquee.E005",
                )
            )
    keys = apple_keys()
    if keys is not None and keys.expires_at < timezone.now() + EXPIRES_SOON:
        found.append(
            checks.Warning(
                f"The certificate for Apple's passes is valid until {keys.expires_at:%Y-%m-%d}.",
                hint="Renew it at Apple's, and change APPLE_WALLET_CERTIFICATE and APPLE_WALLET_KEY.",
                id="marquee.W019",
            )
        )
    if keys is not None and not settings.SITE_URL.startswith("https://"):
        found.append(
            checks.Warning(
                "Apple's passes would not be renewed: Wallet asks only sites with https:// for changes.",
                hint="Serve the site over HTTPS and give SITE_URL as https://….",
                id="marquee.W020",
            )
        )
    return found


@register(deploy=True)
def check_mail(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    backend = settings.EMAIL_BACKEND.rpartition(".")[0]
    if backend.rpartition(".")[2] in {"dummy", "console", "locmem", "filebased"} and not settings.DEBUG:
        found.append(
            checks.Warning(
                "E-mails go nowhere: customers would not get their tickets.",
                hint="Set EMAIL_URL=smtp+tls://user:password@host:587, or a provider of docs/operations.md.",
                id="marquee.W012",
            )
        )
    if "@localhost" in settings.DEFAULT_FROM_EMAIL and not settings.DEBUG:
        found.append(
            checks.Warning(
                "E-mails would come from an address at localhost, which mail servers refuse.",
                hint="Set DEFAULT_FROM_EMAIL=Tickets <tickets@your-domain>.",
                id="marquee.W013",
            )
        )
    if name_provider(settings.EMAIL_BACKEND) and not find_tracking_view(
        settings.EMAIL_BACKEND, getattr(settings, "ANYMAIL", {})
    ):
        found.append(
            checks.Warning(
                "Reports of the mail provider are not accepted: addresses that bounce would be written to for ever.",
                hint='Set "WEBHOOK_SECRET" in ANYMAIL and give the provider the webhook address in docs/operations.md.',
                id="marquee.W015",
            )
        )
    if settings.SENDING_DKIM and not settings.SENDING_SPF and not name_provider(settings.EMAIL_BACKEND):
        found.append(
            checks.Warning(
                "Theaters may send from their own domains, whose SPF records would not name your mail server.",
                hint="Set SENDING_SPF, such as include:_spf.your-domain.",
                id="marquee.W022",
            )
        )
    strange = [name for name, room in settings.CHAT_ROOMS.items() if not is_webhook(str(room.get("url", "")))]
    if strange:
        found.append(
            checks.Warning(
                f"These rooms of CHAT_ROOMS are never written to: {', '.join(strange)}.",
                hint="Their addresses have to be incoming webhooks of Google Chat or Slack.",
                id="marquee.W016",
            )
        )
    return found


def _database(url: str) -> str:
    """Return the number of a Redis database, from its address or the first of several."""
    return urlsplit(url.partition(";")[0]).path
