"""Reasons that an agent must choose from: for a hand-over between lines, for a refusal."""

from enum import StrEnum
from typing import TypeAlias

from domain.configuration.label import Label
from domain.event import Public, Visibility, event
from domain.instant import Instant


class Occasion(StrEnum):
    """What needs a reason."""

    HAND_OVER = "hand_over"
    REFUSAL = "refusal"


@event("reason.defined", visibility=Visibility.OPAQUE, en="Reason {key} was defined", ru="Определена причина {key}")
class ReasonDefined:
    at: Public[Instant]
    key: str
    label: Label
    occasion: Occasion


@event("reason.withdrawn", visibility=Visibility.OPAQUE, en="Reason {key} was withdrawn", ru="Причина {key} отменена")
class ReasonWithdrawn:
    """It can no longer be chosen; where it was given it stays."""

    at: Public[Instant]
    key: str


Event: TypeAlias = ReasonDefined | ReasonWithdrawn
