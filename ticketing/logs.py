"""Structured logs: coloured lines for people in development, one JSON object a line elsewhere."""

import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

_shared: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.format_exc_info,
]
_last = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()


def renderer(logger: WrappedLogger, name: str, event_dict: EventDict) -> str:
    event_dict.pop("_record", None)
    event_dict.pop("_from_structlog", None)
    return str(_last(logger, name, event_dict))


structlog.configure(
    processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
