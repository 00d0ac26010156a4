"""Do at once what scheduler and worker would do in the next quarter of an hour: `python -m torture.quiet`.

Runs in the site's environment when clients, worker and scheduler have ended. Its clock goes ahead in steps, so that
leases run out and payments become old enough to be asked about; what is asked of a worker it does itself.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

SWEEPS = [
    "bookings.tasks.free_lapsed_holds",
    "bookings.tasks.settle_open_payments",
    "show_changes.tasks.wake_silent_changes",
    "waiting_list.tasks.offer_to_waiting",
    "notifications.tasks.send_waiting",
]
# The longest wait is for a message whose worker was killed twice: two leases of four minutes.
STEP_SECONDS, STEPS = 150, 7


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketing.settings")
    import django

    django.setup()
    import time_machine
    from celery import current_app

    current_app.loader.import_default_modules()

    def do_now(name: str, arguments: Sequence[Any] = (), **_options: Any) -> None:
        current_app.tasks[name].apply(arguments)

    current_app.send_task = do_now
    start = time.time()
    for step in range(STEPS):
        with time_machine.travel(start + step * STEP_SECONDS, tick=True):
            for sweep in SWEEPS:
                current_app.tasks[sweep].apply(throw=True)


if __name__ == "__main__":
    main()
