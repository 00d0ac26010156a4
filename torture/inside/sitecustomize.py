"""Python loads this by itself when a server process of the torture starts.

It gives the process a wrong clock and park points, and lets it write the stacks of its threads at SIGUSR1.
"""

import faulthandler
import os
import signal
import time
from pathlib import Path

if ahead := float(os.environ.get("TORTURE_CLOCK_AHEAD", "0")):
    import time_machine

    time_machine.travel(time.time() + ahead, tick=True).start()
if folder := os.environ.get("TORTURE_PARKING"):
    import torture_parking

    stacks = Path(folder, f"stacks-{os.getpid()}.txt").open("a")  # noqa: SIM115 (open as long as the process)
    faulthandler.register(signal.SIGUSR1, file=stacks, all_threads=True)

    torture_parking.install()
