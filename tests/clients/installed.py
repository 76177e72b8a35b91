"""Clients of others, as their registries have them: fetched once into the environment in use, never changed."""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.servers import missing

CACHE: Final = Path(sys.prefix) / "clients"
NODE: Final = ("statuspage.io@3.2.10", "@aero/statuspage@1.1.0")
STATUSCHECK: Final = "statuscheck==3.11.0"
"""It pins what it needs, so that it has to have an environment of its own."""
RFC9162: Final = "@transmute/rfc9162@0.0.5"
SECONDS: Final = 240


def node_modules() -> Path:
    """Where node finds the clients of a status page."""
    return _by_npm("node", *NODE)


def tree_verifier() -> Path:
    """Where node finds a verifier of Merkle trees."""
    return _by_npm("rfc9162", RFC9162)


def statuscheck() -> Path:
    """The Python that has it."""

    def make(folder: Path) -> None:
        _run(sys.executable, "-m", "venv", str(folder))
        _run(str(folder / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", STATUSCHECK)

    return _once("statuscheck", make) / "bin/python"


def _by_npm(name: str, *packages: str) -> Path:
    npm = shutil.which("npm")
    if not (npm and shutil.which("node")):
        missing("node and npm are not installed: run tests/servers/install as root")
    options = ("--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--prefix")
    return _once(name, lambda folder: _run(str(npm), "install", *options, str(folder), *packages)) / "node_modules"


def _once(name: str, make: Callable[[Path], Any]) -> Path:
    """However many tests ask at a time; what was not finished is made anew."""
    folder, ready = CACHE / name, CACHE / f"{name}.ready"
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{name}.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not ready.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            ready.touch()
    return folder


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as fault:
        missing(f"{' '.join(command)}: {fault.stderr or fault!r}")
