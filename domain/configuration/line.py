"""Lines of support: first, second, third, as many as the desk has."""

from typing import TypeAlias

from domain.configuration.label import Label
from domain.event import Public, Visibility, event
from domain.instant import Instant


@event("line.defined", visibility=Visibility.OPAQUE, en="Line {key} was defined", ru="Определена линия {key}")
class LineDefined:
    at: Public[Instant]
    key: str
    label: Label


@event("line.withdrawn", visibility=Visibility.OPAQUE, en="Line {key} was withdrawn", ru="Линия {key} упразднена")
class LineWithdrawn:
    at: Public[Instant]
    key: str


Event: TypeAlias = LineDefined | LineWithdrawn
