"""Small disks that fill up: file systems in memory."""

import errno
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults.rights import MOUNTS, needs

CHUNK: Final = 64 * 1024


@dataclass(frozen=True)
class Disk:
    """One of them, by the folder where it is mounted."""

    folder: Path

    @property
    def filler(self) -> Path:
        """Somebody else's, and large."""
        return self.folder / "filler"

    def fill(self) -> None:
        """To the last byte."""
        with self.filler.open("ab", buffering=0) as file:
            for size in (CHUNK, 1):
                while _written(file.fileno(), bytes(size)):
                    pass

    def make_space(self) -> None:
        self.filler.unlink()


def _written(descriptor: int, content: bytes) -> bool:
    try:
        return os.write(descriptor, content) > 0
    except OSError as fault:
        if fault.errno != errno.ENOSPC:
            raise
        return False


@contextmanager
def small_disk(megabytes: int) -> Iterator[Disk]:
    """Gone afterwards, with all that it holds."""
    needs(MOUNTS)
    folder = Path(tempfile.mkdtemp(prefix="glasno-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", folder], check=True)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()
