"""Logs, metrics and error reports."""

import logging
from pathlib import Path

from ticketing import logs
from ticketing.settings.base import DEBUG, env

LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOG_FORMAT = env.str("LOG_FORMAT", "text" if DEBUG else "json")
LOGGING = logs.configuration(level=LOG_LEVEL, style="json" if LOG_FORMAT == "json" else "text")
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
# Otherwise it would load the session and the user for pages that need neither.
DJANGO_STRUCTLOG_USER_ID_FIELD = None
# It would believe any header that a client sends; `request_log.begin` names the client.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
# Prometheus reads /metrics with this bearer token; when empty, there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
# Several processes of one machine share their figures here, so that any of them can answer for all.
if env.str("PROMETHEUS_MULTIPROC_DIR", ""):
    Path(env.str("PROMETHEUS_MULTIPROC_DIR")).mkdir(parents=True, exist_ok=True)
SENTRY_DSN = env.str("SENTRY_DSN", "")
if SENTRY_DSN:
    logs.report_errors(
        dsn=SENTRY_DSN,
        environment=env.str("SENTRY_ENVIRONMENT", "production"),
        traces=env.float("SENTRY_TRACES", 0.0),
    )
