"""E-mail and chat rooms."""

from django.core.exceptions import ImproperlyConfigured

from ticketing.settings.base import DEBUG, SITE_NAME, env

if EMAIL_BACKEND := env.str("EMAIL_BACKEND", ""):
    # One of anymail's, with the provider's keys as a JSON object in ANYMAIL.
    ANYMAIL = env.json("ANYMAIL", {})
elif DEBUG and not env.str("EMAIL_URL", ""):
    # Mail is shown at /dev/mail/ instead of being sent.
    EMAIL_BACKEND = "notifications.capture.CaptureBackend"
else:
    vars().update(env.email_url("EMAIL_URL", "smtp://localhost:25"))
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"{SITE_NAME} <tickets@localhost>")
SERVER_EMAIL = env.str("SERVER_EMAIL", DEFAULT_FROM_EMAIL)
# What theaters enter so that mails may come from their own domains: docs/operations.md, Sending domains.
SENDING_SPF = env.str("SENDING_SPF", "")
SENDING_DKIM = env.json("SENDING_DKIM", {})
for _record in [one for records in SENDING_DKIM.values() for one in records]:
    if set(_record) != {"type", "name", "value"} or _record["type"] not in ("TXT", "CNAME"):
        raise ImproperlyConfigured("SENDING_DKIM needs lists of records with type (TXT or CNAME), name and value.")
# Name servers that are asked about these domains, such as 9.9.9.9 or 127.0.0.1:5353; none: the machine's own.
DNS_SERVERS = env.list("DNS_SERVERS", default=[])
# How many e-mails a minute the mail server or provider accepts; 0: no limit.
MAIL_PER_MINUTE = env.int("MAIL_PER_MINUTE", 0)
# Chat rooms by name: {"room": {"url": …, "city": slug, "theater": slug, "language": "en"}}.
CHAT_ROOMS = env.json("CHAT_ROOMS", {})
# Subscribers get the evening reminder after so many days without a visit or a booking.
DIGEST_AFTER_DAYS = env.int("DIGEST_AFTER_DAYS", 7)
