"""The embedded queue: kombu's filesystem transport, whose messages appear complete and are taken once.

Kombu creates a message's file, then locks and fills it. A worker that looks in between takes an
empty file, loses the message and fails. And it takes a message by moving its file to the system's
temporary folder: on another file system that is a copy, which two workers can make.
"""

import time
from pathlib import Path
from queue import Empty
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps, loads

# An exchange's file is filled within microseconds of its creation; later it changes only under a lock.
READ_ATTEMPTS = 100
READ_PAUSE_SECONDS = 0.01


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        unfinished = folder / f".{uuid4().hex}"
        try:
            unfinished.write_text(dumps(payload), encoding="utf-8")
            unfinished.replace(folder / f"{round(time.monotonic() * 1000)}_{uuid4()}.{queue}.msg")
        except OSError as error:
            raise ChannelError(f"Cannot add a message to {folder}: {error}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """Take the oldest message of a queue. Raises `Empty` if there is none."""
        folder = Path(self.data_folder_in)
        for message in sorted(folder.iterdir()):
            if message.name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = folder / f".{uuid4().hex}"
            try:
                message.rename(taken)
            except FileNotFoundError:
                # Another process has taken it.
                continue
            try:
                return loads(taken.read_text(encoding="utf-8"))
            finally:
                taken.unlink(missing_ok=True)
        raise Empty

    def get_table(self, exchange: str) -> Any:
        return _once_filled(super().get_table, exchange)

    def _queue_bind(self, *arguments: Any) -> None:
        _once_filled(super()._queue_bind, *arguments)


class Transport(filesystem.Transport):
    Channel = Channel


def _once_filled(read: Any, *arguments: Any) -> Any:
    """Call `read` again while it finds a file that another process has created but not filled yet."""
    for _ in range(READ_ATTEMPTS - 1):
        try:
            return read(*arguments)
        except ValueError:
            time.sleep(READ_PAUSE_SECONDS)
    return read(*arguments)


def install() -> None:
    """Let addresses that begin with `filesystem://` mean this transport."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
