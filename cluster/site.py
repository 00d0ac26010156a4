"""The site on these machines: two page servers, two workers and two schedulers, behind and before all that."""

from __future__ import annotations

import contextlib
import json
import time
import urllib.request
from collections.abc import Callable
from signal import SIGKILL
from urllib.error import URLError

import psycopg

from cluster.machines import (
    DATABASE,
    HOST,
    ROLE,
    SCOPE,
    Balancer,
    Node,
    find_programs,
    start_etcd,
    start_pgbouncer,
    start_postgres_nodes,
)  # fmt: skip
from tools.servers import free_port, start_sentinels, start_valkey
from torture.parking import kill
from torture.stage import Attacked

START_SECONDS = 60


class Clustered(Attacked):
    services = ("pages 1", "pages 2", "worker 1", "worker 2", "scheduler 1", "scheduler 2")

    def start_services(self) -> dict[str, str]:
        programs = find_programs()
        etcd = start_etcd(self.supervisor, programs["etcd"], 3)
        self.nodes = start_postgres_nodes(self.supervisor, 3, etcd)
        self.page_ports = [free_port(), free_port()]
        self.balancer = Balancer(self.supervisor, programs["haproxy"], nodes=self.nodes, pages=self.page_ports)
        self.wait_for_standbys()
        address = f"{HOST}:{self.balancer.database_port}"
        self.make_database(f"postgres://postgres@{address}/postgres")
        # The auditor reads the primary, past the pooler.
        self.database = f"postgres://{ROLE}@{address}/{DATABASE}"
        pooler = start_pgbouncer(self.supervisor, programs["pgbouncer"], self.balancer.database_port)
        valkey = start_valkey(self.supervisor)
        start_valkey(self.supervisor, name="valkey 2", replica_of=valkey)
        return {
            "DATABASE_URL": f"postgres://{ROLE}@{HOST}:{pooler}/{DATABASE}",
            "DATABASE_POOLER": "1",
            "REPLICA_URL": f"postgres://{ROLE}@{HOST}:{self.balancer.replica_port}/{DATABASE}",
            "REDIS_URL": f"redis://{SCOPE}/0",
            "CELERY_BROKER_URL": f"redis://{SCOPE}/1",
            "REDIS_SENTINELS": ",".join(start_sentinels(self.supervisor, 3, service=SCOPE, url=valkey)),
        }

    def wait(self, is_true: Callable[[], bool], otherwise: str) -> None:
        self.supervisor.wait_until(is_true, START_SECONDS, f"{otherwise}\n{self.logs()}")

    def make_database(self, url: str) -> None:
        self.wait(lambda: _answers(url), "HAProxy does not find the primary.")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {ROLE} LOGIN")
            # What connection options say elsewhere.
            for name, seconds in (
                ("statement_timeout", 60), ("lock_timeout", 10), ("idle_in_transaction_session_timeout", 120),
            ):  # fmt: skip
                connection.execute(f"ALTER ROLE {ROLE} SET {name} = '{seconds}s'")
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")

    def start(self) -> None:
        for number, port in enumerate(self.page_ports, 1):
            self.start_pages(name=f"pages {number}", port=port)
        for number, queues in ((1, ["--exclude-queues", "reports"]), (2, [])):
            self.start_celery(
                f"worker {number}", "worker", "--concurrency", "2", "--hostname", f"worker{number}@%h", *queues
            )
            self.start_celery(f"scheduler {number}", "beat", "--pidfile", "")
        for port in self.page_ports:
            self.port = port
            self.wait_for_pages("The pages did not answer.")
        self.port = self.balancer.pages_port
        self.wait(self.can_sell, "Nothing can be sold.")

    def write_stacks(self) -> None:
        """Only count: these processes have no torture inside that would write them."""
        self.slow_answers += 1

    def members(self, role: str) -> list[str]:
        """Return the names of the machines that have this role at the moment and run."""
        for node in self.nodes:
            with contextlib.suppress(URLError, OSError, ValueError):
                with urllib.request.urlopen(f"http://{HOST}:{node.api_port}/cluster", timeout=2) as answer:
                    members = json.load(answer)["members"]
                return [
                    one["name"]
                    for one in members
                    if one["role"] == role and one.get("state") in ("running", "streaming")
                ]
        return []

    def primary(self) -> Node:
        self.wait(lambda: bool(self.members("leader")), "There is no primary.")
        name = self.members("leader")[0]
        return next(node for node in self.nodes if node.name.replace(" ", "") == name)

    def kill_postgres(self) -> None:
        """Kill the primary's PostgreSQL; its machine lives."""
        kill(self.primary().postmaster())

    def kill_primary_machine(self) -> Node:
        """Kill the primary's PostgreSQL and Patroni at the same moment."""
        node = self.primary()
        postmaster = node.postmaster()
        node.child.process.send_signal(SIGKILL)
        kill(postmaster)
        self.supervisor.kill(node.child)
        return node

    def start_node(self, node: Node) -> None:
        """Start a machine again: it becomes a standby."""
        self.nodes[self.nodes.index(node)] = Node(node.name, node.port, node.api_port, node.folder, node.child.again())

    def wait_for_standbys(self) -> None:
        self.wait(lambda: len(self.members("sync_standby")) == 1, "PostgreSQL has no synchronous standby.")
        self.wait(lambda: len(self.members("replica")) == 1, "PostgreSQL has no asynchronous standby.")


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.Error:
        time.sleep(0.2)
        return False
    return True
