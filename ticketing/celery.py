"""The Celery application. Tasks live in each app's `tasks.py`."""

import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_after_setup, setup_logging, worker_ready
from django_structlog.celery.signals import bind_extra_task_metadata
from django_structlog.celery.steps import DjangoStructLogInitStep

from lib.jobs import ask_worker
from ticketing import folder_queue
from ticketing.logs import configure_worker, name_task

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketing.settings")

setup_logging.connect(configure_worker)
bind_extra_task_metadata.connect(name_task)

folder_queue.install()
app = Celery("marquee")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Puts the id of the request that started a task on the task's log lines.
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@celeryd_after_setup.connect
def load_for_children(**kwargs: object) -> None:
    """Load typefaces and the site before the pool's processes are forked."""
    from lib import typesetting  # noqa: PLC0415 Django is not set up when this module is read
    from ticketing.preload import load_site  # noqa: PLC0415

    typesetting.load()
    load_site()


@worker_ready.connect
def show_alive(sender: Any, **kwargs: object) -> None:
    """Record the worker at once, and not only within a minute."""
    # By a job: this process must not open a connection that its children would share.
    ask_worker("operations.tasks.show_worker_alive")
