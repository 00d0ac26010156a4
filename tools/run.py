"""`make run`: from a fresh machine to a running box office, until Ctrl-C."""

from __future__ import annotations

import os
import re
import socket
import sys
import threading
import time
from pathlib import Path

from tools.environment import PYTHON, clean_environment, ensure
from tools.probe import find_fault
from tools.processes import PROJECT, Interrupted, Supervisor, Trouble, plain_errors

_COLORS = {"pages": "36", "worker": "33", "schedule": "35"}
READY = """
  Marquee is ready after {seconds:.0f} seconds.

    Pages     {site}/
    Console   {site}/admin/
    API       {site}/api/v1/docs
    Mail      {site}/dev/mail/ (what would have been sent)
"""
_lock = threading.Lock()


def show(name: str, line: str) -> None:
    if name == "prepare" and (not line or line.startswith(("Sign in", "  ", "Vouchers"))):
        # The logins are printed once everything is ready.
        return
    color = _COLORS.get(name)
    label = f"{name:>8}"
    with _lock:
        print(
            f"\033[{color}m{label}\033[0m  {line}" if color and sys.stdout.isatty() else f"{label}  {line}", flush=True
        )


def say(line: str = "") -> None:
    with _lock:
        print(line, flush=True)


def read_address() -> tuple[str, int]:
    """Return HOST and PORT from the environment. Raises `Trouble` if they cannot be used."""
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not port.isdecimal() or int(port) not in range(1, 65536):
        raise Trouble(f"PORT={port} is not a port: choose a number from 1024 to 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Granian shares a port with another program instead of refusing it.
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except PermissionError:
            raise Trouble(f"Port {port} is for administrators only: choose one above 1023, as in PORT=8000.") from None
        except socket.gaierror:
            raise Trouble(f"HOST={host} is not an address of this machine.") from None
        except OSError:
            raise Trouble(
                f"Port {port} is taken by another program, perhaps an earlier `make run`. "
                f"End it, or choose another port: PORT={_next_free_port(host, int(port))} make run"
            ) from None
    return host, int(port)


def _next_free_port(host: str, taken: int) -> int:
    for port in range(taken + 1, min(taken + 100, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex((host, port)) and not _fails_to_bind(probe, host, port):
                return port
    return 0


def _fails_to_bind(probe: socket.socket, host: str, port: int) -> bool:
    try:
        probe.bind((host, port))
    except OSError:
        return True
    return False


def make_environment(port: int) -> dict[str, str]:
    """Return the environment of the site; what the caller or `.env` sets takes precedence."""
    file = PROJECT / ".env"
    given = set(re.findall(r"(?m)^\s*(?:export\s+)?(\w+)\s*=", file.read_text()) if file.exists() else ())
    defaults = {
        "DEBUG": "1",
        "SITE_URL": f"http://localhost:{port}",
        # In development there are no collected files for Whitenoise, and root knows that it is root.
        "PYTHONWARNINGS": "ignore:No directory at,ignore:You're running the worker with superuser",
    }
    env = clean_environment()
    return {**{name: value for name, value in defaults.items() if name not in given}, **env}


def prepare(supervisor: Supervisor, env: dict[str, str]) -> list[str]:
    """Bring the database and the demo season up to date; return the lines about the demo logins."""
    say("Bringing the database and the demo season up to date …")
    prepared = supervisor.run("prepare", [PYTHON, "-m", "tools.prepare"], env=env)
    if prepared.process.returncode:
        raise Trouble(f"The database could not be prepared:\n{prepared.quote()}")
    lines = [line for line in prepared.last_lines if not line.startswith("Done in")]
    starts = [number for number, line in enumerate(lines) if line.startswith("Sign in")]
    return lines[starts[-1] :] if starts else []


def start_all(supervisor: Supervisor, host: str, port: int, env: dict[str, str]) -> None:
    celery: list[str | Path] = [PYTHON, "-m", "celery", "--quiet", "-A", "ticketing"]
    supervisor.start(
        "pages",
        [
            *(PYTHON, "-m", "ticketing.serve", "--interface", "wsgi", "--host", host, "--port", str(port)),
            *("--workers", "1", "--blocking-threads", "4", "--respawn-failed-workers", "--log-level", "warning"),
            "ticketing.wsgi:application",
        ],
        env=env,
    )
    # Threads: with SQLite, more processes would only wait for each other.
    supervisor.start("worker", [*celery, "worker", "--pool", "threads", "--concurrency", "2"], env=env)
    supervisor.start("schedule", [*celery, "beat", "--pidfile", ""], env=env)


def is_ready(port: int, host: str) -> bool:
    at = "127.0.0.1" if host == "0.0.0.0" else f"[{host}]" if ":" in host else host  # noqa: S104
    return not find_fault(f"http://{at}:{port}/readyz")


def main() -> None:
    started = time.monotonic()
    with plain_errors(), Supervisor(show) as supervisor:
        try:
            host, port = read_address()
            ensure(supervisor)
            env = make_environment(port)
            logins = prepare(supervisor, env)
            start_all(supervisor, host, port, env)
            supervisor.wait_until(lambda: is_ready(port, host), 60, "The pages did not answer within a minute.")
            say(READY.format(seconds=time.monotonic() - started, site=f"http://localhost:{port}"))
            say("\n".join(f"  {line}" for line in logins))
            say("\n  Ctrl-C ends everything.\n")
            while True:
                supervisor.wait_for_event(1)
        except Interrupted:
            say("\nEnding … (Ctrl-C again: at once)")
            supervisor.end_all()
            say("Everything has ended.")


if __name__ == "__main__":
    main()
