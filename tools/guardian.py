"""A process that outlives its parent by a moment, to end the process groups and remove the folders it left.

Reads orders from its standard input: `group <id>`, `forget <id>`, `folder <path>`, and `done`.
When the input ends without `done`, the parent is gone.
"""

import os
import shutil
import signal
import sys
import time

SECONDS_TO_END = 5


def main() -> None:
    groups: list[int] = []
    folders: list[str] = []
    for line in sys.stdin:
        order, _, value = line.rstrip("\n").partition(" ")
        if order == "group":
            groups.append(int(value))
        elif order == "forget":
            groups.remove(int(value))
        elif order == "folder":
            folders.append(value)
        elif order == "done":
            return
    for number in (signal.SIGTERM, signal.SIGKILL):
        groups = [group for group in groups if _send(group, number)]
        deadline = time.monotonic() + SECONDS_TO_END
        while number == signal.SIGTERM and any(_send(group, 0) for group in groups) and time.monotonic() < deadline:
            time.sleep(0.05)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _send(group: int, number: int) -> bool:
    """Send a signal to the group (0: none), and return True if the group exists."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
