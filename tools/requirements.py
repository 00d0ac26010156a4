"""Check the packages: what the site imports is pinned for it, and the pins keep what the `.in` files ask for.

Runs in the environment, part of `make check`. It finds a development package that the site would
miss where it runs, and an `.in` file that was edited without its pins.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.processes import PROJECT

SITE = (*sorted(path.parent.name for path in PROJECT.glob("*/apps.py")), "demo")


def read_pins(file: str) -> dict[str, str]:
    found = re.findall(r"(?m)^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)", (PROJECT / file).read_text())
    return {canonicalize_name(name): version for name, version in found}


def read_wishes(file: str) -> Iterator[Requirement]:
    for line in (PROJECT / file).read_text().splitlines():
        wish = line.split(" #")[0].strip()
        if wish.startswith("-r "):
            yield from read_wishes(wish.removeprefix("-r ").strip())
        elif wish and not wish.startswith("#"):
            yield Requirement(wish)


def imported_names(file: Path) -> Iterator[tuple[str, int]]:
    """Yield the top-level names that a module imports when it runs, with their lines."""
    tree = ast.parse(file.read_text())
    for_types_only = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for part in node.body
        for child in ast.walk(part)
    }
    for node in ast.walk(tree):
        if node in for_types_only:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0], node.lineno


def find_faults() -> Iterator[str]:
    pins = read_pins("requirements.txt")
    for asked, pinned in (("requirements.in", pins), ("requirements-dev.in", read_pins("requirements-dev.txt"))):
        for wish in read_wishes(asked):
            version = pinned.get(canonicalize_name(wish.name))
            if version is None or version not in wish.specifier:
                yield f"{asked} asks for “{wish}”, and the pins have {version or 'none'}: make pins"
    for name, version in pins.items():
        if read_pins("requirements-dev.txt").get(name) != version:
            yield f"{name} {version} is pinned otherwise in requirements-dev.txt: make pins"
    providers = packages_distributions()
    for app in SITE:
        for file in sorted((PROJECT / app).rglob("*.py")):
            path = file.relative_to(PROJECT)
            if "tests" in path.parts:
                continue
            for name, line in imported_names(file):
                packages = {canonicalize_name(package) for package in providers.get(name, ())}
                if packages and not packages & pins.keys():
                    yield f"{path}:{line} imports {name}, of a package that is not in requirements.txt"


def main() -> None:
    faults = list(find_faults())
    print("\n".join(faults))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
