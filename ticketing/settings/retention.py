"""How many days rows are kept before a nightly job deletes them; each app's `retention.py` says which rows."""

from ticketing.settings.base import env

KEEP_SESSION_DAYS = env.int("KEEP_SESSION_DAYS", 7)
KEEP_AUDIT_DAYS = env.int("KEEP_AUDIT_DAYS", 1095)
KEEP_MESSAGE_DAYS = env.int("KEEP_MESSAGE_DAYS", 180)
KEEP_LAPSED_BOOKING_DAYS = env.int("KEEP_LAPSED_BOOKING_DAYS", 90)
KEEP_WAITING_LIST_DAYS = env.int("KEEP_WAITING_LIST_DAYS", 90)
KEEP_FOLLOW_DAYS = env.int("KEEP_FOLLOW_DAYS", 30)
KEEP_INQUIRY_DAYS = env.int("KEEP_INQUIRY_DAYS", 365)
KEEP_WALLET_PASS_DAYS = env.int("KEEP_WALLET_PASS_DAYS", 30)
KEEP_GATEWAY_EVENT_DAYS = env.int("KEEP_GATEWAY_EVENT_DAYS", 400)
KEEP_REPORT_DAYS = env.int("KEEP_REPORT_DAYS", 400)
KEEP_UPLOAD_DAYS = env.int("KEEP_UPLOAD_DAYS", 30)
KEEP_BACKDROP_DAYS = env.int("KEEP_BACKDROP_DAYS", 180)
KEEP_CONSENT_DAYS = env.int("KEEP_CONSENT_DAYS", 1095)
KEEP_INVITATION_DAYS = env.int("KEEP_INVITATION_DAYS", 90)
# The files of exports; their rows are kept as long as reports.
EXPORT_DAYS = env.int("EXPORT_DAYS", 7)
