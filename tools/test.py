"""`make test`: every test on SQLite, and beside it on a PostgreSQL and a Valkey, started here.

Arguments go to pytest. What depends on no database, or on one as much as on the other, runs on the first one only:
tests in a browser, of pages and API calls, and those marked `once`. `make test-fast` runs on SQLite alone what needs
neither browser nor worker, is not `slow` and is not given more time than others.
"""

from __future__ import annotations

import os
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tools.environment import PYTHON, clean_environment, ensure, read_setting_names
from tools.processes import PROJECT, Child, Supervisor, plain_errors
from tools.servers import start_postgres, start_valkey

OUTPUT = PROJECT / ".run" / "test-results"
NO_TESTS_COLLECTED = 5
FAST = "--fast"
# On the first database, whose tests often wait for a browser, and on the second.
FIRST_WORKERS, SECOND_WORKERS = max(3, (os.cpu_count() or 2) // 2 + 1), max(2, (os.cpu_count() or 2) // 2)


@dataclass
class Run:
    name: str
    status: int
    seconds: float
    passed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    skipped: dict[str, str] = field(default_factory=dict)


def show(name: str, line: str) -> None:
    print(f"{name:>10}  {line}", flush=True)


def test_environment(**variables: str) -> dict[str, str]:
    """Return the environment without any setting of the site, so that only `variables` count."""
    known = read_setting_names() - {"DATA_DIR"}
    env = {name: value for name, value in clean_environment().items() if name not in known}
    return {**env, "DEBUG": "1", **variables}


def served_environment(folder: Path, *, is_short: bool, **variables: str) -> dict[str, str]:
    """Return the environment of a site that is served to be measured or attacked, with its files in `folder`.

    `is_short`: in debug mode, which needs no collected static files.
    """
    fixed = {
        "DEBUG": "1" if is_short else "0",
        "ENV_FILE": os.devnull,
        "SECRET_KEY": "of-a-served-site-0123456789-abcdefghijklmnopqrstuvwxyz",
        "DATA_DIR": str(folder / "data"),
        "STATIC_ROOT": str(folder / "static"),
        "PAYMENT_GATEWAYS": "sandbox",
        "API_ANONYMOUS_PER_MINUTE": "0",
        # Under load it would let visitors wait instead of trying.
        "WAITING_ROOM_AT_LIMIT": "0",
        "LOG_LEVEL": "ERROR",
    }
    return test_environment(**fixed | variables)


def start_pytest(
    supervisor: Supervisor, name: str, env: dict[str, str], arguments: list[str], *, workers: int = FIRST_WORKERS
) -> Child:
    report = _report_of(name)
    report.unlink(missing_ok=True)
    # Folders of its own: two runs go on at the same time.
    data = Path(os.environ.get("DATA_DIR", PROJECT / ".run")) / f"tests-{name}"
    return supervisor.start(
        name,
        [
            *(PYTHON, "-m", "pytest", "-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder"),
            f"--junitxml={report}",
            f"--color={'yes' if sys.stdout.isatty() else 'no'}",
            *arguments,
        ],
        env={**env, "DATA_DIR": str(data)},
    )


def read_run(title: str, child: Child) -> Run:
    """Read what came of a run that has ended."""
    run = Run(title, child.process.returncode, child.seconds)
    report = _report_of(child.name)
    if report.exists():
        _read_report(run, report)
    return run


def _report_of(name: str) -> Path:
    return OUTPUT / f"{name}.xml"


def _read_report(run: Run, report: Path) -> None:
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 (we wrote it)
        test = f"{case.get('classname')}.{case.get('name')}"
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            run.failed.add(test)
        elif skipped is not None:
            run.skipped[test] = skipped.get("message") or "without a reason"
        else:
            run.passed.add(test)


def summarize(runs: list[Run]) -> None:
    print("\n" + "─" * 78)
    for run in runs:
        word = "red  " if run.status not in (0, NO_TESTS_COLLECTED) else "green"
        print(f"{word}  {run.name}: {len(run.passed) + len(run.failed)} tests in {run.seconds:.0f} seconds")
    ran = set().union(*(run.passed | run.failed for run in runs))
    reasons = Counter(
        reason
        for test, reason in {test: why for run in runs for test, why in run.skipped.items()}.items()
        if test not in ran
    )
    if reasons:
        for reason, count in reasons.most_common():
            print(f"not run  {count} tests: {reason}")
    elif len(runs) > 1:
        print("Nothing was left out. What no second database would change runs on the first one only.")


def main() -> None:
    arguments = [argument for argument in sys.argv[1:] if argument != FAST]
    is_fast = FAST in sys.argv
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with plain_errors(), Supervisor(show) as supervisor:
        ensure(supervisor, "requirements-dev.txt")
        title = "SQLite, caches in the database, jobs over a folder"
        if is_fast:
            arguments = ["-m", "not browser and not worker and not slow and not timeout", *arguments]
            started = {title: start_pytest(supervisor, "sqlite", test_environment(), arguments, workers=SECOND_WORKERS)}
        else:
            database = os.environ.get("TEST_DATABASE_URL") or start_postgres(supervisor)
            redis = os.environ.get("TEST_REDIS_URL") or start_valkey(supervisor)
            again = test_environment(DATABASE_URL=database, REDIS_URL=redis, TEST_AGAIN="1")
            started = {
                title: start_pytest(supervisor, "sqlite", test_environment(), arguments),
                "PostgreSQL, caches and jobs over Valkey": start_pytest(
                    supervisor, "postgres", again, arguments, workers=SECOND_WORKERS
                ),
            }
        # Both at once: while one waits for a browser or a worker, the other goes on.
        supervisor.finish(*started.values())
    runs = [read_run(title, child) for title, child in started.items()]
    summarize(runs)
    statuses = {run.status for run in runs}
    sys.exit(0 if statuses <= {0, NO_TESTS_COLLECTED} and 0 in statuses else 1)


if __name__ == "__main__":
    main()
