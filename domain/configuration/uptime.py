"""The parameters of the uptime formula in the log; `domain.uptime` says what they mean."""

from collections.abc import Mapping
from typing import ClassVar, Final

from domain.component import ComponentStatus
from domain.event import Public, Visibility, event
from domain.instant import Duration, Instant
from domain.uptime import Rule


@event(
    "uptime_rule.set",
    visibility=Visibility.CLEAR,
    en="The rule of uptime was set",
    ru="Задано правило доступности",
)
class UptimeRuleSet:
    """Complete. A month's figures are weighed as is in force when it ends; the notice holds for works that begin."""

    key: ClassVar[str] = ""

    at: Public[Instant]
    weights: Public[Mapping[ComponentStatus, int]]
    """In thousandths."""
    notice: Public[Duration]
    """Milliseconds before their start that works have to be announced to be excused."""


USUAL: Final = UptimeRuleSet(at=0, weights=Rule().weights, notice=Rule().notice)
"""In force until another one is set; never stored itself."""
