"""Run every test that depends on the demo season or the calendar at some forty moments: all must pass at each.

    python -m benchmarks.calendar_drill [--short] [--slice K/N] [--at MOMENT …] [pytest's arguments]

The moments are in `testing/fixtures/clock.py`: around each change of the clocks in several zones, around
midnight in UTC and elsewhere, ends of months and years, the leap day, each weekday and each hour. The text of a
file tells if it depends on the calendar. Each moment is a run of pytest; the drill exits with 1 and names the moment
if one fails. All of it takes hours on two cores: `--slice 3/12` takes every twelfth moment from the third on, to
divide it over nights or machines. `--short` sends reminders at the first moment.
Arguments for pytest, such as `-n 2` or files to run instead of all, are passed on.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

from testing.fixtures.clock import MOMENTS

PROJECT = Path(__file__).resolve().parent.parent
_CALENDAR = re.compile(
    r"demo_season|time_machine|zoneinfo|ZoneInfo|local_day|localdate|localtime|weekday|midnight|today|tomorrow|week|month"
)
_SHORT = ["mailings/tests/test_reminders.py", "-k", "once or every"]
# Tests in a browser use the machine's clock.
_NOT_MOVED = "not browser and not worker and not real_clock"


def find_files() -> list[str]:
    """Return the test files that depend on the calendar, relative to the project."""
    files = sorted(PROJECT.glob("*/tests/**/test_*.py"))
    return [str(file.relative_to(PROJECT)) for file in files if _CALENDAR.search(file.read_text())]


def choose_moments(part: str) -> list[str]:
    """Return every `N`th moment from the `K`th on, where `part` is “K/N”."""
    first, every = (int(number) for number in part.split("/"))
    return [moment.isoformat() for moment in MOMENTS[first - 1 :: every]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--slice", default="1/1", metavar="K/N", help="every Nth moment from the Kth on")
    parser.add_argument("--at", action="append", default=[], metavar="MOMENT", help="another moment, in ISO 8601")
    options, rest = parser.parse_known_args()
    named = [argument for argument in rest if argument.partition("::")[0].endswith(".py")]
    if options.short:
        rest += _SHORT
    files = [] if options.short or named else find_files()
    moments = options.at or ([MOMENTS[0].isoformat()] if options.short else choose_moments(options.slice))
    command = [sys.executable, "-m", "pytest", "-q", "--reuse-db", "-m", _NOT_MOVED, *rest, *files]
    failed = []
    for moment in moments:
        print(f"At {moment}", flush=True)
        if subprocess.run([*command, f"--moments={moment}"], cwd=PROJECT, check=False).returncode:
            failed.append(moment)
    print(f"{len(moments)} moments, {len(failed)} with failures: {' '.join(failed)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
