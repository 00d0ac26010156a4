"""Structured logs: lines for people in development, one JSON object a line elsewhere.

Our code and libraries log the same way, to standard error, with the id of the request or task. Links
that grant access to their bearer are cut out (`lib/bearer_links.py`).
"""

import logging.config
import sys
from typing import Any, Literal

import structlog
from django.conf import settings
from structlog.typing import Processor, WrappedLogger

from lib.bearer_links import hide_secrets

Format = Literal["text", "json"]

_shared: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def hide_in_line(logger: WrappedLogger, name: str, line: str) -> str:
    """Hide bearer links anywhere in a line as it is written."""
    hidden: str = hide_secrets(line)
    return hidden


def configuration(*, level: str, style: Format) -> dict[str, Any]:
    """Return the value of LOGGING and configure structlog accordingly."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[Processor]
    if style == "json":
        # Without local variables, which hold what people typed.
        transformer = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        last = [structlog.processors.ExceptionRenderer(transformer), structlog.processors.JSONRenderer()]
    else:
        # A plain traceback: a rich one prints local variables, which takes minutes for a seat map's layout.
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
        )
        last = [renderer]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last, hide_in_line],
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # django-structlog already writes a line for each.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"handlers": [], "propagate": True},
            "celery.app.trace": {"level": "CRITICAL"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "mail.log": {"level": "WARNING"},
            # A line for each attempt to connect; each request that failed for it has one already.
            "psycopg.pool": {"level": "ERROR"},
            # It complains at every start that our URL has no host name.
            "kombu.connection": {"level": "ERROR"},
        },
    }


def report_errors(*, dsn: str, environment: str, traces: float) -> None:
    """Send errors to Sentry, without names, addresses or what people typed; `traces` is the share of requests timed."""
    # Imported here: most sites have no Sentry, and it takes 0.2 s.
    import sentry_sdk  # noqa: PLC0415

    def hide(event: Any, hint: Any) -> Any:
        return hide_secrets(event)

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        traces_sample_rate=traces,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        before_send=hide,
        before_send_transaction=hide,
    )


def name_task(task: Any, **kwargs: object) -> None:
    """Put the task's name on all its lines; connected to a signal of django-structlog."""
    structlog.contextvars.bind_contextvars(task=task.name)


def configure_worker(**kwargs: object) -> None:
    """Give Celery's processes the same logs; connected to its signal `setup_logging`."""
    logging.config.dictConfig(settings.LOGGING)
