"""What `make test` says in the end, and what it keeps away from the tests."""

import subprocess
import tomllib

import pytest

from tools.processes import PROJECT
from tools.test import Run, _read_report, summarize
from tools.test import test_environment as environment_of_tests

pytestmark = pytest.mark.once

REPORT = """<?xml version="1.0"?><testsuites><testsuite>
<testcase classname="a" name="passes"/>
<testcase classname="a" name="fails"><failure message="no"/></testcase>
<testcase classname="a" name="needs postgres"><skipped message="runs on PostgreSQL only"/></testcase>
<testcase classname="a" name="needs chromium"><skipped message="no Chromium"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def sqlite(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    run = Run("SQLite", 1, 12.0)
    _read_report(run, report)
    return run


def test_every_folder_with_tests_is_run():
    configured = set(
        tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["testpaths"]
    )
    tracked = subprocess.run(
        ["git", "ls-files", "*/test_*.py"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert {path.partition("/")[0] for path in tracked.stdout.splitlines()} == configured


def test_a_report_is_read(sqlite):
    assert sqlite.passed == {"a.passes"}
    assert sqlite.failed == {"a.fails"}
    assert sqlite.skipped == {"a.needs postgres": "runs on PostgreSQL only", "a.needs chromium": "no Chromium"}


def test_only_what_ran_nowhere_is_said_not_to_have_run(sqlite, capsys):
    summarize([sqlite, Run("PostgreSQL", 0, 10.0, passed={"a.needs postgres"})])
    output = capsys.readouterr().out
    assert "red    SQLite: 2 tests in 12 seconds" in output
    assert "green  PostgreSQL: 1 tests in 10 seconds" in output
    assert "not run  1 tests: no Chromium" in output
    assert "PostgreSQL only" not in output


def test_settings_of_the_shell_stay_away(monkeypatch):
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_live_of_somebody")
    monkeypatch.setenv("DATABASE_URL", "postgres://production/marquee")
    env = environment_of_tests(REDIS_URL="redis://127.0.0.1/0")
    assert "STRIPE_SECRET_KEY" not in env
    assert "DATABASE_URL" not in env
    assert env["REDIS_URL"] == "redis://127.0.0.1/0"
    assert env["DEBUG"] == "1"
