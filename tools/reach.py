"""How many files a reader meets who follows a function: `python -m tools.reach`, and a step of `make check`.

A file counts when something in it can be run into: from the function by the names that it uses, and so
on from each function and class that these names stand for. Models are left aside, as what everybody
knows, and so are packages that are installed.
"""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent

# The function or method, and the most files that following it may take. They may only sink.
LIMITS = {
    "bookings.services.hold_seats.hold_seats": 17,
    "bookings.views.hold.HoldView.post": 24,
    "bookings.services.confirm.confirm_payment": 32,
}


@dataclass
class Module:
    path: Path
    definitions: dict[str, ast.AST] = field(default_factory=dict)
    # Names by what they stand for: a module, or a name in one.
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
    """Add all that `name` in `module` runs into, as pairs of module and name."""
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
    """Return the files that a reader of `function` meets, its own among them."""
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
