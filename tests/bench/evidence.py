"""`evidence`: what the log's tree costs beside its bare hashes, what a stranger pays to verify it, and a proof."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import md5, sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from audit.evidence import CHECKPOINT, Folder, empty
from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import Edge, leaf_hash, prove_inclusion
from audit.tlog.note import signed
from audit.tlog.tiles import nodes_in
from audit.verifier.signed import Demand
from audit.verifier.source import FolderSource
from audit.verifier.verify import verify
from domain.canonical import parse
from tests.audit.verifier.forging import ORIGIN, SIGNER, honest

SIZE: Final = 100_000
ROUNDS: Final = 3
PROOFS: Final = 500
TARGETS: Final = {"tree": 3.0, "tiles": 4.0, "verify_us": 15.0, "proof_ms": 1.0}


def measure(progress: Callable[[int], None]) -> Mapping[str, Any]:
    """Ratios to the bare SHA-256 of each entry, which take turns with it; microseconds of processor time an entry."""
    entries = [*_entries(SIZE)]
    ratios: dict[str, list[float]] = {"tree": [], "tiles": []}
    verified: list[float] = []
    with TemporaryDirectory() as folder:
        _publish(entries, Folder(Path(folder)))
        for number in range(ROUNDS):
            bare = _seconds(lambda: [sha256(b"\x00" + entry).digest() for entry in entries])
            ratios["tree"].append(_seconds(lambda: _grow(entries)) / bare)
            ratios["tiles"].append(_seconds(lambda: _tile(entries)) / bare)
            verified.append(_seconds(lambda: _verify(Path(folder))) / len(entries) * 1e6)
            progress(number + 1)
        proofs = [*_proofs(Folder(Path(folder)), len(entries))]
    found = {name: median(each) for name, each in ratios.items()}
    return {
        "entries": len(entries),
        **found,
        "verify_us": min(verified),
        "proof_ms": median(proofs),
        "targets": TARGETS,
    }


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    tree = f"The log's tree over {measured['entries']} entries, beside the bare hash of each: {measured['tree']:.1f} x"
    return [
        f"{tree}, with its files {measured['tiles']:.1f} x (targets: at most 3 and 4)",
        f"Full verification with all verdicts: {measured['verify_us']:.1f} us an entry (target: 15)",
        f"Proof of an entry from files: {measured['proof_ms']:.2f} ms (target: at most 1)",
    ]


def _entries(size: int) -> Iterator[bytes]:
    """The tickets of an honest desk, many times over, side by side: each has a pseudonym of its own."""
    source = [entry for entry in honest() if b'"ty":"month.' not in entry]
    mine = {entry: parse(entry)["tk"].encode() for entry in source if b'"ty":"ticket.' in entry}
    for entry in source:
        for number in range(1 if b'"ty"' in entry and entry not in mine else size // len(source)):
            tk = mine.get(entry, b"")
            other = md5(b"%b %d" % (tk, number), usedforsecurity=False).hexdigest().encode()
            yield entry.replace(tk, other) if tk else entry


def _publish(entries: Sequence[bytes], folder: Folder) -> None:
    writer = empty(folder.write)
    for entry in entries:
        writer.append(entry)
    writer.flush()
    folder.write(CHECKPOINT, signed(Checkpoint(ORIGIN, len(entries), writer.edge.root).text, SIGNER))


def _grow(entries: Sequence[bytes]) -> None:
    edge = Edge()
    for entry in entries:
        edge.append(leaf_hash(entry))


def _tile(entries: Sequence[bytes]) -> None:
    """What is written is kept in memory: disks are not measured."""
    files: dict[str, bytes] = {}
    writer = empty(files.__setitem__)
    for entry in entries:
        writer.append(entry)


def _verify(folder: Path) -> None:
    found = verify(FolderSource(folder), Demand(SIGNER.key))
    assert found.is_clean, found.findings[:3]


def _proofs(folder: Folder, size: int) -> Iterator[float]:
    """Milliseconds each, all over the log."""
    for number in range(PROOFS):
        since = time.perf_counter()
        prove_inclusion(nodes_in(folder.read, size), number * size // PROOFS, size)
        yield (time.perf_counter() - since) * 1e3


def _seconds(work: Callable[[], object]) -> float:
    """Of the processor; nothing that is measured makes cycles."""
    gc.collect()
    gc.disable()
    since = time.process_time()
    work()
    spent = time.process_time() - since
    gc.enable()
    return spent
