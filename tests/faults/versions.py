"""Another version of the code: a copy of this one in which something has another name."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from service.settings import Settings
from tests.faults.processes import ROOT, environment_of

PACKAGES: Final = ("api", "audit", "domain", "monitoring", "projections", "service", "status_page", "store")


def copied(folder: Path, changes: Mapping[str, tuple[str, str]]) -> Path:
    """The code with some words replaced, by file."""
    for each in PACKAGES:
        shutil.copytree(ROOT / each, folder / each, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, (before, after) in changes.items():
        text = (folder / name).read_text()
        assert before in text
        (folder / name).write_text(text.replace(before, after))
    return folder


def glasno(settings: Settings, *arguments: str, root: Path = ROOT, status: int = 0) -> str:
    """A command of that version; what it says."""
    command = [sys.executable, "-m", "service", *arguments]
    environment = environment_of(settings)
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr
