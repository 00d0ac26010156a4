"""Wait until every message is sent, and print when the last one was, in seconds of the epoch.

Runs in the environment of the site. Gives up once nothing has been sent for a while, and says what is left.
"""

import os
import sys
import time

PATIENCE_SECONDS = 60


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketing.settings")
    import django

    django.setup()
    from django.db.models import Count, Max

    from notifications.models import Notification

    left = Notification.objects.exclude(state=Notification.State.SENT)
    count, ends_at = left.count(), time.monotonic() + PATIENCE_SECONDS
    while count:
        time.sleep(0.2)
        before, count = count, left.count()
        if count < before:
            ends_at = time.monotonic() + PATIENCE_SECONDS
        elif time.monotonic() > ends_at:
            by_kind = left.values("kind", "state", "error").annotate(messages=Count("pk"))
            sys.exit(f"Not all messages are sent: {list(by_kind)}")
    print(Notification.objects.aggregate(last=Max("sent_at"))["last"].timestamp())


if __name__ == "__main__":
    main()
