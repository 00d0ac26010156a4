"""The Marquee project: settings, addresses, the console, the API and the worker."""

import gc

from ticketing.celery import app as celery_app

__all__ = ["celery_app"]

# Python's own thresholds make it search everything that lives each time a few thousand objects have been made, which
# is a third of the time that `migrate` and the demo season take.
gc.set_threshold(50_000, 20, 20)
