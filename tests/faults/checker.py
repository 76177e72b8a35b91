"""The checker: whether a desk is what its clients were told, whatever was done to it meanwhile.

Nothing acknowledged is lost, nothing is there that nobody asked for, everything had its effect once; each stream is in
order; the views are what the log says; consumers got each event once and in order; the transparency log was never two
logs; and a stranger who verifies the evidence finds the same.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from audit.check import check as check_log
from audit.evidence import CHECKPOINT
from audit.tlog.checkpoint import Checkpoint, opened
from audit.tlog.merkle import Edge, leaf_hash
from audit.tlog.note import Malformed, Unverified, VerifierKey, read_key
from audit.verifier.signed import Demand
from audit.verifier.source import FolderSource
from audit.verifier.verify import verify
from audit.views import check_views
from domain.event import Id
from domain.token import read_text
from service.build import build_desk
from service.evidence import folder_of, log_of
from service.settings import Settings
from service.views import views_of
from store.desk import Desk
from store.erased import addresses
from store.log import Recorded
from tests.faults.figures import wrong_figures
from tests.faults.load import Answer, Asked, Load
from tests.faults.processes import LIMIT, await_so

EFFECTS: Final = frozenset(
    {
        "ticket.opened",
        "ticket.answered",
        "ticket.client_wrote",
        "ticket.noted",
        "incident.opened",
        "incident.updated",
        "request.received",
    }
)
"""What happens only because somebody asked for it."""


@dataclass(frozen=True)
class Entry:
    """An event as it is found in the log, with what it says in clear."""

    position: int
    stream: Id
    version: int
    rec: int
    name: str
    command: Id
    words: str = ""


def check(settings: Settings, load: Load, seen: Sequence[bytes] = ()) -> list[str]:
    """What is wrong, in words, with a desk whose processes run and are left alone; `seen`: checkpoints, as published.

    Waits until the views and the signed checkpoint have taken in what the log has.
    """
    with closing(build_desk(settings)) as desk:
        head, key = desk.log.head(), read_key(log_of(desk).log_key)
        entries = sum(1 for position, _ in desk.log.envelopes() if position <= head)
        await_so(lambda: _signed(settings, key) >= entries, "everything is signed")
        found = entries_of(desk)
        told = {_command(desk, load, key): each for key, each in load.record.attempted.items()}
        answers = {_command(desk, load, key): each for key, each in load.record.acknowledged.items()}
        envelopes = [raw for _, raw in desk.log.envelopes()]
        return [
            *(f"refused: {each}" for each in load.record.refused),
            *effects(told, answers, found),
            *disorder(found),
            *forks([*seen, (folder_of(settings) / CHECKPOINT).read_bytes()], key, envelopes),
            *(f"glasno check: {each.what} ({each.position})" for each in check_log(desk).findings),
            *wrong_views(settings, desk, head),
            *_verified(settings, load.record.receipts, key),
            *wrong_figures(settings.data_dir, load.urls[0]),
        ]


def effects(
    attempted: Mapping[Id, Asked], acknowledged: Mapping[Id, Sequence[Answer]], found: Sequence[Entry]
) -> Iterator[str]:
    """By command: what is lost, unexpected, done twice, other than it was asked for, or answered in two ways."""
    done = Counter((each.command, each.name) for each in found)
    for command, asked in attempted.items():
        count, receipts = done[command, asked.event], done[command, "request.received"]
        if command in acknowledged and not count:
            yield f"lost: {asked.key} ({asked.event}) was acknowledged and is not there"
        if count > 1 or receipts != count:
            yield f"done {count} times, with {receipts} receipts: {asked.key} ({asked.event})"
    for each in found:
        if each.command in attempted:
            yield from _unlike(attempted[each.command], each)
        elif each.name in EFFECTS:
            yield f"unexpected: {each.name} at position {each.position}"
    places = {(each.command, each.position) for each in found}
    for command, answers in acknowledged.items():
        yield from _contradictions(attempted[command].key, answers)
        if (command, answers[0].body["position"]) not in places:
            yield f"misplaced: {attempted[command].key} was acknowledged at a position where something else is"


def _unlike(asked: Asked, found: Entry) -> Iterator[str]:
    if asked.event == found.name and asked.words not in found.words:
        yield f"other words: {asked.key} at position {found.position} says {found.words!r}"


def _contradictions(key: str, answers: Sequence[Answer]) -> Iterator[str]:
    """A receipt is left out while the log cannot be signed; everything else is the same each time."""
    first, *others = [(each.status, each.location, {**each.body, "receipt": None}) for each in answers]
    if any(each != first for each in others):
        yield f"answered in two ways: {key}"


def disorder(found: Sequence[Entry]) -> Iterator[str]:
    """Positions ascend; of each stream the versions have no gap, and no event was stored before the one it follows."""
    last: dict[Id, Entry] = {}
    position = 0
    for each in found:
        before = last.get(each.stream)
        version, rec = (before.version, before.rec) if before else (0, 0)
        if each.position <= position:
            yield f"position {each.position} follows {position}"
        if each.version != version + 1:
            yield f"version {each.version} of {each.stream} follows {version}"
        if each.rec < rec:
            yield f"version {each.version} of {each.stream} was stored before the one it follows"
        last[each.stream], position = each, each.position


def forks(notes: Sequence[bytes], key: VerifierKey, envelopes: Sequence[bytes]) -> Iterator[str]:
    """Each signed checkpoint, in the order they were seen, is of the first entries of this log, and of no fewer."""
    roots = _roots(envelopes)
    size = 0
    for note in notes:
        checkpoint = _opened(note, key)
        if checkpoint is None:
            yield f"not signed by the log: {note[:80]!r}"
            continue
        if checkpoint.size < size:
            yield f"a checkpoint of {checkpoint.size} entries came after one of {size}"
        if checkpoint.size >= len(roots):
            yield f"a checkpoint of {checkpoint.size} entries: the log has {len(envelopes)}"
        elif roots[checkpoint.size] != checkpoint.root:
            yield f"the first {checkpoint.size} entries are not those that were signed"
        size = max(size, checkpoint.size)


def _roots(envelopes: Sequence[bytes]) -> list[bytes]:
    """By size, that of the empty tree included."""
    edge = Edge()
    roots = [edge.root]
    for each in envelopes:
        edge.append(leaf_hash(each))
        roots.append(edge.root)
    return roots


def _opened(note: bytes, key: VerifierKey) -> Checkpoint | None:
    try:
        return opened(note, [key])[0]
    except (Malformed, Unverified):
        return None


def delivered(got: Sequence[tuple[int, bytes]], logged: Sequence[tuple[int, bytes]]) -> Iterator[str]:
    """What a consumer made of its messages (position and envelope) beside the log: each event once, in order."""
    for number, (mine, theirs) in enumerate(zip(got, logged, strict=False)):
        if mine != theirs:
            yield f"event {number} is at position {theirs[0]}; the consumer has position {mine[0]} there"
            return
    if len(got) != len(logged):
        yield f"the consumer has {len(got)} of {len(logged)} events"


def entries_of(desk: Desk) -> list[Entry]:
    """The whole log."""
    found, position = list[Entry](), 0
    while page := desk.log.read_all(after=position):
        found += [_entry(desk, each) for each in page]
        position = page[-1].position
    return found


def _entry(desk: Desk, each: Recorded[Any]) -> Entry:
    envelope = each.envelope
    texts = addresses(each.event) if envelope.name in EFFECTS else ()
    words = " ".join(str(desk.log.text(address)) for address in texts)
    return Entry(each.position, each.stream, each.version, envelope.rec, envelope.name, envelope.command, words)


def _command(desk: Desk, load: Load, key: str) -> Id:
    """The id of the command that a request with this idempotency key is."""
    token = read_text(load.asker.token)
    assert token
    return desk.name("command", token[0], key)


def _signed(settings: Settings, key: VerifierKey) -> int:
    """How many entries the published checkpoint has."""
    path = folder_of(settings) / CHECKPOINT
    checkpoint = _opened(path.read_bytes(), key) if path.exists() else None
    return checkpoint.size if checkpoint else 0


def wrong_views(settings: Settings, desk: Desk, head: int) -> list[str]:
    """The views that are not what they would be if they were built from nothing."""
    views = views_of(settings, desk)
    try:
        if not views.wait_for(head, LIMIT):
            return [f"the views do not follow the log: {views.states()}"]
        return [f"view {each} is not what the log says" for each in check_views(views)]
    finally:
        views.engine.dispose()


def _verified(settings: Settings, receipts: Sequence[bytes], key: VerifierKey) -> list[str]:
    """As `glasno audit verify` does, for somebody who knows the key and kept every receipt."""
    report = verify(FolderSource(settings.data_dir), Demand(key=key, receipts=tuple(receipts)))
    wrong = [f"verifier: {each.fault}: {each.what} ({each.entry})" for each in report.findings]
    if report.receipts != len(receipts):
        wrong.append(f"verifier: {report.receipts} of {len(receipts)} receipts are kept")
    return wrong
