"""E-mail and chat rooms."""

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
# How many e-mails a minute the mail server or provider accepts; 0: no limit.
MAIL_PER_MINUTE = env.int("MAIL_PER_MINUTE", 0)
# Chat rooms by name: {"room": {"url": …, "city": slug, "theater": slug, "language": "en"}}.
CHAT_ROOMS = env.json("CHAT_ROOMS", {})
# Subscribers get the evening reminder after so many days without a visit or a booking.
DIGEST_AFTER_DAYS = env.int("DIGEST_AFTER_DAYS", 7)
