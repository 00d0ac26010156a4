"""Run every test that touches the demo season or the calendar at some forty moments: no hour and no day may fail one.

    python -m benchmarks.calendar_drill [--short] [--at MOMENT …] [pytest's arguments]

The moments are in `testing/fixtures/clock.py`: around each change of the clocks in several zones, around
midnight in UTC and elsewhere, ends of months and years, the leap day, each weekday and each hour. Which files
touch the calendar is read from their text. Ends with pytest's status. It takes more than an hour on two cores;
`--short` makes the season at one and looks at what has failed before. Arguments for pytest, such as `-n 2` or names
of files to run in place of all, are passed on.
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
_SHORT = "second_run or belong_together or in_the_future or has_bookings"
# Tests in a browser have the machine's clock.
_NOT_MOVED = "not browser and not worker and not real_clock"


def find_files() -> list[str]:
    """Return the test files that touch the calendar, relative to the project."""
    files = sorted(PROJECT.glob("*/tests/**/test_*.py"))
    return [str(file.relative_to(PROJECT)) for file in files if _CALENDAR.search(file.read_text())]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--at", action="append", default=[], metavar="MOMENT", help="another moment, in ISO 8601")
    options, rest = parser.parse_known_args()
    named = [argument for argument in rest if argument.partition("::")[0].endswith(".py")]
    if options.short:
        rest += ["demo/tests/test_demo.py", "-k", _SHORT]
    files = [] if options.short or named else find_files()
    moments = " ".join(options.at) or (MOMENTS[0].isoformat() if options.short else "every")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--reuse-db",
        "-m",
        _NOT_MOVED,
        f"--moments={moments}",
        *rest,
        *files,
    ]
    return subprocess.run(command, cwd=PROJECT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
