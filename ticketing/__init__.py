"""The Marquee project: settings, addresses, the API and the worker."""

import gc

from ticketing.celery import app as celery_app

__all__ = ["celery_app"]

# With Python's own thresholds, garbage collection takes a third of the time of `migrate` and the demo season.
gc.set_threshold(50_000, 20, 20)
