"""`evidence`: what the log's tree costs beside bare hashes; proofs, sealing, opening and signing, by the piece."""

import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import md5, sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from audit.evidence import CHECKPOINT, Folder, Writer, empty
from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import Edge, leaf_hash, prove_inclusion
from audit.tlog.note import signed
from audit.tlog.tiles import nodes_in
from domain.canonical import parse
from store.keys import Key, Keys
from store.sealing import FACTS, Sealer
from tests.audit.verifier.forging import ORIGIN, SIGNER, honest

SIZE: Final = 100_000
ROUNDS: Final = 5
PIECES: Final = 1_000
"""Proofs, sections and checkpoints, in each round."""
TEXT: Final = {"text": "Since this morning the printer on the third floor prints every page twice. " * 4}
STREAM: Final = UUID(int=1)
ENVELOPE: Final = bytes(200)
TARGETS: Final = {"tree": 3.0, "tiles": 4.0, "proof": 1_000.0}


def measure(progress: Callable[[int], None]) -> Mapping[str, Any]:
    """Medians of processor time: ratios to the bare SHA-256 of each entry in the same round, else microseconds each."""
    entries, rounds = [*_entries(SIZE)], list[Mapping[str, float]]()
    with TemporaryDirectory() as folder:
        kept = Folder(Path(folder, "kept"))
        _publish(entries, kept)
        for number in range(ROUNDS):
            rounds.append({**_grown(entries, Folder(Path(folder, str(number)))), **_pieces(kept, len(entries))})
            progress(number + 1)
    found = {name: median(each[name] for each in rounds) for name in rounds[0]}
    return {"entries": len(entries), **found, "targets": TARGETS}


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    tree = f"The log's tree over {measured['entries']} entries, beside the bare hash of each: {measured['tree']:.1f} x"
    return [
        f"{tree}, with its tiles {measured['tiles']:.1f} x (targets: at most 3 and 4)",
        f"With its files on this disk: {measured['files']:.1f} x, made durable: {measured['durable']:.1f} x",
        f"Proof of an entry from files: {measured['proof'] / 1e3:.2f} ms (target: at most 1)",
        f"Facts: sealed in {measured['seal_facts']:.0f} us, opened in {measured['open_facts']:.0f} us",
        f"A text: sealed in {measured['seal_text']:.0f} us, opened in {measured['open_text']:.0f} us, key and all",
        f"A checkpoint: signed in {measured['sign']:.0f} us",
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
    writer = _written(entries, empty(folder.write))
    folder.write(CHECKPOINT, signed(Checkpoint(ORIGIN, len(entries), writer.root).text, SIGNER))


def _grown(entries: Sequence[bytes], folder: Folder) -> Mapping[str, float]:
    """Without tiles, with them in memory, and as files."""
    bare = _seconds(lambda: [sha256(b"\x00" + entry).digest() for entry in entries])
    memory: dict[str, bytes] = {}
    tree, tiles = _seconds(lambda: _grow(entries)), _seconds(lambda: _written(entries, empty(memory.__setitem__)))
    files = _seconds(lambda: _written(entries, empty(folder.write)))
    spent = {"tree": tree, "tiles": tiles, "files": files, "durable": files + _seconds(folder.settle)}
    return {name: each / bare for name, each in spent.items()}


def _grow(entries: Sequence[bytes]) -> None:
    edge = Edge()
    for entry in entries:
        edge.append(leaf_hash(entry))


def _written(entries: Sequence[bytes], writer: Writer) -> Writer:
    for entry in entries:
        writer.append(entry)
    writer.flush()
    return writer


def _pieces(folder: Folder, size: int) -> Mapping[str, float]:
    """Proofs are made all over the log, each from files that are read for it."""
    checkpoint, keys = Checkpoint(ORIGIN, size, bytes(32)), _keys()
    return {
        "proof": _each(lambda number: prove_inclusion(nodes_in(folder.read, size), number * size // PIECES, size)),
        "sign": _each(lambda _: signed(checkpoint.text, SIGNER)),
        **_sealing(Sealer(keys, os.urandom), FACTS, keys.desk),
        **_sealing(Sealer(keys, os.urandom), "text", keys.of("1" * 32)),
    }


def _keys() -> Keys:
    """Of nobody yet, in memory."""
    return Keys(create_engine("sqlite://", poolclass=StaticPool), bytes(32), os.urandom)


def _sealing(sealer: Sealer, name: str, key: Key) -> Mapping[str, float]:
    section = sealer.seal(sealer.disclose(STREAM, 1, name, key, TEXT), ENVELOPE)
    return {
        f"seal_{name}": _each(lambda at: sealer.seal(sealer.disclose(STREAM, at, name, key, TEXT), ENVELOPE)),
        f"open_{name}": _each(lambda _: sealer.disclosure(section, ENVELOPE)),
    }


def _each(work: Callable[[int], object]) -> float:
    """Microseconds."""
    return _seconds(lambda: [work(number) for number in range(PIECES)]) / PIECES * 1e6


def _seconds(work: Callable[[], object]) -> float:
    """Of the processor; nothing that is measured makes cycles."""
    gc.collect()
    gc.disable()
    since = time.process_time()
    work()
    spent = time.process_time() - since
    gc.enable()
    return spent
