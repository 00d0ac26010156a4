"""Kill one machine after the other during a rush, then let the torture's auditor count.

    python -m cluster.run [--seed 7] [--only WORD] [--clients 12] [--short] [--folder PATH]

`make cluster` runs it. It stands for three etcd, a primary of PostgreSQL with a synchronous and an asynchronous standby
under Patroni, PgBouncer in transaction mode, HAProxy, Valkey with a replica and three Sentinels, two page servers, two
workers and two schedulers. While the torture's clients buy, cancel, exchange and pay, a customer tries all the time to
hold a place: from that come the seconds during which nobody could buy.
"""

from __future__ import annotations

import argparse
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from cluster.site import Clustered
from tools.environment import ensure
from tools.processes import PROJECT, Supervisor, plain_errors
from tools.servers import make_folder
from torture.logs import Logs
from torture.report import describe_audit, end_with, print_audit

REPORT = PROJECT / ".run" / "cluster.json"
# How long each loss is watched before the machine comes back: until places can be held again, within these limits; and
# the rest until the next loss.
WATCH_SECONDS, LONGEST_WATCH_SECONDS, REST_SECONDS = 10, 90, 5
PROBE_PAUSE_SECONDS = 0.1
# So often the scheduler starts this job.
SWEEP, SWEEP_SECONDS = "send waiting notifications", 30


@dataclass
class Loss:
    """Something that is killed, and how long nothing could be bought then."""

    name: str
    happen: Callable[[], object]
    mend: Callable[[Any], object]
    at: float = 0.0
    until: float = 0.0


def list_losses(site: Clustered) -> list[Loss]:
    def service(name: str, title: str) -> Loss:
        child = site.child(name)
        return Loss(title, lambda: site.supervisor.kill(child), lambda _: child.again())

    return [
        service("pages 1", "page server"),
        service("worker 1", "worker"),
        service("scheduler 1", "scheduler"),
        service("sentinel 1", "Sentinel"),
        Loss("connections of HAProxy", site.balancer.cut, lambda _: None),
        Loss("primary PostgreSQL that crashes", site.kill_postgres, lambda _: site.wait_for_standbys()),
        service("valkey", "primary Valkey"),
        Loss("machine of the primary PostgreSQL", site.kill_primary_machine, site.start_node),
    ]


class Probe(threading.Thread):
    """A customer who tries to hold a place, all the time."""

    def __init__(self, site: Clustered) -> None:
        super().__init__(daemon=True)
        self.site, self.is_over = site, threading.Event()
        self.tries: list[tuple[float, float, bool]] = []

    def run(self) -> None:
        while not self.is_over.wait(PROBE_PAUSE_SECONDS):
            started = time.monotonic()
            could = self.site.can_sell()
            self.tries.append((started, time.monotonic(), could))

    def has_bought_again(self) -> bool:
        return all(could for _started, _ended, could in self.tries[-3:])

    def refused_seconds(self, loss: Loss) -> float:
        """Return how long nothing could be bought: from the first refused try to the end of the last one."""
        failed = [one for one in self.tries if one[1] > loss.at and one[0] < loss.until and not one[2]]
        return failed[-1][1] - max(failed[0][0], loss.at) if failed else 0.0


class Drill:
    def __init__(self, supervisor: Supervisor, options: argparse.Namespace) -> None:
        self.supervisor, self.options = supervisor, options
        folder = Path(options.folder) if options.folder else make_folder(supervisor, "cluster", on_disk=True)
        self.site = Clustered(
            supervisor, folder, seed=options.seed, database="postgres", is_short=options.short, hold_minutes=1
        )

    def run(self) -> dict[str, Any]:
        site = self.site
        site.prepare()
        site.start()
        losses = [loss for loss in list_losses(site) if self.options.only in loss.name]
        seconds = len(losses) * (2 * WATCH_SECONDS + REST_SECONDS)
        print(f"Seed {site.seed}: {len(losses)} losses in some {seconds} seconds", flush=True)
        clients = site.start_clients(seconds, processes=2, clients=self.options.clients // 2)
        probe = Probe(site)
        probe.start()
        site.watch(REST_SECONDS, clients)
        sweeps, began = self.count_sweeps(), time.monotonic()
        for loss in losses:
            loss.at = time.monotonic()
            lost = loss.happen()
            site.watch(WATCH_SECONDS, clients)
            while not probe.has_bought_again() and time.monotonic() < loss.at + LONGEST_WATCH_SECONDS:
                site.watch(1, clients)
            loss.until = time.monotonic()
            (site.folder / f"{loss.name}.log").write_text(site.logs())
            print(f"  {loss.name}: nothing could be bought for {probe.refused_seconds(loss):.1f} s", flush=True)
            loss.mend(lost)
            site.watch(REST_SECONDS, clients)
        sweeps, took = self.count_sweeps() - sweeps, time.monotonic() - began
        probe.is_over.set()
        self.supervisor.finish(*clients)
        site.calm_down()
        return {
            "seed": site.seed,
            "tries": len(probe.tries),
            "refused seconds": {loss.name: round(probe.refused_seconds(loss), 1) for loss in losses},
            "sweeps": {"started": sweeps, "due": round(took / SWEEP_SECONDS, 1)},
            **describe_audit(site.folder),
        }

    def count_sweeps(self) -> int:
        with psycopg.connect(self.site.database) as connection:
            read = "SELECT total_run_count FROM django_celery_beat_periodictask WHERE name = %s"
            row = connection.execute(read, [SWEEP]).fetchone()
        return int(row[0]) if row else 0


def print_report(report: dict[str, Any]) -> None:
    print(f"{report['operations']} operations; nothing could be bought for so many seconds after the loss of a")
    for name, seconds in report["refused seconds"].items():
        print(f"  {name:36} {seconds:5}")
    print(
        f"a job of every {SWEEP_SECONDS} seconds: started {report['sweeps']['started']}, due {report['sweeps']['due']}"
    )
    print_audit(report)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--only", default="", help="the losses with this word in their names")
    parser.add_argument("--clients", type=int, default=12)
    parser.add_argument("--short", action="store_true", help="in smaller houses")
    parser.add_argument("--folder", help="where to keep diaries, mails and logs")
    options = parser.parse_args()
    logs = Logs()
    with plain_errors(), Supervisor(logs.show) as supervisor:
        ensure(supervisor, "requirements-dev.txt")
        ensure(supervisor, "requirements-cluster.txt")
        drill = Drill(supervisor, options)
        logs.folder = drill.site.folder / "logs"
        report = drill.run()
        print_report(report)
        end_with(report, REPORT)


if __name__ == "__main__":
    main()
