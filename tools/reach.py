"""Count the files that one has to read to follow a function: `python -m tools.reach`, a step of `make check`.

A file counts if the function uses a name from it, or if a function or class does that is used, and so on.
Models do not count, since everyone knows them, nor do installed packages.
"""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tools.processes import PROJECT

# The most files that each function or method may need. The limits may only sink.
LIMITS = {
    "bookings.services.hold_seats.hold_seats": 16,
    "bookings.views.hold.HoldView.post": 23,
    "bookings.services.confirm.confirm_payment": 33,
}


@dataclass
class Module:
    path: Path
    definitions: dict[str, ast.AST] = field(default_factory=dict)
    # What each imported name stands for: a module and a name in it.
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)


def find_path(name: str) -> Path | None:
    base = PROJECT.joinpath(*name.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.exists():
            return path
    return None


def is_model(path: Path) -> bool:
    return path.name == "models.py" or path.parent.name == "models"


@cache
def read(name: str) -> Module | None:
    path = find_path(name)
    if path is None:
        return None
    module = Module(path)
    for node in ast.parse(path.read_text()).body:
        targets: list[ast.AST] = getattr(node, "targets", [getattr(node, "target", node)])
        for target in targets:
            if key := getattr(target, "name", getattr(target, "id", "")):
                module.definitions[key] = node
    for part in ast.walk(ast.parse(path.read_text())):
        if isinstance(part, ast.ImportFrom) and part.module:
            for alias in part.names:
                module.imports[alias.asname or alias.name] = (part.module, alias.name)
    return module


def follow(module: str, name: str, seen: set[tuple[str, str]]) -> None:
    """Add everything that `name` in `module` uses, as pairs of module and name."""
    found = read(module)
    if found is None or (module, name) in seen or is_model(found.path):
        return
    if name not in found.definitions:
        if name in found.imports:
            follow(*found.imports[name], seen)
        return
    seen.add((module, name))
    follow_node(module, found, found.definitions[name], seen)


def follow_node(module: str, found: Module, node: ast.AST, seen: set[tuple[str, str]]) -> None:
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in found.imports:
            source, alias = found.imports[part.value.id]
            follow(f"{source}.{alias}", part.attr, seen)
        if isinstance(part, ast.Name):
            if part.id in found.definitions:
                follow(module, part.id, seen)
            elif part.id in found.imports:
                follow(*found.imports[part.id], seen)


def files_of(function: str) -> set[str]:
    """Return the files needed to follow `function`, including its own."""
    seen: set[tuple[str, str]] = set()
    module, _, name = function.rpartition(".")
    if find_path(module) is not None:
        follow(module, name, seen)
    else:
        # A method: the others of its class that it calls, and no more of it.
        module, _, kind = module.rpartition(".")
        found = read(module)
        if found is None or kind not in found.definitions:
            raise LookupError(function)
        methods = {part.name: part for part in ast.walk(found.definitions[kind]) if isinstance(part, ast.FunctionDef)}
        waiting, done = [name], set()
        while waiting:
            one = waiting.pop()
            if one in methods and one not in done:
                done.add(one)
                follow_node(module, found, methods[one], seen)
                waiting += [part.attr for part in ast.walk(methods[one]) if isinstance(part, ast.Attribute)]
        seen.add((module, name))
    paths = {path for one, _name in seen if (path := find_path(one))}
    return {str(path.relative_to(PROJECT)) for path in paths}


def main() -> None:
    is_over = False
    for function, limit in LIMITS.items():
        files = files_of(function)
        print(f"{function}: {len(files)} files, {limit} at most")
        if len(files) > limit or "-v" in sys.argv:
            is_over |= len(files) > limit
            print("\n".join(f"  {path}" for path in sorted(files)))
    sys.exit(1 if is_over else 0)


if __name__ == "__main__":
    main()
