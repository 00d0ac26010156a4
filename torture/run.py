"""Attack the sale while everything dies, then let the auditor read what is left.

    python -m torture.run [--seed 7] [--seconds 600] [--database postgres|sqlite] [--short] [--folder PATH]

`make torture` runs it. Clients are guests on the pages, customers of the API, sellers, managers and scanners, and the
bank that sends webhooks. What each client chooses, and which faults come in which order, follows from the seed; when
a request meets a fault is up to the machine, so no two runs are the same. With `--folder` everything is kept there.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from tools.environment import ensure
from tools.processes import PROJECT, Child, Supervisor, Trouble, plain_errors
from tools.servers import make_folder
from torture.diary import read_diaries
from torture.disk import own_mounts
from torture.faults import ON_POSTGRES, ON_SQLITE, Fault, lose_power, run_out_of_space
from torture.logs import Logs
from torture.report import describe_audit, end_with, print_audit
from torture.stage import Attacked

REPORT = PROJECT / ".run" / "torture.json"
FAULT_PAUSE_SECONDS, SHORT_PAUSE_SECONDS = (1.0, 8.0), (1.5, 3.0)
SECONDS, SHORT_SECONDS = 600, 12
PROCESSES, CLIENTS = 2, 12
SLOW_RECOVERY_SECONDS = 10


class Torture:
    def __init__(self, supervisor: Supervisor, options: argparse.Namespace) -> None:
        self.supervisor, self.options = supervisor, options
        folder = Path(options.folder) if options.folder else make_folder(supervisor, "torture", on_disk=True)
        self.site = Attacked(
            supervisor,
            folder,
            seed=options.seed,
            database=options.database,
            is_short=options.short,
            has_disk=options.has_disk,
        )
        faults = ON_SQLITE if self.site.is_sqlite else ON_POSTGRES
        self.faults = {fault: weight for fault, weight in faults.items() if options.only in name_of(fault)}
        if not self.site.disks:
            self.faults.pop(run_out_of_space, None)
        if not self.site.disks or not all(disk.image for disk in self.site.disks):
            self.faults.pop(lose_power, None)
        self.recoveries: dict[str, list[float]] = defaultdict(list)

    def run(self) -> dict[str, Any]:
        site, seconds = self.site, self.options.seconds
        site.prepare()
        site.start()
        print(f"Seed {site.seed}, {self.options.database}: {seconds} seconds, clocks apart by {site.skew}", flush=True)
        started = time.time()
        # SQLite lets one write at a time.
        count = CLIENTS // 2 if site.is_sqlite and self.options.short else CLIENTS
        clients = site.start_clients(seconds, processes=PROCESSES, clients=count)
        self.attack(clients, started + seconds)
        self.supervisor.finish(*clients)
        took = time.time() - started
        site.calm_down()
        site.keep_data()
        lines = list(read_diaries(site.folder / "diaries"))
        acts = Counter(line["operation"] for line in lines if "operation" in line)
        return {
            "seed": site.seed,
            "database": self.options.database,
            "seconds": round(took),
            "acts": dict(acts.most_common()),
            "facts": sum("fact" in line for line in lines),
            "faults": {name: len(times) for name, times in sorted(self.recoveries.items())},
            "parked": dict(site.parked),
            "restarted": dict(site.restarted),
            "slow answers": site.slow_answers,
            "recovery seconds": {
                name: {"median": round(median(times), 1), "longest": round(max(times), 1)}
                for name, times in sorted(self.recoveries.items())
            },
            **describe_audit(site.folder),
        }

    def attack(self, clients: list[Child], until: float) -> None:
        """Do one fault after the other until the clients' time is nearly over."""
        chance = random.Random(f"faults {self.site.seed}")
        # Each kind once, then by weight.
        deck = chance.sample(list(self.faults), len(self.faults))
        pauses = SHORT_PAUSE_SECONDS if self.options.short else FAULT_PAUSE_SECONDS
        while (left := until - time.time()) > pauses[0]:
            self.site.watch(min(left, chance.uniform(*pauses)), clients)
            if time.time() >= until:
                return
            fault = deck.pop() if deck else chance.choices(list(self.faults), list(self.faults.values()))[0]
            own = random.Random(chance.random())
            fault(self.site, own)
            took = self.site.wait_until_sold()
            name = name_of(fault)
            if took is None:
                raise Trouble(f"Nothing can be sold after: {name}\n{self.site.logs()}")
            self.recoveries[name].append(took)
            if took > SLOW_RECOVERY_SECONDS:
                print(f"    until then: {dict(self.site.refusals)}", flush=True)
            print(
                f"  {time.time() - until + self.options.seconds:4.0f} s  {name}, sells again after {took:.1f} s",
                flush=True,
            )


def name_of(fault: Fault) -> str:
    return fault.__name__.replace("_", " ")


def print_report(report: dict[str, Any]) -> None:
    rate = report["operations"] / max(report["seconds"], 1)
    print(f"{report['operations']} operations in {report['seconds']} seconds ({rate:.0f}/s)")
    print(f"{sum(report['faults'].values())} faults; sells again after, median and longest seconds:")
    for name, times in report["recovery seconds"].items():
        print(f"  {name:24} {report['faults'][name]:3} ×  {times['median']:5} {times['longest']:5}")
    print(f"parked at: {report['parked']}")
    print_audit(report)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--short", action="store_true", help="a few seconds in smaller houses, as the tests do")
    parser.add_argument("--only", default="", help="only faults with these words in their names")
    parser.add_argument("--folder", help="where to keep database, diaries and mails")
    options = parser.parse_args()
    options.seconds = options.seconds or (SHORT_SECONDS if options.short else SECONDS)
    options.has_disk = not options.short and own_mounts()
    if not options.short and not options.has_disk:
        print("No disks of its own, which only root may make here: “run out of space” and “lose power” are left out.")
    logs = Logs()
    with plain_errors(), Supervisor(logs.show) as supervisor:
        ensure(supervisor, "requirements-dev.txt")
        torture = Torture(supervisor, options)
        logs.folder = torture.site.folder / "logs"
        if any(disk.image is None for disk in torture.site.disks):
            print("No power of its own, for which root has to mount ext4: “lose power” is left out.")
        try:
            report = torture.run()
        finally:
            supervisor.end_all()
            torture.site.remove_disks()
        print_report(report)
        end_with(report, REPORT)


if __name__ == "__main__":
    main()
