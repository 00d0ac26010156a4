"""`make torture`: sale and money are attacked while everything dies, and an auditor checks what is left.

`ARGS="--seed 7 --seconds 600 --database postgres|sqlite --short"`; `torture/run.py` has the rest.
"""

from __future__ import annotations

import os
import sys

from tools.environment import PYTHON, clean_environment, ensure
from tools.processes import PROJECT, Supervisor, plain_errors


def main() -> None:
    with plain_errors(), Supervisor() as supervisor:
        ensure(supervisor, "requirements-dev.txt")
    os.chdir(PROJECT)
    os.execve(PYTHON, [str(PYTHON), "-m", "torture.run", *sys.argv[1:]], clean_environment())


if __name__ == "__main__":
    main()
