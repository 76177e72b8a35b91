"""Erasures: what was erased by law is listed, and each is told from its request to its end with the same counts."""

from dataclasses import dataclass, field
from typing import TypeAlias

from audit.verifier.entry import Entry
from audit.verifier.report import Erased, Fault, Report
from domain.erasure import ErasureCompleted, ErasureKeysDestroyed, ErasureRequested

Event: TypeAlias = ErasureRequested | ErasureKeysDestroyed | ErasureCompleted
BEFORE = {ErasureKeysDestroyed: ErasureRequested, ErasureCompleted: ErasureKeysDestroyed}


@dataclass
class Erasures:
    """Every erasure by its stream."""

    report: Report
    told: dict[str, dict[type, Event]] = field(default_factory=dict)

    def follow(self, entry: Entry, event: Event) -> None:
        """Take in a step of an erasure."""
        steps = self.told.setdefault(entry.stream, {})
        destroyed, before = steps.get(ErasureKeysDestroyed), BEFORE.get(type(event))
        if type(event) in steps or (before and before not in steps):
            self.report.find(Fault.ORDER, "an erasure is requested, carried out and completed, each once", entry.place)
        if isinstance(event, ErasureCompleted) and isinstance(destroyed, ErasureKeysDestroyed):
            self._complete(entry, event, destroyed, steps[ErasureRequested])
        steps[type(event)] = event

    @property
    def unfinished(self) -> int:
        """Requested, and not completed."""
        return sum(ErasureCompleted not in steps for steps in self.told.values())

    def _complete(self, entry: Entry, done: ErasureCompleted, destroyed: ErasureKeysDestroyed, asked: Event) -> None:
        counted = destroyed.keys, destroyed.sections, destroyed.digest
        if (done.keys, done.sections, done.digest) != counted:
            self.report.find(Fault.ORDER, "an erasure deleted something else than it had destroyed", entry.place)
        if isinstance(asked, ErasureRequested):
            self.report.erased.append(Erased(entry.place, asked.ground, asked.kind, done.keys, done.sections))
