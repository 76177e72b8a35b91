"""A client's bundle (`audit.bundle` says what is in it), verified by what is in it and the key of the log alone."""

import base64
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

from audit.tlog.checkpoint import Checkpoint, read_checkpoint
from audit.tlog.merkle import NotProved, leaf_hash
from audit.tlog.note import Malformed, Unverified, VerifierKey, read_key, read_note
from audit.tlog.proof import read_proof, verify_proof
from audit.verifier.archive import Archive, Place, opened
from audit.verifier.bundle_tickets import Shown, Stream, tell
from audit.verifier.disclosure import FACTS, Undisclosed, digests_of, sections
from audit.verifier.entry import Courses
from audit.verifier.names import Names
from audit.verifier.receipt import Owed
from audit.verifier.report import Fault, Report
from audit.verifier.signed import Demand, demand_goes_on, demand_signed
from audit.verifier.source import Unavailable
from domain.canonical import NotCanonical
from domain.instant import Instant

UNPROVEN: Final = (
    "that it has all of its tickets: entries in clear are counted up to the last one, opaque ones are not counted",
    "that opaque events among events in clear are of the same ticket: they name it by another name",
    "that it has every ticket, and that all was told to the desk that happened: only receipts show what was left out",
    "verdicts: calendars and policies are in the evidence that is published, not in a bundle",
    "that people told the truth when they told it",
)


@dataclass(frozen=True)
class Item:
    """One event of the bundle, with its proof read but not verified."""

    place: Place
    index: int
    entry: bytes
    proof: bytes
    disclosures: Sequence[bytes]


@dataclass
class Case:
    """What is verified, and how."""

    checkpoint: Checkpoint
    key: VerifierKey | None
    report: Report
    courses: Courses


def verify_bundle(path: Path, demand: Demand) -> Report:
    """Verify all that the bundle has; whatever is wrong stands in the report. `Unavailable` if it cannot be read."""
    report, owed = Report(unproven=[*UNPROVEN]), Owed(demand.receipts, is_part=True)
    try:
        with opened(path, report) as archive:
            _verify(archive, demand, owed, report)
    except (OSError, BadZipFile, RuntimeError, zlib.error) as fault:
        raise Unavailable(f"{path} cannot be read: {fault}") from None
    owed.settle(report, demand.read_at)
    return report


def _verify(archive: Archive, demand: Demand, owed: Owed, report: Report) -> None:
    try:
        note = archive.read("checkpoint")
        checkpoint = read_checkpoint(read_note(note).text)
    except (KeyError, Malformed) as fault:
        report.find(Fault.MISSING, f"there is no checkpoint: {fault}")
        return
    report.origin, report.size = checkpoint.origin, checkpoint.size
    report.root = base64.b64encode(checkpoint.root).decode()
    key = _demand_signed(archive, note, demand, report)
    demand_goes_on_without_tree(checkpoint, demand, report)
    case = Case(checkpoint, key, report, Courses(report))
    items = sorted(_items(archive, report), key=lambda item: item.index)
    tell([_shown(case, item) for item in items], report)
    report.unproven += of_signatures(report)
    report.entries["opaque"], report.entries["clear"] = case.courses.opaque, sum(report.events.values())
    owed.look([leaf_hash(item.entry) for item in items])


def _demand_signed(archive: Archive, note: bytes, demand: Demand, report: Report) -> VerifierKey | None:
    """By the key that was told, else by the one in the bundle, which whoever made it chose."""
    named = {each.name: each for each in demand.policy.logs}
    told = demand.key or named.get(report.origin)
    try:
        key = told or read_key(archive.read("log.vkey").decode("ascii", "replace").strip())
    except (KeyError, Malformed) as fault:
        report.find(Fault.SIGNATURE, f"nobody told the key of the log, and the bundle has none: {fault}")
        return None
    demand_signed(note, Names(), replace(demand, key=key), report)
    report.is_key_trusted = told is not None
    if key.name != report.origin:
        report.find(Fault.ORIGIN, f"the checkpoint is of {report.origin}, the key of {key.name}")
    return key


def demand_goes_on_without_tree(checkpoint: Checkpoint, demand: Demand, report: Report) -> None:
    """Without the tree that can be told of equal sizes only."""
    if demand.held and demand.held.size == checkpoint.size:
        demand_goes_on(checkpoint, demand.held, checkpoint.root, Names(), report)
    elif demand.held:
        report.unproven.append(
            f"that the log goes on from the {demand.held.size} entries that you held: verify the evidence of the site"
        )


def of_signatures(report: Report) -> Iterator[str]:
    """What nobody can tell by who has signed."""
    if not report.is_key_trusted:
        yield f"that the key is the provider's: it was taken from the file itself ({report.key})"
    if not report.seen_at:
        yield "that others were shown the same log, and when: no witness that was named cosigned it"


def _items(archive: Archive, report: Report) -> Iterator[Item]:
    """Every event whose files are there."""
    for place in archive.places:
        try:
            entry, proof, lines = (archive.read(place.name(kind)) for kind in ("entry", "tlog-proof", "disclosures"))
            yield Item(place, read_proof(proof).index, entry, proof, lines.splitlines())
        except KeyError as missing:
            report.find(Fault.MISSING, f"a file of an event is not there: {missing}")
        except Malformed as fault:
            report.find(Fault.ROOT, f"{place.name('tlog-proof')}: {fault}")


def _shown(case: Case, item: Item) -> Shown:
    """What the event says, as far as it is disclosed; its proof is verified on the way."""
    _demand_proved(case, item)
    entry, disclosed, hidden = case.courses.read(item.index, item.entry), dict[str, Any](), 0
    try:
        disclosed = sections(item.entry, item.disclosures)
        hidden = len(digests_of(item.entry)) - len(disclosed)
    except (Undisclosed, NotCanonical, KeyError, TypeError) as fault:
        case.report.find(Fault.DISCLOSURE, f"{item.place}: {fault}", item.index)
    if entry:
        return Shown(item.place, item.index, entry.name, entry.at, entry.rec, ("tk", entry.stream), disclosed, hidden)
    return Shown(item.place, item.index, *_of_opaque(disclosed.get(FACTS)), disclosed, hidden)


def _of_opaque(facts: Any) -> tuple[str, Instant, Instant, Stream | None]:
    """Name, times and ticket; these are as good as in clear: the digest of them stands in the log."""
    match facts:
        case {"ty": str(name), "at": int(at), "rec": int(rec), "id": str(stream)}:
            return name, at, rec, ("id", stream)
        case _:
            return "", 0, 0, None


def _demand_proved(case: Case, item: Item) -> None:
    if case.key is None:
        return
    try:
        under = verify_proof(item.proof, item.entry, [case.key])
    except (Malformed, Unverified, NotProved) as fault:
        case.report.find(Fault.ROOT, f"{item.place} is not proved: {fault}", item.index)
        return
    if under != case.checkpoint:
        case.report.find(Fault.ROOT, f"{item.place} is proved by another checkpoint than the bundle's", item.index)
