"""Proofs of single entries, without the tree: a C2SP tlog-proof with its entry beside it, or the page of a replay."""

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

from audit.tlog.checkpoint import Checkpoint, read_checkpoint
from audit.tlog.merkle import Hash, NotProved, leaf_hash
from audit.tlog.note import Malformed, Unverified, VerifierKey, read_key, read_note
from audit.tlog.proof import HEAD, read_proof, verify_proof
from audit.tlog.receipt import unverified
from audit.verifier.bundle import demand_goes_on_without_tree, of_signatures
from audit.verifier.names import Names
from audit.verifier.receipt import Owed
from audit.verifier.report import Fault, Report
from audit.verifier.signed import Demand, demand_signed
from audit.verifier.source import Unavailable
from domain.canonical import NotCanonical, parse
from domain.instant import Instant

ENTRY, PROOF, KEY = "entry", "tlog-proof", "key"
"""What a page marks by its attribute `data-log`."""
LARGEST: Final = 256 * 1024 * 1024
"""Bytes of a page."""
UNPROVEN: Final = (
    "what else the log has, and that none of it is about the same thing: this is about these entries alone",
    "that what is told beside them is what they say: an entry says no more than stands in it",
    "that people told the truth when they told it",
)


class Claim(NamedTuple):
    """An entry, and what is to prove it."""

    entry: bytes
    proof: bytes


class Page(HTMLParser):
    """The texts that a page of a replay has to be copied from it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[tuple[str, str]] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = dict(attrs).get("data-log") or ""
        self.texts += [(self._inside, "")] if self._inside else []

    def handle_endtag(self, _: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[-1] = (self._inside, self.texts[-1][1] + data)


def verify_proofs(path: Path, demand: Demand) -> Report:
    """Verify each; whatever is wrong stands in the report. `Unavailable` if the file is none of these, or no key is."""
    report = Report(unproven=[*UNPROVEN])
    own, claims = _read(path, report)
    try:
        note = read_proof(claims[0].proof).note
        checkpoint = read_checkpoint(read_note(note).text)
    except (IndexError, Malformed) as fault:
        raise Unavailable(f"{path} has no proof that can be read: {fault}") from None
    report.origin, report.size = checkpoint.origin, checkpoint.size
    report.root = base64.b64encode(checkpoint.root).decode()
    key = _demand_signed(path, note, own, demand, report)
    demand_goes_on_without_tree(checkpoint, demand, report)
    report.proved = [told for each in claims for told in _proved(each, key, checkpoint, report)]
    _demand_order([each["entry"] for each in report.proved], report)
    report.unproven += of_signatures(report)
    _redeem(demand.receipts, {leaf_hash(each.entry) for each in claims}, report)
    return report


def lines(report: Report, instant: Callable[[Instant], str]) -> Iterator[str]:
    """What was proved, for people; no name in it moves the cursor of a terminal."""
    for each in report.proved:
        said = f"{ascii(each['name'])[1:-1]}, happened {instant(each['at'])}, stored {instant(each['rec'])}"
        yield f"proved: entry {each['entry']}: {said if each['name'] else 'it says nothing in clear'}"


def _read(path: Path, report: Report) -> tuple[str, list[Claim]]:
    """The key that the file itself names, if any, and its claims."""
    try:
        raw = _text(path)
        if raw.startswith(HEAD.encode()):
            return "", [Claim(_text(path.with_suffix(f".{ENTRY}")).rstrip(b"\n"), raw)]
    except OSError as fault:
        raise Unavailable(f"{fault.filename} cannot be read: {fault.strerror}") from None
    texts = Page(raw.decode("utf-8", "replace")).texts
    if not any(kind == ENTRY for kind, _ in texts):
        raise Unavailable(f"{path} is no bundle, no proof and no page of a replay")
    key = next((text for kind, text in texts if kind == KEY), "")
    return key, _claims(texts, report)


def _text(path: Path) -> bytes:
    """As it was copied: ends of lines, and how many there are at the end, do not matter."""
    if path.stat().st_size > LARGEST:
        raise Unavailable(f"{path} is larger than any page of a replay")
    return path.read_bytes().replace(b"\r\n", b"\n").strip() + b"\n"


def _claims(texts: Sequence[tuple[str, str]], report: Report) -> list[Claim]:
    """Each entry with the proof that follows it; of those that have none it is told how many they are."""
    following = [*pairwise(texts), (texts[-1], ("", ""))]
    entries = [(entry, text if kind == PROOF else "") for (this, entry), (kind, text) in following if this == ENTRY]
    if waiting := sum(not proof for _, proof in entries):
        report.unproven.append(
            f"that entries stand in the log of which the page has no proof: {waiting} of {len(entries)}"
        )
    return [Claim(entry.encode(), proof.strip().encode() + b"\n") for entry, proof in entries if proof]


def _demand_signed(path: Path, note: bytes, own: str, demand: Demand, report: Report) -> VerifierKey:
    """By the key that was told, else by the one in the page, which whoever made it chose."""
    named = {each.name: each for each in demand.policy.logs}
    told = demand.key or named.get(report.origin)
    try:
        key = told or read_key(own)
    except Malformed:
        raise Unavailable(f"{path} is verified with the key of the log: --key KEY") from None
    demand_signed(note, Names(), replace(demand, key=key), report)
    report.is_key_trusted = told is not None
    if key.name != report.origin:
        report.find(Fault.ORIGIN, f"the checkpoint is of {report.origin}, the key of {key.name}")
    return key


def _demand_order(indexes: Sequence[int], report: Report) -> None:
    """A page tells each event once, in the order of the log: otherwise one may be shown in place of another."""
    for before, index in pairwise(indexes):
        if index <= before:
            report.find(Fault.FORM, f"in the page it follows entry {before}, in the log it does not", index)


def _redeem(receipts: Sequence[bytes], leaves: set[Hash], report: Report) -> None:
    """Those of these entries; where the others are, nothing here can tell."""
    mine = [each for each in receipts if unverified(each).leaf in leaves]
    owed = Owed(mine)
    owed.look(leaves)
    owed.settle(report, 0)
    if others := len(receipts) - len(mine):
        report.unproven.append(f"whether {others} of your receipts are kept: the evidence of the site tells")


def _proved(claim: Claim, key: VerifierKey, checkpoint: Checkpoint, report: Report) -> Iterator[dict[str, Any]]:
    """What is proved, and what it says in clear."""
    index = None
    try:
        index = read_proof(claim.proof).index
        if verify_proof(claim.proof, claim.entry, [key]) != checkpoint:
            report.find(Fault.ROOT, "it is proved by another checkpoint than the first one is", index)
        yield {"entry": index, **_in_clear(parse(claim.entry))}
    except (Malformed, Unverified, NotProved) as fault:
        report.find(Fault.ROOT, f"an entry is not proved: {fault}", index)
    except NotCanonical as fault:
        report.find(Fault.FORM, f"{type(fault).__name__}: {fault}", index)


def _in_clear(said: Any) -> dict[str, Any]:
    match said:
        case {"ty": str(name), "at": int(at), "rec": int(rec)}:
            return {"name": name, "at": at, "rec": rec}
        case _:
            return {"name": "", "at": 0, "rec": 0}
