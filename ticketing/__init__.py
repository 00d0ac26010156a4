"""The Marquee project: settings, addresses, the console, the API and the worker."""

from ticketing.celery import app as celery_app

__all__ = ["celery_app"]
