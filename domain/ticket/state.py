"""What decisions read of a ticket; what people are shown of it belongs to the projections."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from domain.classification import Complexity, Impact, Kind, Priority, Urgency
from domain.clock import Clocks
from domain.event import Id
from domain.instant import Instant
from domain.policy import Clock, Step
from domain.refusal import Refused

DESK: Final[Id] = "desk"
"""Who acts when time alone acts."""


class Stage(StrEnum):
    """Where a ticket stands, as its client is told."""

    NONE = "none"
    """There is no such ticket."""
    OPENED = "opened"
    ACCEPTED = "accepted"
    WAITING = "waiting"
    RESOLVED = "resolved"
    REFUSED = "refused"
    CLOSED = "closed"
    MERGED = "merged"


class WaitFor(StrEnum):
    """What is waited for."""

    CLIENT = "client"
    VENDOR = "vendor"
    DATE = "date"


@dataclass(frozen=True)
class Ticket:
    """The state of a ticket; as constructed, of one that was never opened."""

    stage: Stage = Stage.NONE
    reference: str = ""
    published: bool = False
    requester: Id = ""
    heir: Id | None = None
    """The organisation, once the requester was erased."""
    organisation: Id = ""
    level: str = ""
    policy: int = 0
    kind: Kind = Kind.INCIDENT
    priority: Priority = Priority.NORMAL
    impact: Impact = Impact.MEDIUM
    urgency: Urgency = Urgency.MEDIUM
    category: str | None = None
    complexity: Complexity = Complexity.STANDARD
    line: str = ""
    team: str = ""
    owner: Id | None = None
    taken: bool = False
    """A person has taken it into work: from then on one person is responsible."""
    awaits_acceptance: bool = True
    """Nobody of the team it lies with now has taken it."""
    waits_for: WaitFor | None = None
    waits_until: Instant | None = None
    wait_agreed: Id | None = None
    """The client's message that agreed to the wait."""
    terms_agreed: Id | None = None
    """The client's message that agreed to the newest terms."""
    acts_at: Instant | None = None
    """When the stated next act is promised for."""
    silent_since: Instant | None = None
    """The desk's last word on a ticket whose work is done: from then on silence is consent."""
    over_since: Instant | None = None
    """When it was closed or merged; a reopening takes it back."""
    texts_expired_at: Instant | None = None
    """When its texts had been kept for long enough: nothing is written on it any more."""
    merged_into: Id | None = None
    duplicates: frozenset[Id] = frozenset()
    participants: frozenset[Id] = frozenset()
    """Who asked in its duplicates, and goes on in this ticket."""
    links: frozenset[tuple[Id, str]] = frozenset()
    client_messages: frozenset[Id] = frozenset()
    """What an agreement of the client may refer to: only what the client sent itself."""
    messages: frozenset[Id] = frozenset()
    escalated: frozenset[tuple[int, Step]] = frozenset()
    """Steps of the ladder that were taken, each with the instance of its clock."""
    notices: int = 0
    untold: frozenset[int] = frozenset()
    """Notices that are neither delivered nor given up; a reopening makes those to the client void."""
    given_up: frozenset[int] = frozenset()
    """Notices that could not be delivered."""
    staff_notices: frozenset[int] = frozenset()
    """Those to the staff, from the same count; all others are for the client."""
    clocks: Clocks = field(default_factory=Clocks)

    @property
    def subject(self) -> Id:
        """Under whose key lies what is written to or about the client."""
        return self.heir or self.requester

    @property
    def is_live(self) -> bool:
        """Somebody has to do something about it, or may still have to."""
        return self.stage not in (Stage.NONE, Stage.CLOSED, Stage.MERGED)

    @property
    def is_open(self) -> bool:
        """Work on it is not done."""
        return self.stage in (Stage.OPENED, Stage.ACCEPTED, Stage.WAITING)

    @property
    def owes_answer(self) -> bool:
        """A message of the client is unanswered."""
        return any(run.clock is Clock.NEXT_RESPONSE and run.stopped is None for run in self.clocks.runs)

    @property
    def working_stage(self) -> Stage:
        """The stage it goes back to when a wait or a resolution is over."""
        return Stage.ACCEPTED if self.taken else Stage.OPENED


if TYPE_CHECKING:
    from dataclasses import replace as replace  # noqa: PLC0414 -- so that the changes are checked
else:

    def replace(ticket: Ticket, **changes: Any) -> Ticket:
        """As that of `dataclasses`, in a tenth of its time: every event of a history takes one or two."""
        changed = object.__new__(Ticket)
        changed.__dict__.update(ticket.__dict__, **changes)
        return changed


def resumed(ticket: Ticket) -> Ticket:
    """The ticket when its wait is over."""
    stage = ticket.working_stage if ticket.stage is Stage.WAITING else ticket.stage
    return replace(ticket, stage=stage, waits_for=None, waits_until=None, wait_agreed=None)


def settled(ticket: Ticket) -> Ticket:
    """The ticket without anything that was still to come."""
    return replace(ticket, waits_for=None, waits_until=None, wait_agreed=None, acts_at=None, silent_since=None)


def demand_known(ticket: Ticket) -> None:
    """Refuse what cannot be done to a ticket that is not there."""
    if ticket.stage is Stage.NONE:
        raise Refused("ticket_unknown")


def demand_live(ticket: Ticket) -> None:
    """Refuse what cannot be done to a ticket that is closed or merged, either."""
    demand_known(ticket)
    if ticket.merged_into is not None:
        raise Refused("ticket_merged", reference=ticket.reference)
    if ticket.stage is Stage.CLOSED:
        raise Refused("ticket_closed", reference=ticket.reference)


def demand_open(ticket: Ticket) -> None:
    """Refuse work on a ticket whose work is done: it has to be reopened first."""
    demand_live(ticket)
    if not ticket.is_open:
        raise Refused("ticket_not_open", reference=ticket.reference, stage=ticket.stage)


def demand_agreement(ticket: Ticket, agreed: Id | None) -> None:
    """An agreement of the client is a message that the client sent on this very ticket."""
    if agreed is not None and agreed not in ticket.client_messages:
        raise Refused("agreement_unknown", message=agreed)


def demand_text(field: str, text: str) -> None:
    """Refuse to count as said what has no words."""
    if not text.strip():
        raise Refused("text_missing", field=field)
