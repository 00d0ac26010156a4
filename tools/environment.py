"""The Python environment in `.venv`, made and kept up to date; nothing is written outside the project.

uv installs, from the path or the package index, or else pip. The hash of the installed requirements is
stored, so that the next start installs nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.processes import PROJECT, Supervisor, Trouble

VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"

# They point to another Python, or would compile every module again at each start.
_NOT_PASSED_ON = {"PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"}


def clean_environment(**variables: str) -> dict[str, str]:
    """Return the environment for programs in `.venv`."""
    env = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON}
    env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env.get('PATH', os.defpath)}"
    env["PYTHONUNBUFFERED"] = "1"
    return {**env, **variables}


def read_setting_names() -> set[str]:
    """Return the names of the environment variables that the site's settings read."""
    sources = (PROJECT / "ticketing" / "settings").glob("*.py")
    return {name for source in sources for name in re.findall(r'env\.\w+\(\s*"(\w+)"', source.read_text())}


def ensure(supervisor: Supervisor, requirements: str = "requirements.txt") -> None:
    """Make the environment unless there is one that works, and install what `requirements` pins."""
    _require_writable()
    with _alone():
        if not _works():
            print(f"Making the environment in .venv with Python {sys.version.split()[0]} …", flush=True)
            if (VENV / "pyvenv.cfg").exists():
                shutil.rmtree(VENV)
            _make(supervisor, VENV)
        if _is_installed(requirements):
            return
        _install(supervisor, requirements, PYTHON)
        # The development packages contain the others, at the same versions; a test holds them to it.
        for file in {requirements, "requirements.txt"}:
            _stamp(file).write_text(_digest(file))


def _stamp(requirements: str) -> Path:
    return VENV / f".installed-{Path(requirements).stem}"


def _digest(requirements: str) -> str:
    return hashlib.sha256((PROJECT / requirements).read_bytes()).hexdigest()


def _is_installed(requirements: str) -> bool:
    stamp = _stamp(requirements)
    return stamp.is_file() and stamp.read_text() == _digest(requirements)


def _require_writable() -> None:
    if not os.access(PROJECT, os.W_OK):
        raise Trouble(
            f"{PROJECT} can't be written to, and Marquee keeps its environment and its data there.\n"
            "Copy the project into a folder of your own, or take ownership of this one."
        )


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other command is installing."""
    folder = os.open(PROJECT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _works() -> bool:
    """Return True if `.venv` works, was made for this folder and is new enough."""
    if not PYTHON.exists():
        return False
    code = "import sys; print(sys.prefix, sys.version_info >= (3, 11), sep='\\n')"
    try:
        answer = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True, cwd="/").stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.splitlines() == [str(VENV), "True"]


def install(supervisor: Supervisor, requirements: str, venv: Path) -> None:
    """Make another environment with only what `requirements` pins."""
    _make(supervisor, venv)
    _install(supervisor, requirements, venv / "bin" / "python")


def _make(supervisor: Supervisor, venv: Path) -> None:
    # Without pip: Debian's Python can't install it, and uv does not need it.
    made = supervisor.run("python", [sys.executable, "-m", "venv", "--without-pip", venv], is_shown=False)
    if made.process.returncode:
        raise Trouble(f"{sys.executable} -m venv {venv} failed:\n{made.quote()}")


def _install(supervisor: Supervisor, requirements: str, python: Path) -> None:
    file = PROJECT / requirements
    count = len(re.findall(r"(?m)^[\w.-]+(\[.*\])?==", file.read_text()))
    for installer in (_find_uv, _find_pip):
        command = installer(supervisor, python)
        if command is None:
            continue
        print(f"Installing {count} packages from {requirements} with {command[0]} …", flush=True)
        result = supervisor.run(str(command[0]), [*command[1:], "-r", file], env=_installer_environment())
        if result.process.returncode == 0:
            return
        print(f"{command[0]} ended with status {result.process.returncode}.", flush=True)
    raise Trouble(
        f"The packages of {requirements} could not be installed; the reason is above. "
        "The first start needs the network, later ones do not."
    )


def _installer_environment() -> dict[str, str]:
    return clean_environment(
        UV_CACHE_DIR=str(VENV / ".cache"),
        UV_NO_PROGRESS="1",
        UV_PYTHON_DOWNLOADS="never",
        PIP_NO_CACHE_DIR="1",
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        PIP_ROOT_USER_ACTION="ignore",
    )


def _find_uv(supervisor: Supervisor, python: Path) -> list[str | Path] | None:
    """Return the name and the command to install for `python` with uv; None if there is no uv."""
    own = VENV / "bin" / "uv"
    for uv in (shutil.which("uv"), own):
        if uv and _answers([uv, "--version"]):
            return ["uv", uv, "pip", "install", "--quiet", "--python", python]
    if pip := _find_pip(supervisor, PYTHON):
        got = supervisor.run("pip", [*pip[1:], "uv"], env=_installer_environment(), is_shown=False)
        if got.process.returncode == 0 and _answers([own, "--version"]):
            return ["uv", own, "pip", "install", "--quiet", "--python", python]
    return None


def _find_pip(supervisor: Supervisor, python: Path) -> list[str | Path] | None:
    own: list[str | Path] = ["pip", python, "-m", "pip", "install", "--quiet"]
    if _answers([python, "-m", "pip", "--version"]):
        return own
    bring: list[str | Path] = [python, "-m", "ensurepip", "--upgrade"]
    supervisor.run("python", bring, env=_installer_environment(), is_shown=False)
    if _answers([python, "-m", "pip", "--version"]):
        return own
    if _answers([sys.executable, "-m", "pip", "--version"]):
        return ["pip", sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    raise Trouble(
        "There is neither uv nor pip to install packages with. "
        "On Debian and Ubuntu: apt-get install python3-venv. Elsewhere: https://docs.astral.sh/uv/"
    )


def _answers(command: list[str | Path]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, cwd=PROJECT, check=False).returncode == 0
    except OSError:
        return False
