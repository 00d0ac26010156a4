"""Programs of the project, run in processes of their own as people run them."""

import subprocess
import sys

from tools.processes import PROJECT
from tools.test import test_environment


def run_program(module: str, *arguments: str, seconds: int = 280, **variables: str) -> str:
    """Return what `python -m module` prints; fail if it does not end well, or in so many seconds.

    Of the site's settings it has `variables` only.
    """
    env = {name: value for name, value in test_environment(**variables).items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=PROJECT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=seconds,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout
