"""What the servers wrote while they were attacked: a file for each in `logs`, and the errors in them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

# Of a traceback, the innermost frames of our own code, and the last one of all.
FRAMES = 8


class Logs:
    """Prints what servers write, and keeps it in files instead once it has a folder for them."""

    def __init__(self) -> None:
        self.folder: Path | None = None

    def show(self, name: str, line: str) -> None:
        if self.folder is None:
            print(line, flush=True)
        else:
            with (self.folder / f"{name}.log").open("a") as file:
                print(line, file=file)


def find_errors(folder: Path) -> list[str]:
    """Return a text for each kind of error that page servers logged: how often, what, and where it was raised."""
    found: Counter[str] = Counter()
    for file in sorted(folder.glob("pages*.log")):
        for line in file.read_text().splitlines():
            if line.startswith("{") and "exception" in (entry := json.loads(line)):
                found[_describe(entry["exception"])] += 1
    return [f"{times} × {error}" for error, times in found.most_common()]


def _describe(stacks: list[dict[str, Any]]) -> str:
    """Return an exception with what it was raised from, which follows it."""
    texts = []
    for stack in stacks:
        *rest, last = stack["frames"] or [{"filename": "?", "lineno": 0, "name": ""}]
        frames = [*[frame for frame in rest if "site-packages" not in frame["filename"]][-FRAMES:], last]
        where = [f"{frame['filename']}:{frame['lineno']} {frame['name']}" for frame in frames]
        texts.append("\n        ".join([f"{stack['exc_type']}: {stack['exc_value']}".strip(), *where]))
    return "\n      from ".join(texts)
