"""Contracts: which service level an organisation has, from when to when, and whether it lets itself be counted."""

from enum import StrEnum
from typing import TypeAlias

from domain.event import Id, Public, Visibility, event
from domain.instant import Instant


class Consent(StrEnum):
    """The client's recorded answer to whether its tickets may be published and counted in public figures."""

    GIVEN = "given"
    NOT_GIVEN = "not_given"


@event(
    "contract.signed",
    visibility=Visibility.OPAQUE,
    en="A contract was signed: level {level}",
    ru="Подписан договор: уровень {level}",
)
class ContractSigned:
    """In force from `since` on and before `until`, for ever if there is none."""

    at: Public[Instant]
    key: Id
    organisation: Id
    level: str
    since: Instant
    consent: Consent
    until: Instant | None = None

    def is_in_force(self, at: Instant) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


@event("contract.ended", visibility=Visibility.OPAQUE, en="A contract ended", ru="Договор прекращён")
class ContractEnded:
    at: Public[Instant]
    key: Id


Event: TypeAlias = ContractSigned | ContractEnded
