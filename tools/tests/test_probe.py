"""The health check of the image: its exit status is what the container engine goes by."""

import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tools.processes import PROJECT
from tools.servers import free_port

pytestmark = pytest.mark.once


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def site():
    server = HTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def probe(address: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.probe", address]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_good_answer_is_healthy(site):
    done = probe(f"{site}/200")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("status", [404, 503])
def test_a_bad_answer_is_not(site, status):
    done = probe(f"{site}/{status}")
    assert done.returncode == 1
    assert f"/{status}: HTTP Error {status}" in done.stderr


def test_neither_is_silence():
    assert probe(f"http://127.0.0.1:{free_port()}/200").returncode == 1
