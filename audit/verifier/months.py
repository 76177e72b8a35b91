"""Published months: each figure that an entry claims is computed again, from the entries that it says it is of."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from audit.verifier.components import Components
from audit.verifier.decode import UNREADABLE
from audit.verifier.entry import TOLERATED, Entry
from audit.verifier.figures import sla_rows, uptime_rows, window
from audit.verifier.report import Fault, Report
from audit.verifier.rules import Rules
from audit.verifier.tickets import Tickets
from domain.attainment import freezes_at
from domain.configuration.component import ComponentDefined
from domain.configuration.level import Levels
from domain.instant import Instant
from domain.month import (
    ENDED_LATE,
    EXCLUDED,
    FORMULAS,
    TOLD_LATE,
    Month,
    MonthCorrected,
    MonthFixed,
    SlaCorrected,
    SlaRow,
    UptimeCorrected,
    UptimeRow,
    evolve,
)
from domain.uptime import Rule

Claim: TypeAlias = MonthFixed | MonthCorrected
Row: TypeAlias = SlaRow | UptimeRow


@dataclass
class Computed:
    """What the entries lead to."""

    sla: Mapping[Any, SlaRow]
    uptime: Mapping[str, UptimeRow]
    undecided: int = 0
    reasons: frozenset[str] = frozenset()
    """Why figures may have changed."""
    known_until: Instant = 0
    """When the first entry was stored that is not counted."""


class Sla(NamedTuple):
    """Figures of verdicts."""

    rows: Mapping[Any, SlaRow]
    reasons: frozenset[str]
    """Why verdicts do not count."""
    of: tuple[tuple[int, Instant] | None, Levels]
    """What they were computed from: counts up to some entry, and what was promised."""


@dataclass
class Months:
    """Knows from a first reading what is going to be claimed, so that it can compute when its entries are all there."""

    report: Report
    claims: dict[int, Claim]
    """By the index of their entry."""
    rules: Rules
    tickets: Tickets
    components: Components
    zone: str = "Etc/UTC"
    state: dict[str, Month] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    """Of how many entries the figures are that stand, by month."""
    sla: dict[str, Sla] = field(default_factory=dict)
    """Computed last, by month."""
    computed: dict[int, Computed] = field(default_factory=dict)
    waiting: list[Computed] = field(default_factory=list)
    """Computed, and no entry was read since."""
    cuts: dict[int, list[int]] = field(init=False)
    """The entries that claim something, by how many entries that is computed from."""

    def __post_init__(self) -> None:
        self.cuts = defaultdict(list)
        for index, claim in self.claims.items():
            self.cuts[claim.entries].append(index)

    def compute(self, size: int) -> None:
        """Compute what is claimed of so many entries, now that those are all read."""
        for index in self.cuts[size]:
            claim = self.claims[index]
            rule = Rule(claim.weights, claim.notice) if isinstance(claim, MonthFixed) else None
            try:
                self.computed[index] = self.figures(claim.month, rule)
            except UNREADABLE as fault:
                said = f"{claim.month} cannot be computed: {type(fault).__name__}: {fault}"
                self.report.find(Fault.FIGURE, said, index)
            else:
                self.waiting.append(self.computed[index])

    def hear(self, rec: Instant) -> None:
        """An entry was read that is not counted in what was computed last."""
        for computed in self.waiting:
            computed.known_until = rec
        self.waiting.clear()

    def figures(self, month: str, rule: Rule | None = None) -> Computed:
        """What the entries so far lead to; under the rule that the month was fixed with, if none is told."""
        state, sla = self.state.get(month, Month()), self._sla(month)
        during, rule = window(month, self.zone), rule or state.rule or Rule()
        shown = {*self.rules.configured.of(ComponentDefined), *self.rules.withdrawn_after(during[0])}
        uptime = {row.component: row for row in uptime_rows(self.components.said, shown, state.uptime, during, rule)}
        undecided = self.tickets.undecided(month, self.rules.configured.book(), self.zone)
        return Computed(sla.rows, uptime, undecided, sla.reasons | {TOLD_LATE, ENDED_LATE})

    def _sla(self, month: str) -> Sla:
        """As it was computed last, unless counts or promises changed since."""
        of, known = (self.tickets.changed.get(month), self.rules.configured.levels), self.sla.get(month)
        if known is None or known.of != of:
            counts = (self.tickets.counts.get(month) or {}).values()
            rows = {row.key: row for row in sla_rows(counts, self.rules.configured.book())}
            reasons = frozenset(f"{EXCLUDED}{each.excluded.value}" for each in counts if each.excluded)
            known = self.sla[month] = Sla(rows, reasons, of)
            if month in self.state:
                self.tickets.counts.rest(month)
        return known

    def check(self, entry: Entry, claim: Claim) -> None:
        """The claim against what was computed."""
        month, computed, before = (
            claim.month,
            self.computed.pop(entry.place, None),
            self.state.get(claim.month, Month()),
        )
        if computed is None:
            self._wrong(entry, f"{month} is said to be computed from {claim.entries} entries, which it cannot be")
            return
        wrong = (
            self._fixed(entry, claim, computed) if isinstance(claim, MonthFixed) else self._corrected(claim, computed)
        )
        if _has_twice(claim):
            self._wrong(entry, f"{month} tells of a row twice")
        for what in (what for what, holds in wrong.items() if holds):
            self._wrong(entry, f"{month} {what}")
        after = self.state[month] = evolve(before, claim)
        self.tickets.counts.rest(month)
        self.sizes[month] = claim.entries
        different = [*differences(month, after, computed)]
        for what in different:
            self._wrong(entry, what)
        self.report.figures[month] = (
            len({*after.sla, *computed.sla}) + len({*after.uptime, *computed.uptime}) - len(different)
        )

    def _fixed(self, entry: Entry, claim: MonthFixed, computed: Computed) -> Mapping[str, bool]:
        """Once, by formulas that are known, under the rule in force, when the month is over and all is decided."""
        end, freezing = window(claim.month, self.zone)[1], freezes_at(claim.month, self.zone)
        told = [rule for rule in self.rules.uptime if rule.at < end]
        rule = Rule(told[-1].weights, told[-1].notice) if told else Rule()
        return {
            "was fixed before": claim.month in self.state,
            "is of another zone than the desk's": claim.zone != self.zone,
            "follows formulas that are not known": tuple(claim.formulas) != FORMULAS,
            "does not follow the rule of uptime that was in force": Rule(claim.weights, claim.notice) != rule,
            "was fixed before it might be": entry.rec < freezing,
            "leaves out entries that were stored before it might be fixed": computed.known_until < freezing - TOLERATED,
            "was fixed while clocks that were due in it had no verdict": computed.undecided > 0,
        }

    def _corrected(self, claim: MonthCorrected, computed: Computed) -> Mapping[str, bool]:
        """What was published is told as it was, by more entries than before, and with reasons."""
        before = self.state.get(claim.month, Month())
        rows: list[SlaCorrected | UptimeCorrected] = [*claim.sla, *claim.uptime]
        reasons = [each.why for each in rows] + ([claim.opaque_why] if claim.opaque != claim.opaque_was else [])
        return {
            "was corrected before it was fixed": claim.month not in self.state,
            "has corrections of one row by another": any(_key(each.was) != _key(each.now) for each in rows),
            "was corrected by no more entries than it was computed from": claim.entries
            <= self.sizes.get(claim.month, 0),
            "has corrections of figures that were never published": not all(
                _is_known(before, each.was) for each in rows
            ),
            "has a correction of how many tickets are not counted that was never told": claim.opaque_was
            != before.opaque,
            "has corrections without a reason that the entries show": not all(
                why and computed.reasons.issuperset(why) for why in reasons
            ),
        }

    def _wrong(self, entry: Entry, what: str) -> None:
        self.report.find(Fault.FIGURE, what, entry.place)


def differences(month: str, published: Month, computed: Computed) -> Iterator[str]:
    """What is published otherwise than it is computed; a row of nothing but zeros says what none says."""
    pairs: tuple[tuple[Mapping[Any, Row], Mapping[Any, Row]], ...]
    pairs = (published.sla, computed.sla), (published.uptime, computed.uptime)
    for claimed, led_to in pairs:
        for key in dict.fromkeys([*claimed, *led_to]):
            said, led = claimed.get(key), led_to.get(key)
            if said != led and not (led is None and isinstance(said, SlaRow) and said == SlaRow(*said.key)):
                yield f"{month} {key}: published {said}, the entries lead to {led}"


def _has_twice(claim: Claim) -> bool:
    """Which of the two counts would be up to the reader."""
    rows = (*claim.sla, *claim.uptime)
    keys = [_key(row if isinstance(row, SlaRow | UptimeRow) else row.now) for row in rows]
    return len(keys) > len({*keys})


def _key(row: Row) -> Any:
    return row.key if isinstance(row, SlaRow) else row.component


def _is_known(before: Month, was: Row) -> bool:
    if isinstance(was, SlaRow):
        return was == before.sla.get(was.key, SlaRow(*was.key))
    return was == before.uptime.get(was.component, UptimeRow(was.component))
