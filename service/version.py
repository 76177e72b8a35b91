"""What is running: the version of the project, and the commit if this is a checkout."""

import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]


def _version() -> str:
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return version


def _revision() -> str:
    """Read from the files: an image need not have git."""
    head = ROOT / ".git" / "HEAD"
    if not head.is_file():
        return "unknown"
    said = head.read_text().strip()
    branch = ROOT / ".git" / said.removeprefix("ref: ")
    if said.startswith("ref: "):
        return branch.read_text().strip() if branch.is_file() else "unknown"
    return said


VERSION: Final = _version()
REVISION: Final = _revision()
