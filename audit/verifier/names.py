"""The names that the log has had: each successor is stated in it, with how much of the former log is there still."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from audit.tlog.merkle import EMPTY, Edge, Hash, NotProved
from audit.tlog.note import Malformed, Unverified
from audit.tlog.succession import demand_endorsed, demand_kept
from audit.tlog.tiles import folded
from audit.verifier.report import Fault, Report, Succession
from audit.verifier.source import Source
from domain.desk import DeskFounded, DeskLogSucceeded, Ending

SUCCEEDED: Final = b'"ty":"desk.log_succeeded"'
"""What an entry that names a successor has in it."""
MOST: Final = 1000
"""Names of a log: a site that answers to everything is asked so often."""


@dataclass
class Names:
    """What the log says of its name and its key, each time with the index of the entry."""

    founding: DeskFounded | None = None
    """None if its first entry is not published, or is no founding."""
    successions: list[tuple[int, DeskLogSucceeded]] = field(default_factory=list)

    def hear(self, index: int, said: Any) -> None:
        """Whatever the entry says; only what names the log is kept."""
        if isinstance(said, DeskFounded) and not index:
            self.founding = said
        elif isinstance(said, DeskLogSucceeded):
            self.successions.append((index, said))

    @property
    def current(self) -> DeskFounded | DeskLogSucceeded | None:
        """What is in force."""
        return self.successions[-1][1] if self.successions else self.founding

    def since(self, origin: str) -> list[DeskLogSucceeded]:
        """The successors of the log that was called so, the first one first; none if no log was."""
        origins = [said.former_origin for _, said in self.successions]
        return [said for _, said in self.successions[origins.index(origin) :]] if origin in origins else []

    @property
    def pairs(self) -> Iterator[tuple[int, DeskLogSucceeded, DeskFounded | DeskLogSucceeded | None]]:
        """Each succession with what was said before it."""
        before: DeskFounded | DeskLogSucceeded | None = self.founding
        for index, said in self.successions:
            yield index, said, before
            before = said


def successors(source: Source) -> Iterator[bytes]:
    """The entries that name successors, as they are published beside the former logs, whoever gets the others."""
    for number in range(1, MOST):
        try:
            yield source.read(f"former/{number}/successor")
        except FileNotFoundError:
            return


def rooted(tiles: Iterable[list[Hash]], sizes: Collection[int]) -> dict[int, Hash]:
    """The roots of the first leaves, as many as each of the sizes; they come tile by tile, 256 but in the last."""
    edge, roots, first = Edge(), {0: EMPTY}, 0
    for leaves in tiles:
        for size in (size for size in sizes if first < size <= first + len(leaves)):
            until = Edge(edge.size, [*edge.roots])
            until.append(folded(leaves[: size - first]))
            roots[size] = until.root
        edge.append(folded(leaves))
        first += len(leaves)
    return roots


def demand_succeeded(names: Names, roots: Mapping[int, Hash], report: Report) -> None:
    """Each successor is one of the log before it, and holds what it says; `roots` are those of what each one keeps."""
    for number, (index, said, before) in enumerate(names.pairs, 2):
        if said.number != number or (before and _is_other(said, before)):
            report.find(Fault.SUCCESSION, "it is the successor of another log than this one was", index)
        _demand_sizes(index, said, report)
        endorsed, shown = _demand_endorsed(index, said, report), _demand_shown(index, said, roots, report)
        sizes = said.former_size, said.kept
        named = said.former_origin, said.former_key, *sizes, said.origin, said.log_key
        report.successions.append(Succession(index, said.at, said.because.value, *named, endorsed, shown))


def _is_other(said: DeskLogSucceeded, before: DeskFounded | DeskLogSucceeded) -> bool:
    return (said.former_origin, said.former_key) != (before.origin, before.log_key)


def _demand_sizes(index: int, said: DeskLogSucceeded, report: Report) -> None:
    if not 0 <= said.kept <= min(index, said.former_size):
        report.find(Fault.SUCCESSION, f"it keeps {said.kept} entries, which is more than there were before it", index)
    if said.because is Ending.LOSS and said.kept == said.former_size:
        report.find(Fault.SUCCESSION, "it goes on under another name because of a loss, and nothing is lost", index)


def _demand_endorsed(index: int, said: DeskLogSucceeded, report: Report) -> bool:
    """Whether the former key signed it; it must have, unless it is not to be trusted any more, or gone."""
    if said.endorsement or said.because is Ending.LOSS:
        try:
            demand_endorsed(said)
        except (Malformed, Unverified) as fault:
            report.find(Fault.SUCCESSION, f"the key of the former log did not sign that it goes on so: {fault}", index)
            return False
    return bool(said.endorsement)


def _demand_shown(index: int, said: DeskLogSucceeded, roots: Mapping[int, Hash], report: Report) -> bool:
    """Whether what it keeps is shown to be of the former log; if nothing is told that could show it, it is asserted."""
    if said.kept and not said.proof and said.kept != said.former_size:
        return False
    try:
        demand_kept(said, roots.get(said.kept))
    except NotProved as fault:
        what = f"its first {said.kept} entries are not those of {said.former_origin}: {fault}"
        report.find(Fault.SUCCESSION, what, index)
        return False
    return True
