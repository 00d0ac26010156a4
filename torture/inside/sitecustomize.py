"""Python loads this by itself when a server process of the torture starts: a clock that is wrong, and park points."""

import os
import time

if ahead := float(os.environ.get("TORTURE_CLOCK_AHEAD", "0")):
    import time_machine

    time_machine.travel(time.time() + ahead, tick=True).start()
if os.environ.get("TORTURE_PARKING"):
    import torture_parking

    torture_parking.install()
