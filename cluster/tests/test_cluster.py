"""The primary dies during a short rush, and nothing is lost."""

import os
import subprocess
import sys

import pytest

from cluster.machines import find_programs
from tools.processes import PROJECT, Trouble
from tools.test import test_environment as site_environment

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.timeout(600)]


@pytest.mark.skipif(
    not os.environ.get("CLUSTER"), reason="It takes two minutes and a half: CLUSTER=1 runs it, or make cluster"
)
def test_a_standby_takes_over():
    try:
        find_programs()
    except Trouble as trouble:
        pytest.skip(str(trouble))
    env = {name: value for name, value in site_environment().items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "cluster.run", "--short", "--seed", "7", "--only", "crash"],
        cwd=PROJECT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=580,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    assert "primary PostgreSQL" in done.stdout
