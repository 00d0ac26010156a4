"""Probes and metrics for operators.

They are answered before everything else: for any host name, over plain HTTP too (inside a cluster),
and without a line in the log or a count in the metrics.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from http import HTTPStatus

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import CollectorRegistry, generate_latest

from operations.heartbeats import find_late
from ticketing.celery import app
from ticketing.metrics import SiteCollector
from ticketing.redis_cache import FallbackRedisCache

READY_SECONDS = 2


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer as long as the process runs; check nothing else."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 503 if the database does not answer, else 200, and name what failed; within READY_SECONDS.

    The site works without cache or broker, so it is not taken out of service for them.
    """
    checks = {"database": _ask_database, "cache": _ask_cache, "broker": _ask_broker}
    executor = ThreadPoolExecutor(len(checks))
    answers = {name: executor.submit(_ask, ask) for name, ask in checks.items()}
    wait(answers.values(), READY_SECONDS)
    executor.shutdown(wait=False)
    failed = [name for name, answer in answers.items() if not answer.done() or answer.exception()]
    status = "not ready" if "database" in failed else "degraded" if failed else "ok"
    return JsonResponse({"status": status, "failed": failed}, status=503 if "database" in failed else 200)


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """Answer 503 while the scheduler, the workers or the nightly pruning is late, and name which.

    For alarms, not for load balancers: pages work without them (see /readyz).
    """
    try:
        late = sorted(find_late(timezone.now()))
    except DatabaseError:
        return JsonResponse({"status": "unknown", "late": []}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return JsonResponse({"status": "late" if late else "ok", "late": late}, status=503 if late else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give Prometheus its figures, for METRICS_TOKEN; if none is set, in development only.

    The caller's address decides nothing: behind a proxy, all requests have the proxy's.
    """
    if settings.METRICS_TOKEN:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not constant_time_compare(token, settings.METRICS_TOKEN):
            answer = HttpResponse("Metrics need the bearer token.\n", "text/plain", HTTPStatus.UNAUTHORIZED)
            answer["WWW-Authenticate"] = "Bearer"
            return answer
    elif not settings.DEBUG:
        raise Http404
    figures: HttpResponse = ExportToDjangoView(request)
    # Apart from those of processes: these are the site's, from whichever process.
    registry = CollectorRegistry()
    registry.register(SiteCollector())
    figures.content += generate_latest(registry)
    return figures


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": healthz,
    "/healthz/jobs": jobs,
    "/readyz": readyz,
    "/metrics": metrics,
}


def probe_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    def answer(request: HttpRequest) -> HttpResponseBase:
        probe = PROBES.get(request.path_info)
        return probe(request) if probe else get_response(request)

    return answer


def _ask(ask: Callable[[], None]) -> None:
    try:
        ask()
    finally:
        # This thread's own connection, which nothing else would close.
        connection.close()


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_cache() -> None:
    shared = caches["default"]
    if isinstance(shared, FallbackRedisCache):
        shared.ask_server()
    else:
        shared.get("readyz")


def _ask_broker() -> None:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=READY_SECONDS)
