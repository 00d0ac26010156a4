"""`make prove-stack`: run the production stack without a container engine.

It takes files, build commands, variables, commands and health checks from `Dockerfile`,
`.dockerignore`, `docker-compose.yml` and `.env.example`, changes only hosts and folders, and walks a
customer through the site: from the first page to the tickets in the mail.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from typing import Any

from tools.environment import PYTHON, clean_environment, ensure, install
from tools.processes import PROJECT, Child, Supervisor, Trouble, plain_errors
from tools.servers import free_port, make_folder, start_postgres, start_valkey

ENDED_BY_SIGNAL = {0, -15, 143}
PASSWORD = "demo-season"  # noqa: S105 (of the demo season)


def main() -> None:
    with plain_errors(), Supervisor() as supervisor:
        ensure(supervisor, "requirements-dev.txt")
        if Path(sys.prefix) != PYTHON.parent.parent:
            # It needs packages, to read YAML and to receive mail.
            os.execve(PYTHON, [str(PYTHON), "-m", "tools.prove_stack"], clean_environment())
        Stack(supervisor).prove()


class Stack:
    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.folder = make_folder(supervisor, "stack", on_disk=True)
        self.app, self.venv, self.data = (self.folder / name for name in ("app", "venv", "data"))
        self.port = free_port()
        self.site = f"http://127.0.0.1:{self.port}"
        self.children: dict[str, Child] = {}

    def prove(self) -> None:
        from testing.fixtures.mail import SmtpServer  # noqa: PLC0415
        from tools.compose import read_env_file, read_image, read_stack  # noqa: PLC0415 (needs the packages)

        started = time.monotonic()
        self.commands, self.image = read_image()
        self.step("the image: its files, its packages and nothing else, its commands", self.build)
        mail = SmtpServer()
        self.env_file = {
            **read_env_file(PROJECT / ".env.example"),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "TICKET_SIGNING_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
            "POSTGRES_PASSWORD": secrets.token_hex(16),
            "REDIS_PASSWORD": secrets.token_hex(16),
            "METRICS_TOKEN": secrets.token_hex(16),
            "PAYMENT_GATEWAYS": "sandbox",
        }
        self.places = self.start_servers(mail.port)
        self.services = read_stack(self.env_file)
        self.step("migrate, once, to its end", lambda: self.run_once("migrate"))
        for name in ("web", "worker", "beat"):
            self.start(name)
        self.step("web is healthy", lambda: self.wait_until_healthy("web"))
        self.step("worker is healthy", lambda: self.wait_until_healthy("worker"))
        self.step("the demo season loads", self.load_demo)
        self.step("pages, compressed files for ever, posters", self.look_at_pages)
        self.step("metrics for the token", self.read_metrics)
        self.step("two tickets are booked and paid through the API", self.book)
        self.step("the worker mails them", lambda: self.receive(mail))
        self.step("beat starts the sweeps", self.see_sweeps)
        self.step("each process ends by SIGTERM, quickly", self.end)
        mail.stop()
        print(f"\nThe stack stands. ({time.monotonic() - started:.0f} seconds)")

    def step(self, name: str, do: Callable[[], object]) -> None:
        started = time.monotonic()
        do()
        print(f"  proved  {name} ({time.monotonic() - started:.1f} s)", flush=True)

    def build(self) -> None:
        from tools.compose import files_of_image  # noqa: PLC0415

        for file in files_of_image():
            target = self.app / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / file, target)
        for forbidden in (".env", "conftest.py", "requirements-dev.txt", "tools/run.py"):
            self.expect(not (self.app / forbidden).exists(), f"{forbidden} would be in the image.")
        self.data.mkdir()
        install(self.supervisor, "requirements.txt", self.venv)
        for command in self.commands:
            if "manage.py" in command:
                self.shell(self.place(command), clean_environment())

    def start_servers(self, mail_port: int) -> dict[str, str]:
        import psycopg  # noqa: PLC0415

        database, redis = start_postgres(self.supervisor), start_valkey(self.supervisor)
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("CREATE ROLE marquee SUPERUSER LOGIN")
            connection.execute("CREATE DATABASE marquee OWNER marquee")
        return {
            "postgres:5432": re.sub(r".*@([^/]+)/.*", r"\1", database),
            f":{self.env_file['REDIS_PASSWORD']}@redis:6379": redis.removeprefix("redis://").partition("/")[0],
            "mail:1025": f"127.0.0.1:{mail_port}",
        }

    def place(self, text: str) -> str:
        """Put this machine's folders and port in place of the image's."""
        folders = {"/venv": self.venv, "/tmp": self.folder, "/data": self.data}  # noqa: S108
        text = re.sub(r"(?<![\w/.])(/venv|/tmp|/data)\b", lambda match: str(folders[match[1]]), text)
        return text.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")

    def environment(self, name: str) -> dict[str, str]:
        env = {
            "HOME": str(self.data),
            "HOSTNAME": socket.gethostname(),
            "PATH": f"{self.venv}/bin:{os.environ['PATH']}",
        }
        for variable, value in self.image.items():
            # Building the image compiles its modules; here the first process that needs one does.
            if variable not in ("PATH", "PYTHONDONTWRITEBYTECODE"):
                env[variable] = self.place(value)
        env |= self.env_file
        for variable, value in self.services[name]["environment"].items():
            for there, here in self.places.items():
                value = value.replace(there, here)  # noqa: PLW2901
            env[variable] = value
        # Two processes' figures, as in two containers.
        env["PROMETHEUS_MULTIPROC_DIR"] += f"-{name}"
        return {**env, "GRANIAN_PORT": str(self.port), "SITE_URL": self.site}

    def try_shell(self, command: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, shell=True, cwd=self.app, env=env, capture_output=True, text=True, check=False)

    def shell(self, command: str, env: dict[str, str]) -> None:
        done = self.try_shell(command, env)
        self.expect(done.returncode == 0, f"{command} failed:\n{done.stdout}{done.stderr}")

    def run_once(self, name: str) -> None:
        self.shell(shlex.join(self.services[name]["command"]), self.environment(name))

    def start(self, name: str) -> None:
        command = self.services[name]["command"]
        program = shutil.which(command[0], path=f"{self.venv}/bin")
        self.expect(program is not None, f"There is no {command[0]} in the image.")
        self.children[name] = self.supervisor.start(
            name, [str(program), *command[1:]], env=self.environment(name), cwd=self.app, is_shown=False
        )

    def wait_until_healthy(self, name: str) -> None:
        kind, *test = self.services[name]["healthcheck"]["test"]
        command = self.place(test[0] if kind == "CMD-SHELL" else shlex.join(test))
        self.supervisor.wait_until(
            lambda: self.try_shell(command, self.environment(name)).returncode == 0,
            60,
            f"“{name}” did not get healthy:\n{self.children[name].quote()}",
        )

    def load_demo(self) -> None:
        guide = (PROJECT / "docs" / "operations.md").read_text()
        command = self.find(r"docker compose run --rm web (python manage\.py demo [^`\n]*)", guide)
        self.shell(command, self.environment("web"))

    def request(
        self, path: str, body: object = None, *, headers: dict[str, str] | None = None
    ) -> tuple[int, Message, bytes]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.site + path, data, {"Accept-Encoding": "gzip", **(headers or {})})
        if data is not None:
            request.add_header("Content-Type", "application/json")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def expect(self, is_so: bool, otherwise: str) -> None:
        if not is_so:
            logs = "\n".join(f"{name}:\n{child.quote()}" for name, child in self.children.items())
            raise Trouble(f"{otherwise}\n{logs}")

    def find(self, pattern: str, text: str) -> str:
        found = re.search(pattern, text)
        if not found:
            raise Trouble(f"There is nothing like {pattern} in:\n{text[:2000]}")
        return found[1]

    def look_at_pages(self) -> None:
        status, headers, page = self.request("/", headers={"Accept-Encoding": "identity"})
        self.expect(status == HTTPStatus.OK, f"The first page answers {status}.")
        self.expect("Content-Security-Policy" in headers, "The first page has no content security policy.")
        status, headers, _ = self.request(self.find(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page.decode()))
        self.expect(
            status == HTTPStatus.OK
            and "immutable" in headers.get("Cache-Control", "")
            and headers.get("Content-Encoding") == "gzip",
            f"The style sheet answers {status} with {headers.items()}.",
        )
        status, headers, _ = self.request(self.find(r'["( ](/media/[\w./-]+\.webp)', page.decode()))
        self.expect(status == HTTPStatus.OK and "immutable" in headers["Cache-Control"], f"A poster answers {status}.")
        status, _, page = self.request("/events/there-is-none/")
        self.expect(status == HTTPStatus.NOT_FOUND and b"Traceback" not in page, f"A wrong address answers {status}.")

    def read_metrics(self) -> None:
        self.expect(self.request("/metrics")[0] == HTTPStatus.UNAUTHORIZED, "Metrics are open to everyone.")
        token = {"Authorization": f"Bearer {self.env_file['METRICS_TOKEN']}"}
        status, _, figures = self.request("/metrics", headers=token)
        self.expect(status == HTTPStatus.OK and b"django_http_requests" in figures, f"Metrics answer {status}.")

    def book(self) -> None:
        def call(path: str, body: object = None, **headers: str) -> Any:
            status, _, answer = self.request(f"/api/v1{path}", body, headers={"Accept-Encoding": "identity", **headers})
            self.expect(status < HTTPStatus.BAD_REQUEST, f"{path} answers {status}: {answer.decode()[:500]}")
            return json.loads(answer)

        token = call("/auth/token", {"email": "customer@example.com", "password": PASSWORD})["access"]
        mine = {"Authorization": f"Bearer {token}"}
        shows = [show for show in call("/shows?limit=50")["items"] if show["available"] > 1]
        self.expect(bool(shows), "No show has two places left.")
        wish = {"show": shows[0]["code"], "best_available": {"quantity": 2}}
        held = call("/bookings", wish, **mine, **{"Idempotency-Key": "prove-stack"})
        self.expect(held["state"] == "held", f"The booking is {held['state']}.")
        paid = call(f"/bookings/{held['code']}/pay", {"gateway": "sandbox", "token": "approve"}, **mine)
        self.expect(paid["state"] == "confirmed" and len(paid["tickets"]) == len(held["tickets"]), f"{paid}")
        self.code = held["code"]

    def receive(self, mail: Any) -> None:
        # Decoded as by a mail program: with a title that is not in Latin letters, the text comes as base64.
        def has_come() -> bool:
            return any(
                self.code in message.get_body(("plain",)).get_content() and list(message.iter_attachments())
                for message in mail.messages
            )

        self.supervisor.wait_until(has_come, 60, f"No mail with tickets came:\n{self.children['worker'].quote()}")

    def see_sweeps(self) -> None:
        def is_seen() -> bool:
            return any(
                "task_succeeded" in line and "send_waiting" in line for line in self.children["worker"].last_lines
            )

        self.supervisor.wait_until(is_seen, 60, f"No sweep ran:\n{self.children['beat'].quote()}")

    def end(self) -> None:
        for name, child in self.children.items():
            started = time.monotonic()
            self.supervisor.end(child)
            status = child.process.returncode
            self.expect(status in ENDED_BY_SIGNAL, f"“{name}” ended with status {status}.")
            print(f"          {name} ended in {time.monotonic() - started:.1f} s with status {status}", flush=True)


if __name__ == "__main__":
    main()
