"""Teams: who shares a queue; each belongs to one line."""

from typing import TypeAlias

from domain.configuration.label import Label
from domain.event import Public, Visibility, event
from domain.instant import Instant


@event("team.defined", visibility=Visibility.OPAQUE, en="Team {key} was defined", ru="Определена группа {key}")
class TeamDefined:
    at: Public[Instant]
    key: str
    label: Label
    line: str


@event("team.withdrawn", visibility=Visibility.OPAQUE, en="Team {key} was withdrawn", ru="Группа {key} упразднена")
class TeamWithdrawn:
    at: Public[Instant]
    key: str


Event: TypeAlias = TeamDefined | TeamWithdrawn
