"""The verifier as one file: the same bytes each time, and it needs nothing of ours."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import cryptography
import pytest

from audit.one_file import one_file
from tests.audit.verifier.forging import SIGNER, Evidence, honest

PACKAGES = Path(cryptography.__file__).parent.parent
START = """
import runpy, sys
sys.path.append(sys.argv.pop(1))
del sys.argv[0]
runpy.run_path(sys.argv[0], None, "__main__")
"""
NEEDED = ("cryptography", "cffi", "_cffi_backend*", "pycparser")


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("verifier") / "verify.pyz"
    file.write_bytes(one_file())
    return file


def run(verifier: Path, packages: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """By an interpreter that knows the standard library and what is in that folder."""
    command = [sys.executable, "-I", "-S", "-c", START, str(packages), str(verifier), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Only `cryptography`, and what it needs."""
    folder = tmp_path_factory.mktemp("packages")
    for pattern in NEEDED:
        for found in PACKAGES.glob(pattern):
            (folder / found.name).symlink_to(found)
    return folder


def test_the_same_code_makes_the_same_bytes() -> None:
    assert one_file() == one_file()


def test_it_holds_what_strangers_read_and_nothing_else(verifier: Path) -> None:
    tops = {name.split("/")[0] for name in ZipFile(verifier).namelist()}
    assert tops == {"__main__.py", "audit", "domain"}


def test_it_verifies_where_nothing_of_ours_is(verifier: Path, packages: Path, tmp_path: Path) -> None:
    evidence = Evidence(honest(), tmp_path / "evidence").publish()
    done = run(verifier, packages, str(evidence.folder), "--key", SIGNER.key.text)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "every claim that could be checked holds"), (
        done.stderr
    )


def test_without_cryptography_it_says_what_is_missing(verifier: Path, tmp_path: Path) -> None:
    done = run(verifier, tmp_path, str(tmp_path))
    assert done.returncode == 1
    assert "pip install cryptography" in done.stderr
