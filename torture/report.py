"""What the auditor found after an attack, as it is printed, kept and ended with."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from torture.auditor import audit
from torture.diary import read_diaries
from torture.logs import find_errors


def describe_audit(folder: Path) -> dict[str, Any]:
    """Audit what is in the folder of an attack. Each request for a change is an operation; an act may take several."""
    found = audit(folder)
    lines = read_diaries(folder / "diaries")
    return {
        "operations": sum("sent" in line and not line["sent"].startswith("GET") for line in lines),
        "findings": {check.name: check.wrong for check in found if check.wrong},
        "counted": {check.name: check.counted for check in found},
        "errors": find_errors(folder / "logs"),
    }


def print_audit(report: dict[str, Any]) -> None:
    for name, counted in report["counted"].items():
        print(f"  {len(report['findings'].get(name, [])):3} wrong of {counted:6}  {name}")
    for name, rows in report["findings"].items():
        print(f"WRONG: {name}")
        for row in rows[:10]:
            print(f"    {row}")
    if report["errors"]:
        print("Errors in the logs of page servers:")
    for error in report["errors"]:
        print(f"    {error}")


def end_with(report: dict[str, Any], file: Path) -> NoReturn:
    """Write the report into a file, and end with 1 if it has a finding."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(report, indent=1, default=str))
    sys.exit(1 if report["findings"] else 0)
