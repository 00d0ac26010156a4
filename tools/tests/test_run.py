"""`make run`, as a person starts it."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from tools.processes import PROJECT
from tools.servers import free_port
from tools.test import test_environment as site_environment
from tools.tests.test_processes import processes_with

pytestmark = pytest.mark.once


@pytest.fixture
def run(tmp_path):
    programs = []

    def start(**variables):
        programs.append(
            subprocess.Popen(
                [sys.executable, "-m", "tools.run"],
                cwd=PROJECT,
                env=site_environment(DATA_DIR=str(tmp_path), **variables),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return programs[-1]

    yield start
    for program in programs:
        program.kill()
        program.communicate()


def test_it_refuses_a_taken_port(run):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        program = run(PORT=str(port))
        output, _ = program.communicate(timeout=30)
    assert program.returncode == 1
    assert f"Port {port} is taken" in output
    assert "PORT=" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_it_refuses_what_is_no_port(run, port):
    program = run(PORT=port)
    output, _ = program.communicate(timeout=30)
    assert program.returncode == 1
    assert f"PORT={port} is not a port" in output


def test_make_says_which_python_it_needs():
    done = subprocess.run(["make", "run", "PYTHON="], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode
    assert "needs Python 3.11 or newer" in done.stderr


@pytest.mark.timeout(300)
def test_it_serves_until_ctrl_c(run, tmp_path):
    port = free_port()
    program = run(PORT=str(port))
    output = []
    for line in program.stdout:
        output.append(line)
        if "Ctrl-C ends everything" in line:
            break
    text = "".join(output)
    assert f"http://localhost:{port}/" in text, text
    assert "customer@example.com" in text
    assert "admin@example.com" in text
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
        assert json.load(answer)["status"] == "ok"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
        assert b"<h1" in answer.read()
    # The launcher, its guardian, granian with a worker, Celery's worker and its scheduler.
    mark = f"DATA_DIR={tmp_path}"
    assert len(processes_with(mark)) >= 6
    program.send_signal(signal.SIGINT)
    rest, _ = program.communicate(timeout=60)
    assert "Everything has ended." in rest
    assert not processes_with(mark)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port))
    assert (tmp_path / "marquee.sqlite3").exists()
    assert os.access(tmp_path, os.W_OK)
