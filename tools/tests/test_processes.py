"""Whatever ends the program, nothing that it started goes on."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tools.processes import PROJECT

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc"),
]

PROGRAM = """
import sys
from pathlib import Path
from tools import processes
from tools.processes import Supervisor, plain_errors

# As good as never, so that nothing but a second signal ends what does not listen.
processes.SECONDS_TO_END = 600
with plain_errors(), Supervisor(lambda name, line: print(name, line, flush=True)) as supervisor:
    supervisor.remove_in_the_end(Path(sys.argv[1]))
    for number in range(2):
        supervisor.start(f"child{number}", [sys.executable, "-uc", sys.argv[2]])
    while True:
        supervisor.wait_for_event(1)
"""
WITH_GRANDCHILD = "import subprocess as s, sys; p = s.Popen(['sleep', '300']); print('up'); sys.exit(p.wait())"
STUBBORN = """
import signal, time

signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, lambda *_: print("not yet", flush=True))
print("up")
while True:
    time.sleep(60)
"""


def processes_with(mark: str) -> list[int]:
    """Return the processes that were started with `mark` in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes() and folder.name != str(os.getpid()):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def wait_until(is_true, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "It did not happen."
        time.sleep(0.05)


class Program:
    def __init__(self, tmp_path: Path, code: str):
        self.mark = f"MARK={tmp_path}"
        self.folder = tmp_path / "to-remove"
        self.folder.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, self.folder, code],
            cwd=PROJECT,
            env={**os.environ, "MARK": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.wait_for_lines("up")

    def wait_for_lines(self, text: str) -> None:
        """Wait until both children have written it."""
        for _ in range(2):
            assert self.process.stdout.readline().rstrip().endswith(text)

    def is_gone(self) -> bool:
        return not processes_with(self.mark) and not self.folder.exists()


@pytest.fixture
def start(tmp_path):
    programs = []

    def start_program(code):
        programs.append(Program(tmp_path, code))
        return programs[-1]

    yield start_program
    for program in programs:
        for pid in processes_with(program.mark):
            # It may have ended since it was found.
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        program.process.communicate()


def test_the_search_finds_them(start):
    program = start(WITH_GRANDCHILD)
    # The program, its guardian, two children and two grandchildren.
    wait_until(lambda: len(processes_with(program.mark)) == 6)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all(start, number):
    program = start(WITH_GRANDCHILD)
    program.process.send_signal(number)
    assert program.process.wait(20) == 130
    assert program.is_gone()


@pytest.mark.slow
def test_being_killed_ends_all(start):
    program = start(WITH_GRANDCHILD)
    program.process.kill()
    wait_until(program.is_gone)


def test_a_second_signal_ends_what_does_not_listen(start):
    program = start(STUBBORN)
    program.process.send_signal(signal.SIGINT)
    # By then it is ending, and waits for them.
    program.wait_for_lines("not yet")
    program.process.send_signal(signal.SIGINT)
    assert program.process.wait(60) == 130
    assert program.is_gone()


@pytest.mark.slow
def test_the_end_of_a_child_ends_all(start):
    program = start(WITH_GRANDCHILD)
    [*_, last] = sorted(set(processes_with(program.mark)) - {program.process.pid})
    os.kill(last, signal.SIGKILL)
    output, _ = program.process.communicate(timeout=20)
    assert program.process.returncode == 1
    assert "ended by itself" in output
    assert program.is_gone()
