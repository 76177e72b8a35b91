"""What happened since a backup was taken: what was signed, and who was erased."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.evidence import CHECKPOINT, Folder
from audit.tlog.checkpoint import Checkpoint, opened
from audit.tlog.merkle import Edge, Hash, leaf_hash
from audit.tlog.note import Malformed, Unverified, read_key
from domain.erasure import ErasedKind, ErasureStep, Ground
from projections import erasures
from projections.database import temporary_views
from projections.engine import Projector
from service.backup import ERASURES, checkpoints_in, erasures_beside, id_of
from service.erasing import carry_out
from service.evidence import log_of
from store.copying import Progress
from store.desk import Desk
from store.erasing import Demand, Whom, erasure_at, erasure_of, request
from store.streams import Command


class NotRestored(Exception):
    """Nothing is restored, and why."""


@dataclass(frozen=True)
class Held:
    """What the log of a backup holds of what was signed."""

    events: int
    newest: Checkpoint | None
    """The newest checkpoint that is known."""
    contradicts: bool
    """Whether a checkpoint is of another history."""

    @property
    def missing(self) -> int:
        """How many entries were signed that it lacks."""
        return max(0, self.newest.size - self.events) if self.newest else 0


def compare(desk: Desk, aside: Path, newest: bytes | None, progress: Progress) -> Held:
    """The log beside all that is known to be signed. The newest of that counts from now on."""
    key = read_key(log_of(desk).log_key)
    known = checkpoints_in(aside, key)
    try:
        given = [] if newest is None else [opened(newest, [key])[0]]
    except (Malformed, Unverified) as fault:
        raise NotRestored(f"--newest is no checkpoint of this log: {fault}") from None
    every = [*known, *given]
    found = _roots(desk, {each.size for each in every}, progress)
    roots = {each.size: each.root for each in known} | found
    wrong = [each for each in every if roots.get(each.size, each.root) != each.root]
    best = max(every, key=lambda each: each.size, default=None)
    if newest and (best not in known or given[0] in wrong):
        Folder(aside / "evidence").write_durably(CHECKPOINT, newest)
    return Held(max(found), best, contradicts=wrong != [])


def request_again(desk: Desk, folder: Path) -> int | None:
    """Whoever was erased since then. The last administrator, too: that was decided when it was done first."""
    told = erasures_beside(folder.resolve().parent)
    if told is None:
        return None
    if told[0] != id_of(desk):
        raise NotRestored(f"{folder.resolve().parent / ERASURES} is of another desk")
    wanted = [(whom, each) for each in told[1] if (whom := _unknown(desk, each))]
    for whom, each in wanted:
        request(desk, Command(desk.new_id()), whom, Demand(Ground(each["ground"]), desk.now(), each["number"]))
    return len(wanted)


def complete(desk: Desk) -> None:
    """What was asked for, then or now, and is not complete: people before the tickets that they wrote in."""
    asked = {each.stream: erasure_at(desk, each.stream) for each in desk.log.erasures()}
    waiting = [each for each, state in asked.items() if state.step is not ErasureStep.COMPLETED]
    if waiting:
        views = temporary_views()
        Projector(desk.log, desk.name("configuration"), views, (erasures,)).catch_up()
        for each in sorted(waiting, key=lambda stream: not asked[stream].identities):
            carry_out(desk, views, each)
        views.dispose()


def _roots(desk: Desk, sizes: Collection[int], progress: Progress) -> dict[int, Hash]:
    """Of the first entries of the log, as many as that, and of all of them."""
    edge, roots = Edge(), dict[int, Hash]()
    for position, envelope in desk.log.envelopes():
        edge.append(leaf_hash(envelope))
        if edge.size in sizes:
            roots[edge.size] = edge.root
        progress(position)
    return {**roots, edge.size: edge.root}


def _unknown(desk: Desk, told: Mapping[str, Any]) -> Whom | None:
    """Who is to be erased again: whoever has something to lose, and no erasure in this log."""
    having = frozenset(each for each in told["identities"] if desk.keys.ids_of([each]))
    whom = Whom(ErasedKind(told["kind"]), told["subject"], having)
    return whom if having and erasure_of(desk, whom) is None else None
