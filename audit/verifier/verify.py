"""The verification: signature, tree, entries, verdicts, figures; from the evidence and nothing else.

The entries are read twice: first for the tree, and for what is claimed of how many entries; then to compute all of it.
"""

import base64
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final, TypeAlias

from audit.tlog.checkpoint import Checkpoint, read_checkpoint
from audit.tlog.merkle import Hash, leaf_hash
from audit.tlog.note import Malformed, read_note
from audit.tlog.tiles import WIDTH, BrokenTile
from audit.verifier.decode import UNREADABLE, Decoder
from audit.verifier.entry import TOLERATED
from audit.verifier.files import Files
from audit.verifier.months import Claim
from audit.verifier.names import SUCCEEDED, Names, demand_succeeded, rooted, successors
from audit.verifier.receipt import Owed
from audit.verifier.replay import Replay
from audit.verifier.report import Fault, Report
from audit.verifier.signed import Demand, demand_goes_on, demand_signed
from audit.verifier.source import Source
from audit.verifier.unproven import NEVER, of_names, unproven
from audit.verifier.withheld import find_withheld
from domain.canonical import parse
from domain.desk import DeskLogSucceeded
from domain.month import MonthCorrected, MonthFixed
from domain.shapes import event_classes

CHECKPOINT: Final = "checkpoint"
MONTHLY: Final = b'"ty":"month.'
"""What an entry that claims figures of a month has in it."""

Progress: TypeAlias = Callable[[int, int], None]
"""Hears how many entries of how many were looked at."""


@dataclass(frozen=True)
class Case:
    """What is verified, and how."""

    files: Files
    demand: Demand
    note: bytes
    checkpoint: Checkpoint
    report: Report
    progress: Progress
    decoder: Decoder
    owed: Owed


def verify(source: Source, demand: Demand, progress: Progress = lambda _, __: None) -> Report:
    """Verify all that the source has; whatever is wrong stands in the report."""
    report = Report(unproven=[*NEVER])
    try:
        note = source.read(CHECKPOINT)
        checkpoint = read_checkpoint(read_note(note).text)
    except (FileNotFoundError, Malformed) as fault:
        report.find(Fault.MISSING, f"there is no checkpoint: {fault}")
        return report
    report.origin, report.size = checkpoint.origin, checkpoint.size
    report.root = base64.b64encode(checkpoint.root).decode()
    files = Files(source, checkpoint.size)
    owed = Owed(demand.receipts)
    case = Case(files, demand, note, checkpoint, report, progress, Decoder(event_classes()), owed)
    try:
        (_verify_all if files.have_entries else _verify_tree)(case)
    except (FileNotFoundError, BrokenTile) as fault:
        report.find(Fault.MISSING, f"a file of the log cannot be read: {fault}")
    owed.settle(report, demand.read_at)
    return report


def _verify_all(case: Case) -> None:
    report = case.report
    replay = Replay(report, _first_reading(case), case.decoder)
    for first, entries in case.files.bundles():
        replay.take(first, entries)
        case.progress(report.size + first + len(entries), 2 * report.size)
    replay.finish()
    _demand_seen(report)
    find_withheld(replay)
    report.unproven += unproven(replay)


def _verify_tree(case: Case) -> None:
    """What can be verified of a log that keeps its entries to itself: that it is the tree that was signed."""
    told = {leaf_hash(raw): _succession(case.decoder, raw) for raw in successors(case.files.source)}
    names = Names()

    def tiles() -> Iterator[list[Hash]]:
        for number, leaves in enumerate(case.files.leaves()):
            for index, leaf in enumerate(leaves, number * WIDTH):
                if said := told.get(leaf):
                    names.successions.append((index, said))
            yield leaves

    roots = _demand_tree(case, tiles(), names, {said.kept for said in told.values() if said})
    if len(names.successions) < len(told):
        case.report.find(Fault.SUCCESSION, "a successor is published that is no entry of this log")
    demand_succeeded(names, roots, case.report)
    demand_signed(case.note, names, case.demand, case.report)
    if not case.report.key:
        case.report.unproven.append("who signed: the key was not told, and the entry that names it is not published")
    case.report.unproven += of_names(case.report)
    case.report.unproven.append("verdicts and figures: the entries are not published, as the evidence level says")


def _first_reading(case: Case) -> dict[int, Claim]:
    """The tree is what was signed; what is claimed, by the index of the entry."""
    claims, names = dict[int, Claim](), Names()

    def tiles() -> Iterator[list[Hash]]:
        for first, entries in case.files.bundles():
            for index, entry in _telling(first, entries):
                said = _event(case.decoder, entry)
                claims.update({index: said} if isinstance(said, MonthFixed | MonthCorrected) else {})
                names.hear(index, said)
            yield [*map(leaf_hash, entries)]
            case.progress(first + len(entries), 2 * case.report.size)

    _demand_tree(case, tiles(), names)
    if not names.founding:
        case.report.find(Fault.FORM, "the log does not begin with the founding of a desk", 0)
    demand_succeeded(names, _roots(case.files, names), case.report)
    demand_signed(case.note, names, case.demand, case.report)
    return claims


def _telling(first: int, entries: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
    """What is to be known of a bundle before the entries are taken in; most bundles have nothing like it."""
    together = b"".join(entries)
    if MONTHLY in together or SUCCEEDED in together or not first:
        for index, entry in enumerate(entries, first):
            if MONTHLY in entry or SUCCEEDED in entry or not index:
                yield index, entry


def _roots(files: Files, names: Names) -> Mapping[int, Hash]:
    """Of what each successor keeps: only now it is known how much that is, so that it is read once more."""
    sizes = {said.kept for _, said in names.successions}
    most = max(sizes, default=0)
    bundles = takewhile(lambda bundle: bundle[0] < most, files.bundles())
    return rooted(([*map(leaf_hash, entries)] for _, entries in bundles), sizes)


def _demand_tree(
    case: Case, tiles: Iterator[list[Hash]], names: Names, sizes: Collection[int] = ()
) -> Mapping[int, Hash]:
    """The leaves lead to the signed root, and on their way to the one that was held; the roots of the other sizes."""
    held, checkpoint = case.demand.held, case.checkpoint
    roots = rooted(case.owed.among(tiles), {checkpoint.size, *sizes, *([held.size] if held else [])})
    if roots.get(checkpoint.size) != checkpoint.root:
        case.report.find(Fault.ROOT, "the entries do not lead to the root that was signed")
    demand_goes_on(checkpoint, held, roots.get(held.size) if held else None, names, case.report)
    return roots


def _demand_seen(report: Report) -> None:
    """Nothing can have been stored after a witness saw it."""
    for seen in report.seen_at:
        if report.last > seen + TOLERATED:
            report.find(Fault.TIME, "entries claim to have been stored after a witness had seen them")


def _succession(decoder: Decoder, raw: bytes) -> DeskLogSucceeded | None:
    said = _event(decoder, raw)
    return said if isinstance(said, DeskLogSucceeded) else None


def _event(decoder: Decoder, raw: bytes) -> Any:
    """The event of an entry in clear; None if it cannot be read, which the second reading says."""
    with suppress(*UNREADABLE):
        values = parse(raw)
        return decoder.event(values["ty"], values)
    return None
