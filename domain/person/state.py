"""What decisions and rights read of a person: ids, rights and instants, never a name or an address."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.event import Id
from domain.instant import Instant
from domain.refusal import Refused


class Right(StrEnum):
    """What a person may be granted: a role at the desk, or something about one organisation."""

    AGENT = "agent"
    LEAD = "lead"
    CONTRACTOR = "contractor"
    """Works on tickets for another firm: sees those of the organisations it serves and no others."""
    AUDITOR = "auditor"
    """Reads everything, changes nothing, and holds no other role."""
    ADMINISTRATOR = "administrator"
    """Changes configuration and people; sees no ticket by this role alone."""
    SEES_ORGANISATION = "sees_organisation"
    """A contact who sees all tickets of the firm, not only those that the contact asked for."""
    SERVES_ORGANISATION = "serves_organisation"
    """An agent or contractor who works on all tickets of a client, on whatever line they lie."""


OF_ORGANISATION: Final = frozenset({Right.SEES_ORGANISATION, Right.SERVES_ORGANISATION})
"""The rights that are granted for one organisation at a time; all others are roles."""
WORKING: Final = frozenset({Right.AGENT, Right.LEAD, Right.CONTRACTOR})
"""The roles of those who do the work on tickets."""


@dataclass(frozen=True)
class Grant:
    """A right, and the organisation that it is about; None for a role."""

    right: Right
    organisation: Id | None = None


@dataclass(frozen=True)
class Absence:
    """A person is away from `start` until just before `end`; the deputy stands in."""

    absence: Id
    person: Id
    start: Instant
    end: Instant
    deputy: Id

    def holds_at(self, at: Instant) -> bool:
        """Whether the person is away at that instant."""
        return self.start <= at < self.end

    def overlaps(self, other: "Absence") -> bool:
        """Whether there is an instant in both."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Person:
    """The state of a person; as constructed, of one who was never registered."""

    id: Id = ""
    addresses: frozenset[Id] = frozenset()
    """The reservations of them."""
    organisations: frozenset[Id] = frozenset()
    """Whose contact the person is."""
    teams: frozenset[str] = frozenset()
    grants: frozenset[Grant] = frozenset()
    absences: frozenset[Absence] = frozenset()
    duties: frozenset[Absence] = frozenset()
    """The absences of others in which this person is the deputy."""
    duplicates: frozenset[Id] = frozenset()
    """People who turned out to be this one."""
    merged_into: Id | None = None
    deactivated: bool = False

    @property
    def is_active(self) -> bool:
        """Registered, and neither deactivated nor found to be somebody else."""
        return bool(self.id) and self.merged_into is None and not self.deactivated

    @property
    def identities(self) -> frozenset[Id]:
        """All ids that mean this person: their tickets are this person's, and erasure takes them all."""
        return self.duplicates | {self.id}

    @property
    def roles(self) -> frozenset[Right]:
        """The rights that are about no organisation."""
        return frozenset(each.right for each in self.grants if each.organisation is None)

    def organisations_by(self, right: Right) -> frozenset[Id]:
        """The organisations that a right was granted for."""
        return frozenset(each.organisation for each in self.grants if each.right is right and each.organisation)


def demand_active(person: Person) -> None:
    """Refuse what cannot be done to somebody who is unknown, deactivated or somebody else."""
    if not person.id:
        raise Refused("person_unknown")
    if person.merged_into is not None:
        raise Refused("person_merged", into=person.merged_into)
    if person.deactivated:
        raise Refused("person_deactivated", person=person.id)


def demand_working(person: Person) -> None:
    """Refuse what only those who work on tickets can do."""
    demand_active(person)
    if not person.roles & WORKING:
        raise Refused("person_works_on_no_tickets", person=person.id)
