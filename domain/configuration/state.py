"""The configuration of the desk: one stream of the log, folded."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, TypeAlias, TypeVar, assert_never

from domain.calendar import Calendar
from domain.classification import Impact, Priority, Urgency
from domain.configuration import calendar, definitions, level
from domain.configuration.contract import Consent, ContractSigned
from domain.configuration.definitions import Definition, Definitions, Withdrawal
from domain.configuration.level import Levels
from domain.configuration.page import PLAIN, PageDescribed
from domain.configuration.priorities import PrioritiesSet
from domain.configuration.retention import KEPT, RetentionSet
from domain.configuration.routing import RoutingSet
from domain.configuration.uptime import USUAL, UptimeRuleSet
from domain.event import Id
from domain.instant import DAY, Duration, Instant
from domain.policy import Book, CalendarRef
from domain.routing import Fact, Routed, route
from domain.uptime import Rule

D = TypeVar("D", bound=Definition)

Event: TypeAlias = calendar.Event | level.Event | Definition | Withdrawal

ENOUGH: Final = 3
"""Organisations among which no single one can be told from a public figure."""
NOTICE: Final[Duration] = 90 * DAY
"""How long before the end of a calendar's span the warning begins."""


@dataclass(frozen=True)
class Configuration:
    """What decisions read of the configuration; before the first one nothing can be routed (`KeyError`)."""

    calendars: calendar.Calendars = field(default_factory=dict)
    levels: Levels = field(default_factory=Levels)
    definitions: Definitions = field(default_factory=dict)

    def of(self, kind: type[D]) -> Mapping[str, D]:
        """What is defined of one kind (`LineDefined`, `TeamDefined`, ...), by key."""
        found: dict[str, D] = self._by_kind.get(kind, {})
        return found

    def book(self) -> Book:
        """Every version of every level and calendar ever published: what any ticket may refer to."""
        return self._book

    def level_of(self, organisation: Id | None, at: Instant) -> str:
        """The level of the contract in force, the newest if there are several; else that of whoever has none."""
        contracts = [each for each in self._in_force(at) if each.organisation == organisation]
        newest = max(contracts, key=lambda each: each.since, default=None)
        return newest.level if newest else self._routing.level

    def is_published(self, level: str, at: Instant) -> bool:
        """Whether its tickets may be counted in public: three organisations have it, or all who have it consent."""
        contracts = [each for each in self._in_force(at) if each.level == level]
        if len({each.organisation for each in contracts}) >= ENOUGH:
            return True
        return bool(contracts) and all(each.consent is Consent.GIVEN for each in contracts)

    def route(self, facts: Mapping[Fact, str]) -> Routed:
        """Where a ticket goes; its priority is the rule's, else that of the matrix if impact and urgency are known."""
        routed = route(self._routing.rules, facts)
        if routed.priority or not {Fact.IMPACT, Fact.URGENCY} <= facts.keys():
            return routed
        return replace(routed, priority=self.priority(Impact(facts[Fact.IMPACT]), Urgency(facts[Fact.URGENCY])))

    def priority(self, impact: Impact, urgency: Urgency) -> Priority:
        """The cell of the matrix."""
        return self.of(PrioritiesSet)[""].matrix[impact][urgency]

    @property
    def uptime_rule(self) -> Rule:
        """What uptime is computed by; the usual rule unless another one was set."""
        rule = self.of(UptimeRuleSet).get("", USUAL)
        return Rule(rule.weights, rule.notice)

    @property
    def retention(self) -> Duration | None:
        """For how long the texts of closed tickets are kept; None: for ever."""
        return self.of(RetentionSet).get("", KEPT).closed_tickets

    @cached_property
    def _by_kind(self) -> Mapping[type, dict[str, Any]]:
        """Sorted once: each request asks for several kinds."""
        found: dict[type, dict[str, Any]] = {}
        for name, each in self.definitions.items():
            found.setdefault(type(each), {})[name.key] = each
        return found

    def newest(self, key: str) -> CalendarRef:
        """The newest version of a calendar that is there."""
        return max((ref for ref in self.calendars if ref.key == key), key=lambda ref: ref.version)

    @property
    def page(self) -> PageDescribed:
        """What the public page says of the desk; nothing of its own unless it was described."""
        return self.of(PageDescribed).get("", PLAIN)

    def ending(self, at: Instant) -> list[Calendar]:
        """The calendars of levels in force and of channels whose span ends within 90 days: they are to be extended."""
        policies = [self._book.policies[ref] for ref in self.levels.in_force.items()]
        refs = {target.calendar for policy in policies for row in policy.targets.values() for target in row.values()}
        refs |= {policy.confirmation_calendar for policy in policies}
        refs |= {self.newest(each.calendar) for each in self.page.channels}
        used = (self.calendars[ref] for ref in sorted(refs, key=lambda ref: (ref.key, ref.version)))
        return [each for each in used if each.span.end - at < NOTICE]

    @cached_property
    def _book(self) -> Book:
        policies = {ref: level.policy_of(published) for ref, published in self.levels.published.items()}
        return Book(policies, self.calendars)

    @property
    def _routing(self) -> RoutingSet:
        return self.of(RoutingSet)[""]

    def _in_force(self, at: Instant) -> list[ContractSigned]:
        return [each for each in self.of(ContractSigned).values() if each.is_in_force(at)]


def evolve(state: Configuration, event: Event) -> Configuration:
    """The configuration after an event."""
    match event:
        case calendar.CalendarPublished() | calendar.CalendarExtended():
            return replace(state, calendars=calendar.evolve(state.calendars, event))
        case level.LevelPublished() | level.LevelWithdrawn():
            return replace(state, levels=level.evolve(state.levels, event))
        case definition if isinstance(definition, Definition | Withdrawal):
            return replace(state, definitions=definitions.evolve(state.definitions, definition))
        case _:
            assert_never(event)
