"""`verify`: what a stranger pays to verify a long history, in processor time and in memory."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from audit.evidence import CHECKPOINT, Folder, empty
from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import Edge, leaf_hash
from audit.tlog.note import signed
from audit.verifier.files import Files
from audit.verifier.source import FolderSource
from tests.audit.verifier.forging import ORIGIN, SIGNER
from tests.bench.months import history

MONTHS: Final = (6, 24)
ROUNDS: Final = 3
TARGETS: Final = {"audit_us": 15.0, "tree": 4.0}
VERIFY: Final = """
import sys, time
from pathlib import Path
from audit.verifier.command import main
since = time.process_time()
status = main(sys.argv[1:])
spent, told = time.process_time() - since, Path("/proc/self/status").read_text()
print(status, spent, *told.partition("VmHWM:")[2].split()[:1])
"""
"""A process of its own: exit status, seconds of the processor, the most memory that it ever had in KiB."""


def measure(progress: Callable[[int], None]) -> Mapping[str, Any]:
    """Microseconds of processor time an entry, the most MiB, and the ratio to bare hashes taken in turns."""
    rows = []
    with TemporaryDirectory() as folder:
        for number, months in enumerate(MONTHS):
            entries, place = history(months), Path(folder, str(months))
            _publish(entries, Folder(place))
            (us, mib), *others = [_audit(place) for _ in range(ROUNDS)]
            tree = median(_tree(entries, place) for _ in range(ROUNDS))
            fastest = min([us, *(each for each, _ in others)])
            rows.append({"entries": len(entries), "audit_us": fastest, "mib": mib, "tree": tree})
            progress(number + 1)
    return {"sizes": rows, "targets": TARGETS}


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    few, many = measured["sizes"]
    return [
        *(
            f"{row['entries']:,} entries, figures and all: {row['audit_us']:.1f} us each, {row['mib']:.0f} MiB; "
            f"the tree alone, from its files, beside the bare hash of each: {row['tree']:.1f} x"
            for row in (few, many)
        ),
        f"(targets: 15 us, flat memory, 4 x; four times the months: {many['mib'] / few['mib']:.2f} times the memory)",
    ]


def _publish(entries: Sequence[bytes], folder: Folder) -> None:
    writer, edge = empty(folder.write), Edge()
    for entry in entries:
        writer.append(entry)
        edge.append(leaf_hash(entry))
    writer.flush()
    folder.write(CHECKPOINT, signed(Checkpoint(ORIGIN, edge.size, edge.root).text, SIGNER))


def _audit(place: Path) -> tuple[float, float]:
    """Everything, figures too, as `glasno audit verify` does it."""
    size = int(Path(place, CHECKPOINT).read_text().splitlines()[1])
    told = [sys.executable, "-c", VERIFY, str(place), "--key", SIGNER.key.text]
    done = subprocess.run(told, check=True, capture_output=True, text=True)
    status, seconds, kib = done.stdout.splitlines()[-1].split()
    assert status == "0", done.stdout
    return float(seconds) / size * 1e6, int(kib) / 1024


def _tree(entries: Sequence[bytes], place: Path) -> float:
    """What is verified without figures: every entry is read, and leads to the root."""
    since = time.process_time()
    for entry in entries:
        sha256(b"\x00" + entry).digest()
    bare, edge, since = time.process_time() - since, Edge(), time.process_time()
    for _, bundle in Files(FolderSource(place), len(entries)).bundles():
        for entry in bundle:
            edge.append(leaf_hash(entry))
    return (time.process_time() - since) / bare
