"""Erasures: what was erased by law is listed, and each is told from its request to its end with the same counts."""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from audit.verifier.entry import Entry
from audit.verifier.report import Erased, Fault, Report
from domain.erasure import (
    ErasedKind,
    ErasureCompleted,
    ErasureKeysDestroyed,
    ErasureRequested,
    ErasureTextsChosen,
    Event,
)

Counted: TypeAlias = ErasureKeysDestroyed | ErasureTextsChosen
WRONG_ORDER: Final = "an erasure is requested, carried out and completed, each once"


@dataclass
class Erasures:
    """Every erasure by its stream."""

    report: Report
    told: dict[str, list[Event]] = field(default_factory=dict)

    def follow(self, entry: Entry, event: Event) -> None:
        """Take in a step of an erasure."""
        steps = self.told.setdefault(entry.stream, [])
        match [*steps, event]:
            case [ErasureRequested()]:
                pass
            case [ErasureRequested() as asked, (ErasureKeysDestroyed() | ErasureTextsChosen()) as counted]:
                self._demand_kind(entry, asked, counted)
            case [ErasureRequested() as asked, counted, ErasureCompleted() as done]:
                self._complete(entry, asked, counted, done)
            case _:
                self.report.find(Fault.ORDER, WRONG_ORDER, entry.place)
                return
        steps.append(event)

    @property
    def unfinished(self) -> int:
        """Requested, and not completed."""
        return sum(bool(steps) and not isinstance(steps[-1], ErasureCompleted) for steps in self.told.values())

    def _demand_kind(self, entry: Entry, asked: ErasureRequested, counted: Counted) -> None:
        """Texts of tickets go without keys, all others with them."""
        if (asked.kind is ErasedKind.TICKETS) is not isinstance(counted, ErasureTextsChosen):
            self.report.find(Fault.ORDER, "an erasure was carried out as one of another kind", entry.place)

    def _complete(self, entry: Entry, asked: ErasureRequested, counted: Event, done: ErasureCompleted) -> None:
        if (done.keys, done.sections, done.digest) != _counts(counted):
            self.report.find(Fault.ORDER, "an erasure deleted something else than it had counted", entry.place)
        self.report.erased.append(Erased(entry.place, asked.ground, asked.kind, done.keys, done.sections))


def _counts(counted: Event) -> tuple[int, int, str]:
    assert isinstance(counted, Counted)  # noqa: S101 -- `follow` has seen to it
    keys = counted.keys if isinstance(counted, ErasureKeysDestroyed) else 0
    return keys, counted.sections, counted.digest
