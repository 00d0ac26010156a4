"""`make cluster`: the site on several machines, played by processes of this one; some are killed during a rush.

`ARGS="--seed 7 --only postgres"`; `cluster/run.py` has the rest.
"""

from __future__ import annotations

import os
import sys

from tools.environment import PYTHON, clean_environment, ensure
from tools.processes import PROJECT, Supervisor, plain_errors


def main() -> None:
    with plain_errors(), Supervisor() as supervisor:
        ensure(supervisor, "requirements-dev.txt")
        ensure(supervisor, "requirements-cluster.txt")
    os.chdir(PROJECT)
    os.execve(PYTHON, [str(PYTHON), "-m", "cluster.run", *sys.argv[1:]], clean_environment())


if __name__ == "__main__":
    main()
