"""Processes that end with the one that started them, whatever ends it.

Each child leads a process group of its own. A guardian process knows the groups and the folders to
remove. It notices by the end of a pipe that its parent is gone, even if it was killed outright.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TypedDict

PROJECT = Path(__file__).resolve().parent.parent
SECONDS_TO_END = 10
_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Account(TypedDict, total=False):
    """The user that a process runs as; empty for that of this one."""

    user: int
    group: int
    extra_groups: list[int]


class Trouble(Exception):
    """A problem that the person at the keyboard can solve; the text says what it is and how."""


class Interrupted(Exception):
    """A request to end everything: Ctrl-C, a signal, or the end of `make`."""


class Child:
    """A process that leads its own group, and its last lines of output."""

    def __init__(self, name: str, process: subprocess.Popen[str], end_signal: signal.Signals, is_shown: bool) -> None:
        self.name = name
        self.process = process
        self.end_signal = end_signal
        self.is_shown = is_shown
        self.last_lines: deque[str] = deque(maxlen=40)
        self.seconds = 0.0
        self.has_ended = threading.Event()
        self.changed = threading.Condition()
        # Starts the same process again, once it has ended.
        self.again: Callable[[], Child] = lambda: self

    @property
    def group(self) -> int:
        return self.process.pid

    def quote(self) -> str:
        return "\n".join(f"    {line}" for line in list(self.last_lines)[-20:])


def print_line(name: str, line: str) -> None:
    print(f"{name:>9}  {line}", flush=True)


class Supervisor:
    """Starts processes, and ends them all at its own end or at the first signal. One per program.

    `show` is called, from several threads, with a process's name and a line that it wrote.
    """

    def __init__(self, show: Callable[[str, str], None] = print_line) -> None:
        self.children: list[Child] = []
        self._show = show
        # Each child has a thread that shows its lines: one line at a time, so that none is cut by another.
        self._showing = threading.Lock()
        self._events: queue.SimpleQueue[Child | Interrupted] = queue.SimpleQueue()
        self._folders: list[Path] = []
        self._is_ending = False
        self._parent = os.getppid()
        self._guardian = subprocess.Popen(
            [sys.executable, "-S", str(PROJECT / "tools" / "guardian.py")],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> Supervisor:
        for number in _ENDING_SIGNALS:
            signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *error: object) -> None:
        self.end_all()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._is_ending:
            # The second Ctrl-C: do not wait for any of them.
            for child in self.children:
                _signal_group(child, signal.SIGKILL)
        else:
            self._events.put(Interrupted(signal.Signals(number).name))

    def _tell_guardian(self, words: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            print(words, file=self._guardian.stdin, flush=True)

    def remove_in_the_end(self, folder: Path) -> None:
        self._folders.append(folder)
        self._tell_guardian(f"folder {folder}")

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        account: Account | None = None,
        cwd: Path = PROJECT,
        end_signal: signal.Signals = signal.SIGTERM,
        is_shown: bool = True,
    ) -> Child:
        """Start a process that runs until `end_all`; as the user of `account` when this is root.

        The output of one that is not shown appears only if it ends by itself.
        """
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env=dict(env) if env is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            **(account or {}),
        )
        child = Child(name, process, end_signal, is_shown)
        child.again = partial(
            self.start, name, command, env=env, account=account, cwd=cwd, end_signal=end_signal, is_shown=is_shown
        )
        self.children.append(child)
        self._tell_guardian(f"group {child.group}")
        reader = threading.Thread(target=self._read, args=(child,), daemon=True)
        reader.start()
        threading.Thread(target=self._wait, args=(child, reader), daemon=True).start()
        return child

    def _read(self, child: Child) -> None:
        for line in child.process.stdout or ():
            with child.changed:
                child.last_lines.append(line.rstrip())
                child.changed.notify_all()
            if child.is_shown:
                with self._showing:
                    self._show(child.name, line.rstrip())

    def _wait(self, child: Child, reader: threading.Thread) -> None:
        started = time.monotonic()
        child.process.wait()
        child.seconds = time.monotonic() - started
        # Its own children may keep the pipe open and go on writing.
        reader.join(1)
        child.has_ended.set()
        self._events.put(child)

    def run(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        is_shown: bool = True,
    ) -> Child:
        """Run a process to its end and return it, ended; `Interrupted` ends it early."""
        child = self.start(name, command, env=env, is_shown=is_shown)
        self.finish(child)
        return child

    def finish(self, *children: Child) -> None:
        """Wait until all of these have ended, each by itself; `Interrupted` ends them early."""
        while not all(child.has_ended.is_set() for child in children):
            self.wait_for_event(1, ignore=children)
        for child in children:
            self._forget(child)

    def _forget(self, child: Child) -> None:
        _signal_group(child, signal.SIGKILL)
        self.children.remove(child)
        self._tell_guardian(f"forget {child.group}")

    def wait_for_event(self, seconds: float, ignore: Collection[Child] = ()) -> None:
        """Wait that long; raise `Interrupted` for a signal, `Trouble` when a process ended by itself."""
        try:
            event = self._events.get(timeout=seconds)
        except queue.Empty:
            # `make` may have been killed outright, which sends us no signal.
            if "MAKELEVEL" in os.environ and os.getppid() != self._parent:
                raise Interrupted("make has ended") from None
            return
        if isinstance(event, Interrupted):
            raise event
        if event not in ignore and event in self.children and not self._is_ending:
            raise Trouble(
                f"“{event.name}” ended by itself with status {event.process.returncode}, and the rest with it. "
                + ("Its last lines are above." if event.is_shown else "Its last lines:\n" + event.quote())
            )

    def wait_until(self, is_true: Callable[[], bool], seconds: float, otherwise: str) -> None:
        deadline = time.monotonic() + seconds
        while not is_true():
            if time.monotonic() > deadline:
                raise Trouble(otherwise)
            self.wait_for_event(0.1)

    def end(self, child: Child, end_signal: signal.Signals | None = None) -> None:
        """End one process, however long it takes; `end_signal` is another signal than its usual one."""
        self.children.remove(child)
        child.process.send_signal(end_signal or child.end_signal)
        child.has_ended.wait()
        _signal_group(child, signal.SIGKILL)
        self._tell_guardian(f"forget {child.group}")

    def kill(self, child: Child) -> None:
        """Kill one process outright, as a crash would; `child.again()` starts it again."""
        self._forget(child)
        child.has_ended.wait()

    def end_all(self) -> None:
        """End every process, gently first; harmless when repeated."""
        self._is_ending = True
        running = [child for child in self.children if not child.has_ended.is_set()]
        for child in running:
            with contextlib.suppress(ProcessLookupError):
                child.process.send_signal(child.end_signal)
        deadline = time.monotonic() + SECONDS_TO_END
        for child in running:
            child.has_ended.wait(max(0.0, deadline - time.monotonic()))
        for child in self.children:
            # Also what a leader that has ended left in its group.
            _signal_group(child, signal.SIGKILL)
        for child in running:
            child.has_ended.wait(5)
        self.children.clear()
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
        self._folders.clear()
        self._tell_guardian("done")
        self._guardian.wait()


def _signal_group(child: Child, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.group, number)


@contextlib.contextmanager
def plain_errors() -> Iterator[None]:
    """Turn `Trouble` into one message and an exit status of 1, and an interruption into 130."""
    try:
        yield
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        sys.exit(1)
    except Interrupted:
        sys.exit(130)
