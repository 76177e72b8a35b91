"""The routing rules in the log; `domain.routing` says what they mean."""

from typing import ClassVar

from domain.event import Public, Visibility, event
from domain.instant import Instant
from domain.routing import Rules


@event(
    "routing.set",
    visibility=Visibility.OPAQUE,
    en="The routing rules were set",
    ru="Заданы правила маршрутизации",
)
class RoutingSet:
    key: ClassVar[str] = ""

    at: Public[Instant]
    rules: Rules
    level: str
    """The service level of whoever has no contract in force."""
