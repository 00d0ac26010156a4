"""Marquee beside pretix: guests who buy two tickets by pages, sixteen at once, and get them by mail.

    python -m benchmarks.peers.compare [--rounds 3] [--seconds 20] [--short]

Installs the newest pretix from the package index into an environment of its own under `.run/peers/`, starts one
PostgreSQL and one Valkey for both sites, for each two page processes of four threads and a worker of two processes,
and an SMTP server; then lets the same driver buy at one site after the other, round by round. A round ends when all
its mail is sent. `benchmarks/README.md` says what differs. pretix takes some minutes to make its tables. `--short`
only drives Marquee, for a moment, without pretix.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from benchmarks import drive
from benchmarks.client import Client
from benchmarks.peers import pretix_way
from benchmarks.usage import read_cpu_seconds
from tools.bench import Bench
from tools.environment import PYTHON
from tools.processes import PROJECT, Child, Supervisor, Trouble, plain_errors
from tools.servers import free_port

FOLDER = PROJECT / ".run" / "peers"
PRETIX_PYTHON = FOLDER / "env" / "bin" / "python"
PAGES = ["--interface", "wsgi", "--no-ws", "--workers", "2", "--blocking-threads", "4", "--log-level", "error"]
RESULT = FOLDER / "comparison.json"
WARM_UP_SECONDS = 3
MAIL_SECONDS = 300


@dataclass(frozen=True)
class Site:
    """A site that is being driven: whose processor time counts, how to buy, and how many mails are not sent yet."""

    name: str
    processes: dict[str, int]
    book: Callable[[drive.Scale], dict[str, float]]
    count_unsent: Callable[[], int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    with plain_errors(), Supervisor() as supervisor:
        bench = Bench(supervisor, is_short=options.short)
        if options.short:
            bench.prepare()
            server, port = bench.serve(workers=1)
            print(drive.book_by_pages(port, json.loads(bench.plan.read_text()), drive.SHORT))
            supervisor.end(server)
            return
        version = install_pretix()
        mail_port = start_mail(supervisor)
        sites = [start_marquee(bench, mail_port), start_pretix(bench, mail_port)]
        figures = compare(sites, options.rounds, replace(drive.FULL, seconds_of_booking=options.seconds))
    report(figures, f"pretix {version}")
    RESULT.write_text(json.dumps({"pretix": version, "rounds": figures}, indent=2) + "\n")


def install_pretix() -> str:
    """Install pretix and the page server into an environment of their own, once; return its version."""
    if not PRETIX_PYTHON.exists():
        run([sys.executable, "-m", "venv", str(FOLDER / "env")], dict(os.environ))
    print("Installing pretix", flush=True)
    run([str(PRETIX_PYTHON), "-m", "pip", "install", "--quiet", "pretix", "granian"], dict(os.environ))
    ask = "from importlib.metadata import version; print(version('pretix'))"
    return run([str(PRETIX_PYTHON), "-c", ask], dict(os.environ)).strip()


def run(command: list[str], env: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Trouble(f"{' '.join(command)} failed:\n{done.stdout[-1000:]}{done.stderr[-4000:]}")
    return done.stdout


def start_mail(supervisor: Supervisor) -> int:
    port = free_port()
    sink = [str(PYTHON), "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    supervisor.start("smtp", sink, is_shown=False)
    return port


def postgres_of(supervisor: Supervisor) -> int:
    return next(child.process.pid for child in supervisor.children if child.name == "postgres")


def start_marquee(bench: Bench, mail_port: int) -> Site:
    bench.env["EMAIL_URL"] = f"smtp://127.0.0.1:{mail_port}"
    bench.prepare()
    plan = json.loads(bench.plan.read_text())
    server, port = bench.serve(workers=2)
    worker = start_worker(bench.supervisor, [str(PYTHON), "-m", "celery", "-A", "ticketing"], bench.env)
    rounds = iter(range(len(plan["shows"]) // 3))

    def book(scale: drive.Scale) -> dict[str, float]:
        # Other shows each time: the driver takes the seats of three in the same order.
        at = 3 * next(rounds)
        return drive.book_by_pages(port, plan, scale, f"{at}:{at + 3}")

    unsent = "SELECT count(*) FROM notifications_notification WHERE state IN ('waiting', 'sending')"
    return Site(
        "Marquee",
        {"pages": server.process.pid, "worker": worker.process.pid, "database": postgres_of(bench.supervisor)},
        book,
        lambda: count(bench.env["DATABASE_URL"], unsent),
    )


def start_worker(supervisor: Supervisor, celery: list[str], env: dict[str, str]) -> Child:
    return supervisor.start(
        "worker", [*celery, "--quiet", "worker", "--concurrency", "2", "--loglevel", "error"], env=env, is_shown=False
    )


def start_pretix(bench: Bench, mail_port: int) -> Site:
    url = bench.env["DATABASE_URL"].rpartition("/")[0] + "/pretix"
    make_database(bench.env["DATABASE_URL"], "pretix")
    env, port = pretix_environment(bench, url, mail_port), free_port()
    env["PRETIX_PRETIX_URL"] = f"http://127.0.0.1:{port}"
    print("Making the tables of pretix, which takes minutes", flush=True)
    run([str(PRETIX_PYTHON), "-m", "pretix", "migrate", "-v", "0"], env)
    item = run([str(PRETIX_PYTHON), "-m", "benchmarks.peers.pretix_event"], env).split()[-1]
    pages = [str(PRETIX_PYTHON), "-m", "granian", "--port", str(port), *PAGES, "pretix.wsgi:application"]
    server = bench.supervisor.start("pretix", pages, env=env, is_shown=False)
    worker = start_worker(bench.supervisor, [str(PRETIX_PYTHON), "-m", "celery", "-A", "pretix.celery_app"], env)
    bench.supervisor.wait_until(lambda: is_open(port), 120, f"pretix did not start:\n{server.quote()}")
    return Site(
        "pretix",
        {"pages": server.process.pid, "worker": worker.process.pid, "database": postgres_of(bench.supervisor)},
        lambda scale: drive.book(lambda client, _number, _times: pretix_way.buy(client, item), port, scale),
        lambda: count(url, "SELECT count(*) FROM pretixbase_outgoingmail WHERE status != 'sent'"),
    )


def pretix_environment(bench: Bench, url: str, mail_port: int) -> dict[str, str]:
    user, _at, place = url.partition("//")[2].partition("/")[0].rpartition("@")
    host, _colon, port = place.partition(":")
    valkey = bench.env["REDIS_URL"].rpartition("/")[0]
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PRETIX_")},
        "PYTHONPATH": str(PROJECT),
        "DJANGO_SETTINGS_MODULE": "pretix.settings",
        "PRETIX_PRETIX_DATADIR": str(bench.folder / "pretix"),
        "PRETIX_PRETIX_LOGLEVEL": "ERROR",
        "PRETIX_DJANGO_SECRET": "of-the-benchmark",
        "PRETIX_DATABASE_BACKEND": "postgresql",
        "PRETIX_DATABASE_NAME": "pretix",
        "PRETIX_DATABASE_USER": user,
        "PRETIX_DATABASE_HOST": host,
        "PRETIX_DATABASE_PORT": port,
        "PRETIX_REDIS_LOCATION": f"{valkey}/2",
        "PRETIX_REDIS_SESSIONS": "true",
        "PRETIX_CELERY_BROKER": f"{valkey}/3",
        "PRETIX_CELERY_BACKEND": f"{valkey}/4",
        "PRETIX_MAIL_HOST": "127.0.0.1",
        "PRETIX_MAIL_PORT": str(mail_port),
    }


def is_open(port: int) -> bool:
    try:
        return Client(drive.HOST, port).get(pretix_way.SHOP).status == 200
    except OSError:
        return False


def make_database(url: str, name: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")


def count(url: str, query: str) -> int:
    import psycopg

    with psycopg.connect(url) as connection:
        found = connection.execute(query).fetchone()
        return int(found[0])


def compare(sites: list[Site], rounds: int, scale: drive.Scale) -> list[dict[str, Any]]:
    figures: list[dict[str, Any]] = []
    for number in range(rounds + 1):
        for site in sites:
            is_warm_up = number == 0
            found = measure(site, replace(scale, seconds_of_booking=WARM_UP_SECONDS) if is_warm_up else scale)
            print(f"  {'warming up' if is_warm_up else f'round {number}'}, {site.name}: {found}", flush=True)
            if not is_warm_up:
                figures.append({"site": site.name, **found})
    return figures


def measure(site: Site, scale: drive.Scale) -> dict[str, Any]:
    """Let the customers buy, wait until all is sent, and divide by the bookings."""
    before = {part: read_cpu_seconds(process) for part, process in site.processes.items()}
    started = time.monotonic()
    found = site.book(scale)
    while site.count_unsent():
        if time.monotonic() - started > MAIL_SECONDS:
            raise Trouble(f"{site.name} has not sent all mail after {MAIL_SECONDS} seconds.")
        time.sleep(0.1)
    seconds = time.monotonic() - started
    spent = {part: read_cpu_seconds(process) - before[part] for part, process in site.processes.items()}
    return {
        "bookings": found["count"],
        "bookings a second": found["per_second"],
        "with all mail sent": round(found["count"] / seconds, 2),
        "p50 ms": found["p50_ms"],
        "p95 ms": found["p95_ms"],
        **{f"{part}, CPU ms a booking": round(1000 * used / found["count"], 1) for part, used in spent.items()},
        "CPU ms a booking": round(1000 * sum(spent.values()) / found["count"], 1),
    }


def report(figures: list[dict[str, Any]], peer: str) -> None:
    """Print the median of the rounds, and how many times pretix's figure each is."""
    ours, theirs = ([one for one in figures if one["site"] == name] for name in ("Marquee", "pretix"))
    print(f"\n{'median of the rounds':32}{'Marquee':>12}{peer:>20}{'ratio':>8}")
    for name in list(ours[0])[1:]:
        a, b = (median(one[name] for one in rounds) for rounds in (ours, theirs))
        print(f"{name:32}{a:>12g}{b:>20g}{a / b if b else 0:>8.2f}")


if __name__ == "__main__":
    main()
