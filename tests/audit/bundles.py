"""A client's bundle of a desk with tickets in clear and opaque ones, and the means to forge it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.bundle import Bundled, Bundling, client_of, write_bundle
from audit.evidence import Folder
from audit.proving import Proving, Published
from audit.sequencer import Sequencer
from audit.tlog.note import Signer
from audit.verifier.bundle import verify_bundle
from audit.verifier.report import Fault, Report
from audit.verifier.signed import Demand
from domain.access import Caller
from domain.event import Id
from tests.cast import ACME
from tests.projections.story import Story

SIGNER: Final = Signer("desk.example/log", Ed25519PrivateKey.from_private_bytes(b"l" * 32))
OTHER: Final = Signer("desk.example/log", Ed25519PrivateKey.from_private_bytes(b"o" * 32))
Files = dict[str, bytes]


def signed(story: Story, folder: Path, signer: Signer = SIGNER) -> Published:
    """All that the log has, under a checkpoint."""
    Sequencer(story.desk.log, folder / "evidence", folder / "log.signed", signer).advance(story.clock.now)
    published = Proving(signer.key, signer, Folder(folder / "evidence").read).published()
    assert published is not None
    return published


def bundled(
    story: Story, published: Published, tickets: Sequence[Id], client: Caller | None = None, signer: Signer = SIGNER
) -> tuple[bytes, Bundled]:
    """The bundle of Acme, and what it says that it holds."""
    positions, file = [position for position, _ in story.desk.log.envelopes()], BytesIO()
    made_of = Bundling(story.desk, signer.key, published, positions.index)
    told = write_bundle(file, made_of, client or client_of(ACME), tickets)
    return file.getvalue(), told


@dataclass(frozen=True)
class Forged:
    """The files of a bundle, to be written as somebody else would have them."""

    files: Files
    folder: Path

    def report(self, **demand: Any) -> Report:
        """What the client finds, who was told the key."""
        path = self.folder / "bundle.zip"
        with ZipFile(path, "w") as archive:
            for name, content in self.files.items():
                archive.writestr(name, content)
        return verify_bundle(path, Demand(**{"key": SIGNER.key, **demand}))

    def faults(self, **demand: Any) -> set[Fault]:
        return {each.fault for each in self.report(**demand).findings}

    def event(self, name: bytes, kind: str = "entry") -> str:
        """A file of the first event in clear with that name."""
        found = next(path for path, content in self.files.items() if b'"ty":"%b"' % name in content)
        return found.replace(".entry", f".{kind}")

    def with_file(self, name: str, change: Callable[[bytes], bytes]) -> "Forged":
        return Forged(self.files | {name: change(self.files.get(name, b""))}, self.folder)

    def without(self, start: str) -> "Forged":
        kept = {name: content for name, content in self.files.items() if not name.startswith(start)}
        return Forged(kept, self.folder)


def files_of(bundle: bytes) -> Files:
    with ZipFile(BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
