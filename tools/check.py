"""`make check`: format, lint, types, import contracts, templates, packages, migrations, deploy check."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools.environment import PYTHON, VENV, ensure
from tools.processes import PROJECT, Supervisor, plain_errors
from tools.test import test_environment

# A production site as described in docs/operations.md; no check connects to any of it.
PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": "of-a-check-and-long-enough-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG",
    "SITE_URL": "https://tickets.example.org",
    "ALLOWED_HOSTS": "tickets.example.org",
    "BEHIND_PROXY": "1",
    "DATABASE_URL": "postgres://marquee:secret@database.example.org/marquee",
    "REDIS_URL": "redis://cache.example.org/0",
    "CELERY_BROKER_URL": "redis://cache.example.org/1",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "Tickets <tickets@example.org>",
    "STRIPE_SECRET_KEY": "sk_live_of_a_check",
    "STRIPE_WEBHOOK_SECRET": "whsec_of_a_check",
    "TICKET_SIGNING_KEY": "b2YtYS1jaGVjay1hbmQtMzItYnl0ZXMtbG9uZy4uLi4=",
    "ENCRYPTION_KEYS": "of-a-check-and-long-enough-0123456789",
    "METRICS_TOKEN": "of-a-check-and-long-enough",
}


@dataclass(frozen=True)
class Step:
    name: str
    command: Sequence[str | Path]
    is_production: bool = False


@dataclass(frozen=True)
class Result:
    step: Step
    status: int
    output: str
    seconds: float


def steps() -> list[Step]:
    # Neither those of `.venv` nor of what `.run` holds.
    templates = sorted(PROJECT.glob("[!.]*/**/*.html"))
    return [
        Step("types (mypy)", [PYTHON, "-m", "mypy", "."]),
        Step("types of JavaScript (tsc)", [PYTHON, "-m", "tools.javascript"]),
        Step("format (ruff)", [PYTHON, "-m", "ruff", "format", "--check", "."]),
        Step("lint (ruff)", [PYTHON, "-m", "ruff", "check", "."]),
        Step("direction of imports (import-linter)", [VENV / "bin" / "lint-imports"]),
        Step("reach (files to read for a function)", [PYTHON, "-m", "tools.reach"]),
        Step("packages (deptry)", [VENV / "bin" / "deptry", "--config", "deptry.toml", "--no-ansi", "."]),
        Step("template tags (djade)", [VENV / "bin" / "djade", "--check", "--target-version", "5.2", *templates]),
        Step("template markup (djlint)", [PYTHON, "-m", "djlint", "--lint", "--quiet", *templates]),
        Step("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]),
        Step(
            "deploy check, as in production",
            [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            is_production=True,
        ),
    ]


def run(step: Step) -> Result:
    started = time.monotonic()
    env = test_environment(**(PRODUCTION if step.is_production else {}))
    done = subprocess.run(
        [str(part) for part in step.command],
        cwd=PROJECT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Result(step, done.returncode, done.stdout.strip(), time.monotonic() - started)


def show(result: Result) -> None:
    print(f"{'red  ' if result.status else 'green'}  {result.step.name}: {result.seconds:.1f} seconds", flush=True)
    if result.status:
        print("\n".join(f"       {line}" for line in result.output.splitlines()), flush=True)


def main() -> None:
    with plain_errors(), Supervisor() as supervisor:
        ensure(supervisor, "requirements-dev.txt")
    only = sys.argv[1:]
    chosen = [step for step in steps() if not only or any(word in step.name for word in only)]
    failed = []
    with ThreadPoolExecutor(2) as pool:
        for result in pool.map(run, chosen):
            show(result)
            failed += [result.step.name] if result.status else []
    if failed:
        sys.exit("\nRed: " + "; ".join(failed))
    print("\nEverything is green.")


if __name__ == "__main__":
    main()
