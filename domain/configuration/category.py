"""Categories: what a ticket is about."""

from typing import TypeAlias

from domain.configuration.label import Label
from domain.event import Public, Visibility, event
from domain.instant import Instant


@event(
    "category.defined", visibility=Visibility.OPAQUE, en="Category {key} was defined", ru="Определена категория {key}"
)
class CategoryDefined:
    at: Public[Instant]
    key: str
    label: Label


@event(
    "category.withdrawn", visibility=Visibility.OPAQUE, en="Category {key} was withdrawn", ru="Категория {key} отменена"
)
class CategoryWithdrawn:
    at: Public[Instant]
    key: str


Event: TypeAlias = CategoryDefined | CategoryWithdrawn
