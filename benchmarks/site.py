"""A site to be killed: page processes, a worker and a scheduler as they run in production."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.client import Client
from tools.environment import PYTHON
from tools.processes import PROJECT, Child, Supervisor, Trouble
from tools.servers import free_port

# A connection that is not accepted while a page process dies.
NO_ANSWER = 0
NO_MAIL = "django.core.mail.backends.dummy.EmailBackend"


class Site:
    # True if what its processes write goes to the supervisor's `show`.
    is_shown = False

    def __init__(self, supervisor: Supervisor, env: dict[str, str]) -> None:
        self.supervisor, self.env = supervisor, env
        self.port = free_port()

    def python(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(PYTHON), *arguments], cwd=PROJECT, env=self.env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Trouble(f"{' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-6000:]}")
        return done.stdout

    def child(self, name: str) -> Child:
        return next(child for child in self.supervisor.children if child.name == name)

    def start_pages(
        self,
        *options: str,
        name: str = "pages",
        port: int = 0,
        workers: int = 2,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Start a page server, with further `options` of granian."""
        self.supervisor.start(
            name,
            [
                *(PYTHON, "-m", "ticketing.serve", "--interface", "wsgi", "--port", str(port or self.port), "--no-ws"),
                *("--workers", str(workers), "--blocking-threads", "4"),
                *("--respawn-failed-workers", "--log-level", "warning", *options, "ticketing.wsgi:application"),
            ],
            env=env or self.env,
            is_shown=self.is_shown,
        )

    def start_celery(self, name: str, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        command = [PYTHON, "-m", "celery", "--quiet", "-A", "ticketing", *arguments]
        self.supervisor.start(name, command, env=env or self.env, is_shown=self.is_shown)

    def ready(self) -> tuple[int, dict[str, Any]]:
        client = Client("127.0.0.1", self.port)
        try:
            answer = client.get("/readyz")
        except (OSError, EOFError):
            return NO_ANSWER, {}
        finally:
            client.close()
        return answer.status, json.loads(answer.body)

    def wait_for_pages(self, otherwise: str) -> None:
        self.supervisor.wait_until(lambda: self.ready() == (200, {"status": "ok", "failed": []}), 90, otherwise)

    def page_processes(self) -> list[int]:
        return find_children(self.child("pages").group)

    def logs(self) -> str:
        return "\n".join(f"{child.name}:\n{child.quote()}" for child in self.supervisor.children)


def find_children(parent: int) -> list[int]:
    """Return the processes that a process has started, except Python's tracker of resources."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            _name, _, rest = (folder / "stat").read_text().rpartition(")")
            is_tracker = b"resource_tracker" in (folder / "cmdline").read_bytes()
            if int(rest.split()[1]) == parent and not is_tracker:
                found.append(int(folder.name))
    return found
