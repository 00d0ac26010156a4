"""What one client did and was told: JSON lines, written out before each request and after each answer.

Lines with `sent` and `status` are for people who read what happened. Those with `fact` are what the client may rely
on from then on; the auditor checks each of them. A request without an answer has no fact: its outcome is unknown.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Diary:
    def __init__(self, file: Path) -> None:
        self._file = file.open("a", buffering=1)

    def write(self, **line: Any) -> None:
        print(json.dumps({"at": round(time.time(), 3), **line}, default=str), file=self._file, flush=True)


def read_diaries(folder: Path) -> Iterator[dict[str, Any]]:
    """Return the lines of all clients, each with the name of its client."""
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text().splitlines():
            yield {"client": file.stem, **json.loads(line)}
