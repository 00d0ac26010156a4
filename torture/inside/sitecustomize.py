"""Python loads this by itself when a server process of the torture starts.

It gives the process a wrong clock and park points, and lets it write the stacks of its threads at SIGUSR1. Where
processes share what their server has loaded, each has a clock of its own.
"""

import faulthandler
import os
import random
import signal
import time
from pathlib import Path

import time_machine


def set_clock(ahead: float) -> None:
    time_machine.travel(time.time() + ahead, tick=True).start()


if ahead := float(os.environ.get("TORTURE_CLOCK_AHEAD", "0")):
    set_clock(ahead)
if apart := float(os.environ.get("TORTURE_CLOCKS_APART", "0")):
    os.register_at_fork(after_in_child=lambda: set_clock(random.Random(os.getpid()).uniform(-apart, apart)))
if folder := os.environ.get("TORTURE_PARKING"):
    import torture_parking

    stacks = Path(folder, f"stacks-{os.getpid()}.txt").open("a")  # noqa: SIM115 (open as long as the process)
    faulthandler.register(signal.SIGUSR1, file=stacks, all_threads=True)

    torture_parking.install()
