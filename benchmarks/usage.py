"""What processes use, read from /proc; nothing where there is none."""

import os
from collections import defaultdict
from pathlib import Path


def processes_of(root: int) -> list[Path]:
    """Return the folders of the process and of all that descend from it."""
    children: dict[str, list[str]] = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        if stat := _read_stat(folder):
            children[stat[1]].append(folder.name)
    found, ahead = [], [str(root)]
    while ahead:
        process = ahead.pop()
        found.append(Path("/proc", process))
        ahead += children[process]
    return [folder for folder in found if folder.exists()]


def read_cpu_seconds(root: int) -> float:
    """Return the processor time of the process and of all that descend from it, those that have ended included."""
    ticks = sum(int(ticks) for folder in processes_of(root) for ticks in _read_stat(folder)[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def read_memory(root: int) -> float:
    """Return the proportional set size of the process and of all that descend from it, in MiB."""
    lines = [line for folder in processes_of(root) for line in (folder / "smaps_rollup").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _read_stat(folder: Path) -> list[str]:
    """Return the fields of `stat` from the state on, by proc(5); none if the process has ended."""
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
