"""What the site stands on when one machine is not enough: each function starts one kind of server.

etcd, PgBouncer and HAProxy come from the system's packages, Patroni from a wheel, PostgreSQL and Valkey from the wheels
that the tests use. All listen on free local ports, keep their data in folders that are removed in the end, and need no
root; as root, what refuses to run so runs as `nobody`.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT

from tools.environment import VENV, clean_environment
from tools.processes import Account, Child, Supervisor, Trouble
from tools.servers import find_account, free_port, make_folder, prepare_postgres

# What each program comes with, on Debian and Ubuntu.
PACKAGES = {"etcd": "etcd-server", "pgbouncer": "pgbouncer", "haproxy": "haproxy"}
HOST = "127.0.0.1"
SCOPE = "marquee"
DATABASE = ROLE = "marquee"
# Patroni accepts no shorter time: so long after the last sign of a machine, another one may become the primary.
LEASE_SECONDS = 20
# A PostgreSQL that crashed on a machine that lives is replaced within about two of these.
PATRONI_PAUSE_SECONDS = 2


@dataclass(frozen=True)
class Node:
    """A machine with a PostgreSQL and the Patroni that leads it."""

    name: str
    port: int
    api_port: int
    folder: Path
    child: Child

    def postmaster(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().partition("\n")[0])


def find_programs() -> dict[str, Path]:
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    found = {name: shutil.which(name, path=path) for name in PACKAGES}
    if missing := [PACKAGES[name] for name, program in found.items() if program is None]:
        raise Trouble(f"Some programs are missing. On Debian and Ubuntu: apt-get install {' '.join(missing)}")
    return {name: Path(program) for name, program in found.items() if program}


def start_etcd(supervisor: Supervisor, program: Path, count: int) -> list[str]:
    """Start the servers that Patroni's machines agree by; return their addresses."""
    ports = [(f"etcd {number}", free_port(), free_port()) for number in range(1, count + 1)]
    peers = ",".join(f"{name}=http://{HOST}:{peer}" for name, _client, peer in ports)
    for name, client, peer in ports:
        own, others = f"http://{HOST}:{client}", f"http://{HOST}:{peer}"
        supervisor.start(
            name,
            [
                *(program, "--name", name, "--data-dir", make_folder(supervisor, "etcd") / "data"),
                *("--listen-client-urls", own, "--advertise-client-urls", own),
                *("--listen-peer-urls", others, "--initial-advertise-peer-urls", others),
                *("--initial-cluster", peers, "--initial-cluster-state", "new", "--logger", "zap"),
            ],
            is_shown=False,
        )
    return [f"{HOST}:{client}" for _name, client, _peer in ports]


def start_postgres_nodes(supervisor: Supervisor, count: int, etcd: list[str]) -> list[Node]:
    """Start a primary, a synchronous standby and asynchronous ones."""
    programs, account = prepare_postgres(supervisor)
    return [
        _start_node(supervisor, f"postgres {number}", programs=programs, account=account, etcd=etcd)
        for number in range(1, count + 1)
    ]


def _start_node(supervisor: Supervisor, name: str, *, programs: Path, account: Account, etcd: list[str]) -> Node:
    folder, port, api_port = make_folder(supervisor, "node", on_disk=True), free_port(), free_port()
    settings = {
        "scope": SCOPE,
        "name": name.replace(" ", ""),
        "restapi": {"listen": f"{HOST}:{api_port}", "connect_address": f"{HOST}:{api_port}"},
        "etcd3": {"hosts": etcd},
        "bootstrap": {
            "dcs": {
                "ttl": LEASE_SECONDS,
                "loop_wait": PATRONI_PAUSE_SECONDS,
                "retry_timeout": 5,
                # A standby takes over at once instead of waiting for the crashed one to start again.
                "primary_start_timeout": 0,
                # What was acknowledged is on two machines, as long as two are there.
                "synchronous_mode": True,
                "synchronous_node_count": 1,
                "postgresql": {
                    "use_pg_rewind": True,
                    "use_slots": True,
                    "parameters": {
                        "max_connections": 150,
                        "shared_buffers": "128MB",
                        "wal_log_hints": "on",
                        "timezone": "UTC",
                        "unix_socket_directories": "",
                    },
                },
            },
            "initdb": [
                *({"encoding": "UTF8"}, {"locale": "C"}, {"locale-provider": "builtin"}),
                *({"builtin-locale": "C.UTF-8"}, {"auth": "trust"}, "data-checksums", "no-sync"),
            ],
        },
        "postgresql": {
            "listen": f"{HOST}:{port}",
            "connect_address": f"{HOST}:{port}",
            "data_dir": str(folder / "data"),
            "bin_dir": str(programs),
            "pgpass": str(folder / "pgpass"),
            "pg_hba": ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"],
            "authentication": {"superuser": {"username": "postgres"}, "replication": {"username": "replicator"}},
        },
    }
    # JSON is YAML, too.
    file = folder / "patroni.yml"
    file.write_text(json.dumps(settings))
    if account:
        for path in (folder, file):
            os.chown(path, account["user"], account["group"])
    reader = _become_reader(account) if account else []
    child = supervisor.start(
        name,
        [*reader, VENV / "bin" / "patroni", file],
        env=clean_environment(HOME=str(folder)),
        cwd=Path("/"),
        end_signal=SIGINT,
        is_shown=False,
    )
    return Node(name, port, api_port, folder, child)


def _become_reader(account: Account) -> list[str]:
    """Return what turns root into the account, which may still enter every folder: Python may be in one of root's."""
    user, group, may = account["user"], account["group"], "+dac_read_search"
    return [
        "setpriv",
        f"--reuid={user}",
        f"--regid={group}",
        "--clear-groups",
        "--inh-caps",
        may,
        "--ambient-caps",
        may,
    ]


def start_pgbouncer(supervisor: Supervisor, program: Path, database_port: int) -> int:
    """Start a pooler in transaction mode before the primary, wherever it is; return its port."""
    account = find_account()
    folder, port = make_folder(supervisor, "pgbouncer"), free_port()
    file = folder / "pgbouncer.ini"
    file.write_text(
        f"""
[databases]
{DATABASE} = host={HOST} port={database_port} user={ROLE}
[pgbouncer]
listen_addr = {HOST}
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 500
default_pool_size = 40
# While there is no primary, a page answers that the box office is busy instead of waiting for it.
query_wait_timeout = 2
server_connect_timeout = 2
server_login_retry = 1
"""
    )
    if account:
        os.chown(folder, account["user"], account["group"])
        file.chmod(0o644)
    supervisor.start("pgbouncer", [program, file], account=account, cwd=Path("/"), end_signal=SIGINT, is_shown=False)
    return port


class Balancer:
    """HAProxy before the pages, before PostgreSQL's primary, and before its standbys."""

    def __init__(self, supervisor: Supervisor, program: Path, *, nodes: list[Node], pages: list[int]) -> None:
        folder = make_folder(supervisor, "haproxy")
        self.program, self.pages_port, self.database_port = program, free_port(), free_port()
        self.replica_port = free_port()
        self.socket = folder / "admin.sock"
        database = "\n".join(
            f"  server {node.name.replace(' ', '')} {HOST}:{node.port} check port {node.api_port}" for node in nodes
        )
        servers = "\n".join(f"  server pages{number} {HOST}:{port} check" for number, port in enumerate(pages, 1))
        file = folder / "haproxy.cfg"
        file.write_text(
            f"""
global
  maxconn 2000
  stats socket {self.socket} mode 600 level admin
defaults
  timeout connect 1s
  timeout client 120s
  timeout server 120s
  # A server that has much to do answers late, and is not down.
  timeout check 3s
  retries 3
  option redispatch 1
listen pages
  bind {HOST}:{self.pages_port}
  mode http
  option httpchk GET /readyz
  # What only reads may be asked of the other one when its server dies.
  retry-on conn-failure empty-response
  http-request disable-l7-retry unless METH_GET
  default-server inter 1s fall 3 rise 1
{servers}
listen database
  bind {HOST}:{self.database_port}
  mode tcp
  option httpchk OPTIONS /primary
  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
{database}
listen replica
  bind {HOST}:{self.replica_port}
  mode tcp
  option httpchk OPTIONS /replica
  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
{database}
"""
        )
        supervisor.start("haproxy", [program, "-db", "-f", file], end_signal=SIGINT, is_shown=False)

    def command(self, text: str) -> str:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.socket))
            connection.sendall(f"{text}\n".encode())
            return connection.makefile().read()

    def cut(self) -> None:
        """Cut every connection, in the middle of whatever it carries."""
        for line in self.command("show servers state").splitlines():
            words = line.split()
            if len(words) > 4 and words[1] in ("pages", "database", "replica"):
                self.command(f"shutdown sessions server {words[1]}/{words[3]}")
