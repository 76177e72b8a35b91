"""Where a new ticket goes: an ordered list of rules that are data; the first one that holds wins."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.classification import Priority

DEFAULT: Final = "default"
"""The key under which the default is told on the ticket; no rule has it."""


class Fact(StrEnum):
    """What a rule may look at."""

    KIND = "kind"
    CHANNEL = "channel"
    CATEGORY = "category"
    ORGANISATION = "organisation"
    LEVEL = "level"
    IMPACT = "impact"
    URGENCY = "urgency"


@dataclass(frozen=True)
class Rule:
    """All conditions must hold; each is a set of allowed values. An empty priority or category says nothing."""

    key: str
    conditions: Mapping[Fact, tuple[str, ...]]
    line: str
    team: str
    priority: str = ""
    category: str = ""


@dataclass(frozen=True)
class Rules:
    """The rules in order, and the line and team of whatever meets none of them."""

    ordered: tuple[Rule, ...]
    line: str
    team: str


@dataclass(frozen=True)
class Routed:
    """Where a ticket goes and by which rule; None where the rule leaves it open."""

    rule: str
    line: str
    team: str
    priority: Priority | None = None
    category: str | None = None


def route(rules: Rules, facts: Mapping[Fact, str]) -> Routed:
    """The outcome of the first rule that holds, else the default; a fact that is not known meets no condition."""
    for rule in rules.ordered:
        if _holds(rule, facts):
            priority = Priority(rule.priority) if rule.priority else None
            return Routed(rule.key, rule.line, rule.team, priority, rule.category or None)
    return Routed(DEFAULT, rules.line, rules.team)


def _holds(rule: Rule, facts: Mapping[Fact, str]) -> bool:
    return all(facts.get(fact) in allowed for fact, allowed in rule.conditions.items())
