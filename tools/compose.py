"""Read our `docker-compose.yml`, `Dockerfile` and `.dockerignore` as Docker would."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from tools.processes import PROJECT, Trouble

_VARIABLE = re.compile(r"\$(?:(\$)|\{(\w+)(?:(:?[-?])([^}]*))?\})")


def interpolate(text: str, variables: Mapping[str, str]) -> str:
    """Fill in variables, by the rules of `${NAME}`, `${NAME:-default}`, `${NAME:?message}` and `$$`."""

    def replace(match: re.Match[str]) -> str:
        escaped, name, operator, rest = match.groups()
        if escaped:
            return "$"
        value = variables.get(name)
        if operator and (value is None or (operator.startswith(":") and not value)):
            if operator.endswith("?"):
                raise Trouble(f"{name} {rest}")
            return str(rest)
        return value or ""

    return _VARIABLE.sub(replace, text)


def read_stack(variables: Mapping[str, str]) -> dict[str, Any]:
    """Return the services of `docker-compose.yml` with their variables filled in."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: walk(item) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item) for item in value]
        return interpolate(value, variables) if isinstance(value, str) else value

    services: dict[str, Any] = walk(yaml.safe_load((PROJECT / "docker-compose.yml").read_text()))["services"]
    return services


def read_env_file(file: Path) -> dict[str, str]:
    return dict(re.findall(r"(?m)^(\w+)=(.*)$", file.read_text()))


def read_image() -> tuple[list[str], dict[str, str]]:
    """Return the shell commands of the first stage and the variables of the last one."""
    text = re.sub(r"(?m)^\s*#.*\n", "", (PROJECT / "Dockerfile").read_text()).replace("\\\n", " ")
    stages = re.split(r"(?m)^FROM ", text)[1:]
    commands = re.findall(r"(?m)^RUN (.+)$", stages[0])
    variables: dict[str, str] = {}
    for line in re.findall(r"(?m)^ENV (.+)$", stages[-1]):
        for part in shlex.split(line):
            name, _, value = part.partition("=")
            variables[name] = value
    return commands, variables


def files_of_image() -> Iterator[Path]:
    """Yield the project's files that `COPY . .` copies, relative to the project."""
    patterns = [line for line in (PROJECT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    for path in sorted(PROJECT.rglob("*")):
        relative = path.relative_to(PROJECT)
        if (
            relative.parts[0] not in {".git", ".venv", ".run"}
            and path.is_file()
            and not _is_ignored(relative, patterns)
        ):
            yield relative


def _is_ignored(path: Path, patterns: list[str]) -> bool:
    """Return True if the last pattern that matches the path, or a folder above it, excludes it."""
    names = [path.as_posix(), *(parent.as_posix() for parent in path.parents if parent.name)]
    is_ignored = False
    for pattern in patterns:
        plain = pattern.removeprefix("!")
        for name in names:
            anywhere = plain.startswith("**/") and fnmatchcase(name.rpartition("/")[2], plain.removeprefix("**/"))
            if anywhere or (fnmatchcase(name, plain) and name.count("/") == plain.count("/")):
                is_ignored = not pattern.startswith("!")
    return is_ignored
