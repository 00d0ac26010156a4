"""The primary dies during a short rush, and nothing is lost."""

import os

import pytest

from cluster.machines import find_programs
from testing.programs import run_program
from tools.processes import Trouble

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.timeout(600)]


@pytest.mark.skipif(
    not os.environ.get("CLUSTER"), reason="It takes two minutes and a half: CLUSTER=1 runs it, or make cluster"
)
def test_a_standby_takes_over():
    try:
        find_programs()
    except Trouble as trouble:
        pytest.skip(str(trouble))
    assert "primary PostgreSQL" in run_program("cluster.run", "--short", "--seed", "7", "--only", "crash", seconds=580)
