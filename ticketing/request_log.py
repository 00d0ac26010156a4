"""The route, duration and number of statements on the log line of each request."""

from __future__ import annotations

import logging
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import structlog
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest

from lib.client_address import client_address


@dataclass
class _Measure:
    started: float
    statements: int = 0


log = structlog.get_logger("django_structlog.middlewares.request")
_current: ContextVar[_Measure | None] = ContextVar("request_measure", default=None)


def begin(request: HttpRequest, **kwargs: object) -> None:
    """Put the client's address on all lines of the request and start measuring; connected to django-structlog."""
    structlog.contextvars.bind_contextvars(ip=client_address(request) or None)
    _current.set(_Measure(time.perf_counter()))


def describe(request: HttpRequest, log_kwargs: dict[str, Any], **kwargs: object) -> None:
    """Add the measurements to the last line of a request; connected to django-structlog.

    The route is the pattern of the address, without the secret of a link.
    """
    measure = _current.get()
    if measure is not None:
        log_kwargs |= {
            "route": request.resolver_match.route if request.resolver_match else None,
            "ms": round((time.perf_counter() - measure.started) * 1000, 1),
            "statements": measure.statements,
        }


def log_shared(request: HttpRequest, code: int, route: str | None, started: float) -> None:
    """Write the line of a request that was answered with a shared page, before all other middleware."""
    if logging.getLogger("django_structlog").isEnabledFor(logging.INFO):
        log.info(
            "request_finished",
            request_id=str(uuid4()),
            ip=client_address(request) or None,
            code=code,
            request=f"{request.method} {request.get_full_path()}",
            route=route,
            ms=round((time.perf_counter() - started) * 1000, 1),
            statements=0,
        )


def count_statements(connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    """Count the statements of this connection; connected to Django's `connection_created`."""
    if _count not in connection.execute_wrappers:
        connection.execute_wrappers.append(_count)


def _count(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
    measure = _current.get()
    if measure is not None:
        measure.statements += 1
    return execute(sql, params, many, context)
