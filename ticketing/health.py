"""Probes and metrics for operators."""

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from ticketing.celery import app


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer as long as the process runs; ask nothing else."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when database, cache and broker answer, else 503 with the names of those that do not."""
    checks = {"database": _ask_database, "cache": _ask_cache, "broker": _ask_broker}
    failed = []
    for name, ask in checks.items():
        try:
            ask()
        except Exception:  # whatever fails there, the answer is "not ready"
            failed.append(name)
    return JsonResponse({"status": "not ready" if failed else "ok", "failed": failed}, status=503 if failed else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    return ExportToDjangoView(request)


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_cache() -> None:
    cache.set("readyz", "ok", 5)
    if cache.get("readyz") != "ok":
        raise ConnectionError("The cache does not keep what it is given.")


def _ask_broker() -> None:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
