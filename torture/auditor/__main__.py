"""Audit a folder that `make torture ARGS="--folder …"` has kept."""

import sys
from pathlib import Path

from torture.auditor import audit


def main() -> None:
    found = audit(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
    for check in found:
        print(f"{len(check.wrong):3} wrong of {check.counted:6}  {check.name}")
        for line in check.wrong:
            print(f"      {line}")
    sys.exit(1 if any(check.wrong for check in found) else 0)


if __name__ == "__main__":
    main()
