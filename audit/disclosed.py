"""What the client of a ticket may read whole: the events that it takes part in or is told of, their facts and words.

Everything else is the affair of the staff: notes, who was asked to do what next, hand-overs between lines, escalations,
deliveries. `domain.access` says who is a client of which ticket; this says what a client gets of it.
"""

from typing import Final

from domain.event import shape_of
from domain.ticket.assignment import Accepted
from domain.ticket.classing import Categorised, Reclassified, Reprioritised, TermsMoved
from domain.ticket.conversation import Answered, AutoReplied, ClientWrote
from domain.ticket.feedback import Rated
from domain.ticket.joining import Merged
from domain.ticket.opening import TicketOpened
from domain.ticket.outcome import Closed, Reopened, Resolved, TicketRefused
from domain.ticket.promise import ClockDecided, DeadlineTightened, VerdictExcluded
from domain.ticket.retention import TextsExpired
from domain.ticket.waiting import Waited, WaitEnded

CLASSES: Final = (
    *(TicketOpened, ClientWrote, Answered, AutoReplied, Accepted, Reprioritised, Reclassified, Categorised, TermsMoved),
    *(Waited, WaitEnded, Resolved, TicketRefused, Reopened, Closed, Merged, Rated),
    *(ClockDecided, VerdictExcluded, DeadlineTightened, TextsExpired),
)
TO_CLIENTS: Final = frozenset(shape_of(each).name for each in CLASSES)
"""Their names. All that may stand in clear are among them, so that the counter of a client's ticket has no gap."""
