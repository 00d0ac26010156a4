"""Holds, payments and tickets."""

from ticketing.settings.base import DEBUG, SECRET_KEY, env

HOLD_MINUTES = env.int("HOLD_MINUTES", 10)
# Added once to a hold when its payment starts, so that it does not lapse at the gateway.
HOLD_EXTENSION_MINUTES = env.int("HOLD_EXTENSION_MINUTES", 10)
# While all threads of a process work, newcomers to any show wait in line. Off: only where staff mark high demand.
WAITING_ROOM_AT_LIMIT = env.bool("WAITING_ROOM_AT_LIMIT", True)
# As many as each page process has, `--blocking-threads`.
WEB_THREADS = env.int("WEB_THREADS", 4)
# How long a freed place is kept for the first group on the waiting list, at most; less when sales end before.
WAITING_LIST_OFFER_HOURS = env.int("WAITING_LIST_OFFER_HOURS", 12)
# How long before its start a show opens its doors, unless it names a time.
DOORS_HOURS = env.int("DOORS_HOURS", 2)
# The sandbox lets customers approve their own payments: outside development it is never on by default.
PAYMENT_GATEWAYS = env.list("PAYMENT_GATEWAYS", default=["sandbox"] if DEBUG else [])
SANDBOX_WEBHOOK_SECRET = env.str("SANDBOX_WEBHOOK_SECRET", SECRET_KEY)
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", "")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "")
MOLLIE_API_KEY = env.str("MOLLIE_API_KEY", "")
MOLLIE_API_BASE = env.str("MOLLIE_API_BASE", "")
# One with keys takes the sandbox's place.
for _name, _key in (("mollie", MOLLIE_API_KEY), ("stripe", STRIPE_SECRET_KEY)):
    if _key and _name not in PAYMENT_GATEWAYS:
        PAYMENT_GATEWAYS = [_name, *[other for other in PAYMENT_GATEWAYS if other != "sandbox"]]
# Encrypt what the database keeps of theaters' payment accounts and of second factors: the first key does, and all
# decrypt. None: by a key derived from SECRET_KEY.
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[])
# Base64 of a 32-byte Ed25519 seed that signs ticket codes; derived from SECRET_KEY when empty.
TICKET_SIGNING_KEY = env.str("TICKET_SIGNING_KEY", "")
# Base64 of the public keys of earlier signing keys, whose tickets stay valid.
TICKET_VERIFY_KEYS = env.list("TICKET_VERIFY_KEYS", default=[])
GUEST_LINK_DAYS = env.int("GUEST_LINK_DAYS", 180)
