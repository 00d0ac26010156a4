"""The embedded queue: kombu's filesystem transport, whose messages appear complete and are taken once.

Kombu creates a message's file, then locks and fills it. A worker that looks in between takes an
empty file, loses the message and fails. And it takes a message by moving its file to the system's
temporary folder: on another file system that is a copy, which two workers can make.

After a loss of power a file may be empty that was whole before. A message is left out then: the sweeps
find what money or tickets depend on. Who binds a queue writes the file of its exchange again.
"""

import fcntl
import time
from pathlib import Path
from queue import Empty
from typing import Any
from uuid import uuid4

import structlog
from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.transport.filesystem import exchange_queue_t
from kombu.utils.json import dumps, loads

log = structlog.get_logger(__name__)


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        _write(folder / f"{round(time.monotonic() * 1000)}_{uuid4()}.{queue}.msg", payload)

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
            except ValueError:
                log.warning("message_lost", name=message.name)
            finally:
                taken.unlink(missing_ok=True)
        raise Empty

    def get_table(self, exchange: str) -> list[Any]:
        """Return the queues of an exchange, with their keys."""
        file: Path = self._exchange_file(exchange)  # type: ignore[attr-defined] # stubs
        try:
            return [exchange_queue_t(*row) for row in loads(file.read_text(encoding="utf-8"))]
        except (FileNotFoundError, ValueError):
            return []
        except OSError as error:
            raise ChannelError(f"Cannot read {file}: {error}") from error

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str | None, queue: str) -> None:
        file: Path = self._exchange_file(exchange)  # type: ignore[attr-defined] # stubs
        row = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        try:
            self.control_folder.mkdir(exist_ok=True)
            with file.with_suffix(".lock").open("w") as held:
                fcntl.flock(held, fcntl.LOCK_EX)
                known = self.get_table(exchange)
                if row not in known:
                    _write(file, [row, *known])
        except OSError as error:
            raise ChannelError(f"Cannot write {file}: {error}") from error


class Transport(filesystem.Transport):
    Channel = Channel


def _write(file: Path, content: Any) -> None:
    """Write a file that is either there as a whole or not at all."""
    unfinished = file.with_name(f".{uuid4().hex}")
    try:
        unfinished.write_text(dumps(content), encoding="utf-8")
        unfinished.replace(file)
    except OSError as error:
        raise ChannelError(f"Cannot write {file}: {error}") from error


def install() -> None:
    """Let addresses that begin with `filesystem://` mean this transport."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
