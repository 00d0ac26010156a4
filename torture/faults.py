"""What is done to the servers while they sell, and how soon they sell again.

Each fault is a function of the site and its random choices. It returns when its cause is over, such as when a killed
process has been started again; from then on recovery is measured, until a customer can hold places.
"""

from __future__ import annotations

import contextlib
import os
import random
import resource
import time
from collections.abc import Callable
from signal import SIGKILL, SIGQUIT

import psycopg

from benchmarks.site import find_children
from torture.parking import STEPS, kill
from torture.stage import Attacked

Fault = Callable[[Attacked, random.Random], None]

# How long a part is away.
AWAY_SECONDS = (0.0, 4.0)
SILENT_SECONDS = (0.5, 8.0)
DELAY_SECONDS = (0.02, 0.2)
# How long to wait for a process to come by an armed park point, and how long it stands there with its locks.
PARK_PATIENCE_SECONDS = 8
PARKED_SECONDS = (0.2, 2.0)
# So that one of them is passed soon.
ARMED_AT_ONCE = 4
NO_LIMIT = resource.RLIM_INFINITY


def kill_page_process(site: Attacked, chance: random.Random) -> None:
    kill(chance.choice(site.page_processes() or [site.child("pages").group]))


def kill_page_server(site: Attacked, chance: random.Random) -> None:
    _kill_and_restart(site, "pages")


def kill_worker(site: Attacked, chance: random.Random) -> None:
    _kill_and_restart(site, "worker")


def kill_worker_process(site: Attacked, chance: random.Random) -> None:
    if processes := find_children(site.child("worker").group):
        kill(chance.choice(processes))


def kill_scheduler(site: Attacked, chance: random.Random) -> None:
    _kill_and_restart(site, "scheduler")


def kill_everything(site: Attacked, chance: random.Random) -> None:
    """Kill pages, worker and scheduler at the same moment."""
    names = ("pages", "worker", "scheduler")
    children = [site.child(name) for name in names]
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.group, SIGKILL)
    for child in children:
        site.supervisor.kill(child)
    for child in children:
        child.again()


def stop_postgres_at_once(site: Attacked, chance: random.Random) -> None:
    postgres = site.child("postgres")
    site.supervisor.end(postgres, SIGQUIT)
    time.sleep(chance.uniform(*AWAY_SECONDS))
    postgres.again()


def end_backends(site: Attacked, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 3)):
        with psycopg.connect(site.database, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        time.sleep(chance.uniform(0, 0.5))


def kill_valkey(site: Attacked, chance: random.Random) -> None:
    valkey = site.child("valkey")
    site.supervisor.kill(valkey)
    time.sleep(chance.uniform(*AWAY_SECONDS))
    valkey.again()


def empty_valkey(site: Attacked, chance: random.Random) -> None:
    site.empty_valkey()


def cut_connections(site: Attacked, chance: random.Random) -> None:
    proxy = chance.choice(list(site.proxies.values()))
    for _ in range(chance.randint(1, 4)):
        proxy.cut()
        time.sleep(chance.uniform(0, 0.5))


def split_network(site: Attacked, chance: random.Random) -> None:
    """Cut the servers off from the database or Valkey, and refuse new connections."""
    proxy = chance.choice(list(site.proxies.values()))
    proxy.is_refusing = True
    proxy.cut()
    time.sleep(chance.uniform(*AWAY_SECONDS))
    proxy.is_refusing = False


def silent_network(site: Attacked, chance: random.Random) -> None:
    """Let nothing pass, and nobody know: no answer, no refusal, no end of a connection. Then it goes on, or is cut."""
    proxy = chance.choice(list(site.proxies.values()))
    proxy.fall_silent()
    time.sleep(chance.uniform(*SILENT_SECONDS))
    proxy.speak_again(is_lost=chance.random() < 0.5)


def slow_network(site: Attacked, chance: random.Random) -> None:
    proxy = chance.choice(list(site.proxies.values()))
    proxy.delay_seconds = chance.uniform(*DELAY_SECONDS)
    time.sleep(chance.uniform(*AWAY_SECONDS))
    proxy.delay_seconds = 0.0


def fill_disk(site: Attacked, chance: random.Random) -> None:
    """Let every write to a file fail, also those that need no more space, by a limit on the size of files."""
    leaders = [site.child(name).group for name in (("pages", "worker") if site.is_sqlite else ("postgres",))]
    processes = [*leaders, *(process for leader in leaders for process in find_children(leader))]
    _limit_files(processes, 0)
    time.sleep(chance.uniform(*AWAY_SECONDS))
    _limit_files([*processes, *(process for leader in leaders for process in find_children(leader))], NO_LIMIT)
    if not site.is_sqlite:
        # It may have ended itself, and anyone who has made room starts it again.
        postgres = site.child("postgres")
        site.supervisor.end(postgres, SIGQUIT)
        postgres.again()


def run_out_of_space(site: Attacked, chance: random.Random) -> None:
    """Fill the small disk: what needs more space fails (ENOSPC), and what fits into files as they are goes on."""
    disk = site.disks[0]
    disk.fill()
    time.sleep(chance.uniform(*AWAY_SECONDS))
    disk.clear()


def lose_power(site: Attacked, chance: random.Random) -> None:
    """Let the machine of the database lose its power: what was not yet safe on its disks is gone.

    With SQLite, and now and then with PostgreSQL, everything is on that machine.
    """
    names = [] if site.is_sqlite else ["postgres"]
    if site.is_sqlite or chance.random() < 0.3:
        names += ["pages", "worker", "scheduler", *([] if site.is_sqlite else ["valkey"])]
    site.lose_power(names, chance.uniform(*AWAY_SECONDS))


def park_and_kill(site: Attacked, chance: random.Random) -> None:
    """Let a process stop at the first, second or n-th pass of one of some steps, and kill it there."""
    steps = chance.sample(list(STEPS), ARMED_AT_ONCE)
    for step in steps:
        site.parking.arm(step, chance.choice([1, 2, chance.randint(3, 9)]))
    try:
        site.parking.wait(steps, PARK_PATIENCE_SECONDS)
        time.sleep(chance.uniform(*PARKED_SECONDS))
    finally:
        parked = site.parking.disarm(steps)
    site.parked.update(parked.keys())
    for process in set(parked.values()):
        leader = next((child for child in site.supervisor.children if child.group == process), None)
        if leader is None:
            kill(process)
        else:
            site.supervisor.kill(leader)
            leader.again()


# With their weights. Each page process that dies is replaced by its server.
ON_POSTGRES: dict[Fault, int] = {
    park_and_kill: 12,
    kill_page_process: 4,
    kill_page_server: 2,
    kill_worker: 3,
    kill_worker_process: 2,
    kill_scheduler: 1,
    kill_everything: 1,
    stop_postgres_at_once: 3,
    end_backends: 3,
    kill_valkey: 3,
    empty_valkey: 2,
    cut_connections: 3,
    split_network: 2,
    silent_network: 3,
    slow_network: 2,
    fill_disk: 1,
    run_out_of_space: 2,
    lose_power: 4,
}
ON_SQLITE: dict[Fault, int] = {
    park_and_kill: 6,
    kill_everything: 5,
    kill_page_process: 2,
    kill_worker: 2,
    kill_scheduler: 1,
    fill_disk: 2,
    run_out_of_space: 3,
    lose_power: 4,
}


def _kill_and_restart(site: Attacked, name: str) -> None:
    child = site.child(name)
    site.supervisor.kill(child)
    child.again()


def _limit_files(processes: list[int], size: int) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            _soft, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
            resource.prlimit(process, resource.RLIMIT_FSIZE, (size if size != NO_LIMIT else hard, hard))
