"""Figures of the site for Prometheus, read from database and broker at each scrape.

Every page process returns the same ones; counts and durations of requests are each process's own.
`docs/monitoring/` explains each figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import structlog
from django.db import DatabaseError
from django.db.models import Count, Min, QuerySet, Sum
from django.utils import timezone
from kombu.exceptions import ChannelError, OperationalError
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bookings.models import Booking, Ticket
from bookings.services.remedy import needing_remedy
from notifications.models import Notification
from operations import heartbeats
from operations.models import Pruning
from payments.models import Payment, Refund
from reports.models import Export, ReportRun
from ticketing.celery import app
from waiting_room.figures import Queue, read_figures, read_queues
from waiting_room.rooms import SITE_LINE, read_rooms

log = structlog.get_logger(__name__)

_NEVER = float("inf")


class SiteCollector(Collector):
    """Reads the figures at each scrape: some ten statements, each by an index or over few rows."""

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        yield from _read_while_up("database", DatabaseError, _read_database)
        yield from _read_while_up("broker", (OperationalError, OSError), _read_broker)


def _read_while_up(
    name: str, errors: type[Exception] | tuple[type[Exception], ...], read: Callable[[], Iterator[Metric]]
) -> Iterator[Metric]:
    """Yield what `read` returns and that the server is up, or only that it is down: a scrape never fails."""
    found: list[Metric] = []
    try:
        found = list(read())
    except errors as error:
        log.warning("metrics_unread", of=name, error=str(error))
    yield _gauge(f"marquee_{name}_up", f"1 if the {name} answered.", float(bool(found)))
    yield from found


def _read_database() -> Iterator[Metric]:
    now = timezone.now()
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    yield from _read_jobs(now)
    yield from _read_outbox(now)
    yield from _read_holds(now)
    yield from _read_money(now, day)
    yield from _read_waiting_rooms()
    yield _count_by(
        "marquee_open_exports", "Exports that wait or are being written.", _open(Export), ["state"], Export.OPEN
    )
    yield _count_by(
        "marquee_open_report_runs",
        "Scheduled reports that wait or are being made.",
        _open(ReportRun),
        ["state"],
        ReportRun.OPEN,
    )


def _open(model: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(state__in=model.OPEN)
    return rows


def _read_jobs(now: datetime) -> Iterator[Metric]:
    age = _gauge(
        "marquee_heartbeat_age_seconds",
        "Seconds since the last sign of life of the scheduler, the workers and the nightly pruning; +Inf before any.",
        labels=["part"],
    )
    for part, at in heartbeats.read_beats().items():
        age.add_metric([part], (now - at).total_seconds() if at else _NEVER)
    yield age
    pruned = CounterMetricFamily("marquee_pruned_rows", "Rows that the nightly job deleted.", labels=["model"])
    for label, removed in Pruning.objects.order_by("label").values_list("label", "removed"):
        pruned.add_metric([label], removed)
    yield pruned


def _read_outbox(now: datetime) -> Iterator[Metric]:
    states = (Notification.State.WAITING, Notification.State.SENDING, Notification.State.FAILED)
    yield _count_by(
        "marquee_outbox_messages",
        "Messages that are not sent yet, or were given up.",
        Notification.objects.filter(state__in=states),
        ["state"],
        states,
    )
    due = Notification.objects.filter(state=Notification.State.WAITING, next_attempt_at__lte=now)
    oldest = due.aggregate(at=Min("next_attempt_at"))["at"]
    yield _gauge(
        "marquee_outbox_oldest_seconds", "How long the message that is due longest has been due.", _age(now, oldest)
    )


def _read_holds(now: datetime) -> Iterator[Metric]:
    holds = Booking.objects.filter(state=Booking.State.HELD, expires_at__gt=now)
    yield _gauge("marquee_holds", "Holds whose time is running.", holds.count())
    lapsed = Booking.objects.lapsed(now).aggregate(at=Min("expires_at"))["at"]
    yield _gauge(
        "marquee_lapsed_hold_oldest_seconds", "How long the oldest lapsed hold has kept its seats.", _age(now, lapsed)
    )


def _read_money(now: datetime, day: datetime) -> Iterator[Metric]:
    today = Payment.objects.filter(created_at__gte=day)
    yield _count_by("marquee_payments_today", "Payments begun since midnight UTC.", today, ["gateway", "state"])
    sales = _gauge("marquee_sales_today", "Money received for payments begun since midnight UTC.", labels=["currency"])
    rows = today.received().order_by().values_list("received_currency").annotate(total=Sum("received_amount"))
    for currency, total in rows:
        sales.add_metric([currency], float(total or Decimal(0)))
    yield sales
    tickets = Ticket.objects.issued().filter(booking__created_at__gte=day)
    yield _gauge("marquee_tickets_today", "Tickets issued by bookings begun since midnight UTC.", tickets.count())
    started = Payment.objects.filter(state=Payment.State.STARTED).aggregate(at=Min("created_at"))["at"]
    yield _gauge(
        "marquee_started_payment_oldest_seconds",
        "How long the oldest payment has been waiting for an answer of its gateway.",
        _age(now, started),
    )
    pending = Refund.objects.filter(state=Refund.State.PENDING)
    refunds = _gauge("marquee_pending_refunds", "Refunds that wait for their gateway.", labels=["gateway"])
    for gateway, count in pending.order_by().values_list("payment__gateway").annotate(n=Count("pk")):
        refunds.add_metric([gateway], count)
    yield refunds
    oldest = pending.filter(source=Refund.Source.HERE).aggregate(at=Min("created_at"))["at"]
    yield _gauge(
        "marquee_pending_refund_oldest_seconds", "How long the oldest refund has been waiting.", _age(now, oldest)
    )
    yield _gauge(
        "marquee_payments_needing_staff",
        "Payments that bought nothing, could not be refunded, or were taken back at the gateway.",
        needing_remedy().count(),
    )


def _read_waiting_rooms() -> Iterator[Metric]:
    queues: dict[tuple[str, str], list[Queue]] = {("", ""): [*read_queues([SITE_LINE]).values()]}
    for line in read_figures([room.pk for room in read_rooms().values()]):
        queues.setdefault((line.showtime.theater_slug, line.showtime.event_slug), []).append(line.queue)
    for name, text in (
        ("waiting", "People in the waiting room."),
        ("admitted", "People who entered from the waiting room."),
        ("per_minute", "People who enter from the waiting room each minute."),
    ):
        people = _gauge(f"marquee_waiting_room_{name}", text, labels=["theater", "event"])
        for labels, lines in queues.items():
            people.add_metric(labels, sum(getattr(queue, name) for queue in lines))
        yield people


def _read_broker() -> Iterator[Metric]:
    jobs = _gauge("marquee_queued_jobs", "Jobs that wait for a worker.", labels=["queue"])
    with app.connection_for_read() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
        for name in app.amqp.queues:
            try:
                waiting = broker.default_channel.queue_declare(queue=name, passive=True).message_count  # type: ignore[attr-defined]
            except ChannelError:
                # Redis keeps no empty queue.
                waiting = 0
            jobs.add_metric([name], waiting)
    yield jobs


def _gauge(name: str, text: str, value: float | None = None, labels: list[str] | None = None) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value, labels=labels)


def _count_by(
    name: str, text: str, rows: QuerySet[Any], columns: list[str], always: tuple[str, ...] = ()
) -> GaugeMetricFamily:
    """Count rows by columns; values in `always` without rows count as 0."""
    family = _gauge(name, text, labels=columns)
    found = {tuple(values): count for *values, count in rows.order_by().values_list(*columns).annotate(n=Count("pk"))}
    for values, count in ({(value,): 0 for value in always} | found).items():
        family.add_metric([str(value) for value in values], count)
    return family


def _age(now: datetime, at: datetime | None) -> float:
    return max(now - at, timedelta(0)).total_seconds() if at else 0.0
