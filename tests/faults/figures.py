"""Public figures beside those that a stranger computes: from the evidence, with what the verifier is made of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TypeAlias

import httpx2

from audit.tlog.checkpoint import read_checkpoint
from audit.tlog.note import read_note
from audit.verifier.decode import Decoder
from audit.verifier.files import Files
from audit.verifier.replay import Replay
from audit.verifier.report import Report
from audit.verifier.source import FolderSource
from domain.shapes import event_classes

AXES: Final = ("clock", "level", "kind", "priority")
COUNTS: Final = ("decided", "breached", "excluded", "refused", "reopened")
Figures: TypeAlias = Mapping[tuple[str, ...], tuple[int, ...]]
"""The counts of each promise of which anything is to be told."""


def wrong_figures(folder: Path, url: str) -> Iterator[str]:
    """Of every month that a ticket was ever promised something for; the desk answers at that address."""
    replay = _replayed(folder)
    for month in sorted(replay.tickets.changed):
        computed = replay.months.figures(month).sla.values()
        yield from unlike(month, shown(url, month), _told([asdict(row) for row in computed if row.kind]))


def unlike(month: str, told: Figures, computed: Figures) -> Iterator[str]:
    """The rows in which they differ."""
    for key in sorted({*told, *computed}):
        if told.get(key) != computed.get(key):
            yield f"figures of {month}, {' '.join(key)}: {told.get(key)} are shown, {computed.get(key)} computed"


def shown(url: str, month: str) -> Figures:
    """To anybody."""
    answer = httpx2.get(f"{url}/v1/sla", params={"month": month}, timeout=60).raise_for_status()
    return _told(answer.json()["items"])


def _told(rows: Sequence[Mapping[str, Any]]) -> Figures:
    told = {tuple(str(row[axis]) for axis in AXES): tuple(int(row[name]) for name in COUNTS) for row in rows}
    return {key: counts for key, counts in told.items() if any(counts)}


def _replayed(folder: Path) -> Replay:
    """Every entry that is published."""
    source = FolderSource(folder)
    files = Files(source, read_checkpoint(read_note(source.read("checkpoint")).text).size)
    replay = Replay(Report(), {}, Decoder(event_classes()))
    for first, entries in files.bundles():
        replay.take(first, entries)
    return replay
