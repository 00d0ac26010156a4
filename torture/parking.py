"""Arm park points from outside, and kill what stops there."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable
from pathlib import Path
from signal import SIGKILL

from torture.inside.torture_parking import STEPS

__all__ = ["STEPS", "Parking"]


class Parking:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def arm(self, step: str, number: int) -> None:
        """Let the process that makes the step's n-th pass from now on stop there."""
        self.file(step, "at").write_text(str(number))
        self.file(step, "passes").write_bytes(b"")

    def wait(self, steps: Iterable[str], seconds: float) -> None:
        """Wait until a process stops at one of the steps, but no longer than that."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not any(self.find_parked(step) for step in steps):
            time.sleep(0.05)

    def disarm(self, steps: Iterable[str]) -> dict[str, int]:
        """Let no other process stop; return those that did, by step."""
        found = {}
        for step in steps:
            try:
                self.file(step, "at").unlink()
            except FileNotFoundError:
                # A process has just taken it.
                self.wait([step], 5)
                found[step] = self.find_parked(step)
            for kind in ("passes", "taken", "parked"):
                self.file(step, kind).unlink(missing_ok=True)
        return {step: process for step, process in found.items() if process}

    def find_parked(self, step: str) -> int:
        """Return the process that stopped at the step, or 0."""
        with contextlib.suppress(FileNotFoundError, ValueError):
            return int(self.file(step, "parked").read_text())
        return 0

    def file(self, step: str, kind: str) -> Path:
        return self.folder / f"{step}.{kind}"


def kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, SIGKILL)
