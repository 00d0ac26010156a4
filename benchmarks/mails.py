"""Wait until every message is sent, and print when the last one was, in seconds of the epoch.

Runs in the environment of the site.
"""

import os
import sys
import time

PATIENCE_SECONDS = 120


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketing.settings")
    import django

    django.setup()
    from django.db.models import Max

    from notifications.models import Notification

    ends_at = time.monotonic() + PATIENCE_SECONDS
    while Notification.objects.exclude(state=Notification.State.SENT).exists():
        if time.monotonic() > ends_at:
            sys.exit("Not all messages are sent.")
        time.sleep(0.2)
    print(Notification.objects.aggregate(last=Max("sent_at"))["last"].timestamp())


if __name__ == "__main__":
    main()
