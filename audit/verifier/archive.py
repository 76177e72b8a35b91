"""The files of a bundle: a ZIP that was made by somebody who may mean harm."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple
from zipfile import ZipFile

from audit.verifier.report import Fault, Report

EVENT: Final = re.compile(r"tickets/(\d{9})/(\d{4,9})\.(?:entry|tlog-proof|disclosures)", re.ASCII)
OTHERS: Final = frozenset({"checkpoint", "log.vkey", "README.md", "README.ru.md"})
LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a file: an entry has 65,535 at the most, a note 1,000,000."""


class Place(NamedTuple):
    """An event of a ticket: its reference, and a number as it is written."""

    reference: str
    number: str

    def name(self, kind: str) -> str:
        """Of one of its files."""
        return f"tickets/{self.reference}/{self.number}.{kind}"

    def __str__(self) -> str:
        return f"event {int(self.number)} of ticket {self.reference}"


@dataclass(frozen=True)
class Archive:
    """A bundle that is open."""

    file: ZipFile

    @property
    def places(self) -> list[Place]:
        """Every event of which there is a file."""
        found = {Place(*told.groups()) for name in self.file.namelist() if (told := EVENT.fullmatch(name))}
        return sorted(found, key=lambda place: (place.reference, int(place.number)))

    def read(self, name: str) -> bytes:
        """A file; `KeyError` if there is none, or if it is larger than any can be."""
        if self.file.getinfo(name).file_size > LARGEST:
            raise KeyError(f"{name} is larger than any file of a bundle")
        return self.file.read(name)


@contextmanager
def opened(path: Path, report: Report) -> Iterator[Archive]:
    """The bundle; what is no part of one is told. `BadZipFile` or `OSError` if it cannot be read."""
    with ZipFile(path) as file:
        for name, count in Counter(file.namelist()).items():
            if count > 1:
                report.find(Fault.FORM, f"{name!r} stands twice in the bundle: different readers read different ones")
            if name not in OTHERS and not EVENT.fullmatch(name):
                report.find(Fault.FORM, f"{name!r} is no file of a bundle")
        yield Archive(file)
