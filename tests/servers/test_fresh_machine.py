"""What `make` does before there is anything: on a machine that lacks something, as root and as anybody else."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OLD = 'case "$2" in *version_info*) exit 1;; *) echo Python 3.9.2;; esac'
BARE = 'case "$2" in *ensurepip*) exit 1;; *%d*) echo python3.11-venv;; esac'


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of commands, and no others; nobody is root, and apt writes down what it is asked."""
    for name in ("dirname", "basename", "sh"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    command(tmp_path / "id", "echo 1000")
    command(tmp_path / "apt-get", f'echo "$@" >>{tmp_path}/asked')
    return tmp_path


def test_a_python_that_has_all_is_taken_without_a_word(machine: Path) -> None:
    assert prepared(machine, sys.executable) == (0, "")


def test_a_python_that_is_too_old_is_named(machine: Path) -> None:
    command(machine / "python3", OLD)
    code, words = prepared(machine, "python3")
    assert code != 0
    assert words.startswith("Python 3.11 or newer is needed, python3 is Python 3.9.2")


def test_who_is_not_root_is_told_what_to_install(machine: Path) -> None:
    command(machine / "python3", BARE)
    code, words = prepared(machine, "python3")
    assert (code, words) == (3, "missing: python3.11-venv (on Debian, as root: apt-get install python3.11-venv)\n")


def test_without_any_python_the_packages_are_named_all_the_same(machine: Path) -> None:
    assert prepared(machine, "python3")[1].startswith("missing: python3-venv ")


def test_root_gets_what_is_missing(machine: Path) -> None:
    command(machine / "id", "echo 0")
    command(machine / "python3", BARE)
    assert prepared(machine, "python3") == (0, "installing: python3.11-venv\n")
    update, install = (machine / "asked").read_text().splitlines()
    assert update.startswith("update")
    assert install.endswith(" python3.11-venv")


def test_an_installation_that_fails_is_a_failure(machine: Path) -> None:
    command(machine / "id", "echo 0")
    command(machine / "apt-get", "exit 100")
    assert ran(machine, ".ci/apt", "postgresql")[0] == 100


def command(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def prepared(machine: Path, python: str) -> tuple[int, str]:
    return ran(machine, ".ci/python", python)


def ran(machine: Path, script: str, *arguments: str) -> tuple[int, str]:
    """How the script ended on that machine, and what it said."""
    done = subprocess.run(["/bin/sh", ROOT / script, *arguments], env={"PATH": str(machine)}, check=False,
                          capture_output=True, text=True)  # fmt: skip
    return done.returncode, done.stdout + done.stderr
