"""Rate limits of mail servers and chats, kept across all workers.

One number for each says until when its allowance is used up (the "generic cell rate algorithm", ITU-T
I.371). Sending moves it by one message's worth, in a conditional update whose row count decides. It may
run ahead of the clock by `BURST_SECONDS`; messages to many people may not, so that their thousands leave room for
those that a single person waits for.
"""

import time

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Greatest

from notifications.models import Channel, Notification, SendingRate

BURST_SECONDS = 10
# Slack and Google Chat accept one message per second and webhook.
CHAT_PER_MINUTE = 60


def take(notification: Notification) -> float:
    """Use up one message of the allowance and return 0; or return in how many seconds to ask again."""
    name, per_minute = _find_limit(notification)
    if per_minute <= 0:
        return 0
    interval = 60 / per_minute
    # At least one message's worth, so that a slow server gets its first message at once.
    burst = interval if notification.is_bulk else max(BURST_SECONDS, interval)
    now = time.time()
    taken = SendingRate.objects.filter(name=name, used_until__lte=now + burst - interval)
    if taken.update(used_until=Greatest(F("used_until"), now) + interval):
        return 0
    row, is_new = SendingRate.objects.get_or_create(name=name, defaults={"used_until": now + interval})
    return 0 if is_new else max(row.used_until - burst + interval - now, 0.01)


def _find_limit(notification: Notification) -> tuple[str, int]:
    if notification.channel == Channel.CHAT:
        return f"chat:{notification.recipient}"[:120], CHAT_PER_MINUTE
    return f"{settings.EMAIL_BACKEND.split('.')[-2]}:{settings.EMAIL_HOST}"[:120], settings.MAIL_PER_MINUTE
