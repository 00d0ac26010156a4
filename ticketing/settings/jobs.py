"""Celery: the broker, the workers and the schedule."""

from urllib.parse import urlsplit

from celery.schedules import crontab
from kombu import Queue

from ticketing.settings.base import DATA_DIR, env
from ticketing.settings.caches import REDIS_SENTINELS, REDIS_URL
from ticketing.settings.wallets import APPLE_WALLET_PASS_TYPE_ID, GOOGLE_WALLET_ISSUER_ID

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", REDIS_URL or "filesystem://")
if CELERY_BROKER_URL.startswith("filesystem"):
    _queue = DATA_DIR / "queue"
    for _folder in ("messages", "control"):
        (_queue / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "control_folder": str(_queue / "control"),
        "polling_interval": 0.1,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # When a worker is killed, its job goes to another one after so many seconds: longer than any job may take.
        "visibility_timeout": 900,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
    }
    if REDIS_SENTINELS:
        _primary = urlsplit(CELERY_BROKER_URL)
        _login, _at, _ = _primary.netloc.rpartition("@")
        CELERY_BROKER_TRANSPORT_OPTIONS["master_name"] = _primary.hostname
        CELERY_BROKER_URL = ";".join(f"sentinel://{_login}{_at}{one}{_primary.path}" for one in REDIS_SENTINELS)
        # In place of its own, Celery reads the environment's CELERY_BROKER_URL, but neither of these there.
        CELERY_BROKER_READ_URL = CELERY_BROKER_WRITE_URL = CELERY_BROKER_URL
# A worker takes from all of these, or from those that its `--queues` names: then none waits behind another kind of job.
# The first one has what nothing else is said about.
QUEUES = ["default", "payments", "mail", "reports"]
CELERY_TASK_DEFAULT_QUEUE = QUEUES[0]
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in QUEUES]
CELERY_TASK_ROUTES = {
    "bookings.tasks.settle_*": {"queue": "payments"},
    "bookings.tasks.deliver_*": {"queue": "payments"},
    "notifications.tasks.*": {"queue": "mail"},
    # Waits for Apple and Google, as mail waits for its servers.
    "wallets.tasks.*": {"queue": "mail"},
    # What may take minutes. The sweeps that start these are short.
    "reports.tasks.write_export": {"queue": "reports"},
    "reports.tasks.make_run": {"queue": "reports"},
}
# Messages are data: unpickling one could run code.
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = CELERY_EVENT_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Worker and scheduler wait for a missing broker for as long as it takes; by default they give up after 100 tries.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BEAT_SCHEDULER = "operations.scheduler:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 30
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "free lapsed holds": {"task": "bookings.tasks.free_lapsed_holds", "schedule": 60},
    "offer free places to the waiting list": {
        "task": "waiting_list.tasks.offer_to_waiting",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "ask gateways about open payments": {"task": "bookings.tasks.settle_open_payments", "schedule": 120},
    "issue receipts": {"task": "fiscal.tasks.issue_receipts", "schedule": 60, "options": {"expires": 60}},
    "resume changes of shows": {"task": "show_changes.tasks.wake_silent_changes", "schedule": 60},
    "write messages that are due": {
        "task": "mailings.tasks.write_due_messages",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "remind of visits": {
        "task": "mailings.tasks.remind_of_visits",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    # Each looks up by itself where it is evening, or the morning of the first of the month.
    "send evening reminders": {
        "task": "mailings.tasks.send_digests",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    "send monthly reports": {
        "task": "mailings.tasks.send_monthly_reports",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 900},
    },
    "follow the clock": {"task": "events.tasks.follow_clock", "schedule": 300},
    # As each minute begins, so that no report is late. Staff edit the schedules themselves (`ReportSchedule`).
    "start due reports": {"task": "reports.tasks.start_due_reports", "schedule": crontab(), "options": {"expires": 60}},
    "record that a worker is alive": {
        "task": "operations.tasks.show_worker_alive",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "delete expired rows": {
        "task": "operations.tasks.prune",
        "schedule": crontab(hour=2, minute=17),
        "options": {"expires": 3600},
    },
    "look up sending domains": {
        "task": "mailings.tasks.check_sending_domains",
        "schedule": crontab(hour=3, minute=37),
        "options": {"expires": 3600},
    },
    "find what is booked together": {
        "task": "bookings.tasks.rank_also_booked",
        "schedule": crontab(hour=3, minute=41),
        "options": {"expires": 3600},
    },
    "delete old exports": {"task": "reports.tasks.delete_old_exports", "schedule": 3600},
    # A sweep that found no worker within half a minute is replaced by the next one.
    "send waiting notifications": {
        "task": "notifications.tasks.send_waiting",
        "schedule": 30,
        "options": {"expires": 30},
    },
}
# Of use where passes are made. A job that is asked for each minute costs a statement each.
if APPLE_WALLET_PASS_TYPE_ID or GOOGLE_WALLET_ISSUER_ID:
    CELERY_BEAT_SCHEDULE["bring wallet passes up to date"] = {
        "task": "wallets.tasks.renew_passes",
        "schedule": 60,
        "options": {"expires": 60},
    }
