"""The clocks of a ticket: each one's deadline explained, stretch by stretch, and every verdict."""

from pydantic import Field

from api.deps import TheDesk, TheTicket
from api.tickets.routing import ticket_routes
from api.tickets.view import Happened, TicketReader, known_then
from api.types import InstantOut, Out
from audit.replay import Reckoned, Unknown, replay
from domain.classification import Kind, Priority
from domain.clock import Exclusion, Outcome
from domain.deadline import Reason, Standing
from domain.instant import Duration
from domain.policy import Clock

router = ticket_routes("tickets")


class CalendarOut(Out):
    """A version of a calendar."""

    key: str
    version: int


class SegmentOut(Out):
    """A stretch of time that counts, or does not, and why."""

    start: InstantOut
    end: InstantOut
    counted: bool
    reason: Reason
    calendar: CalendarOut | None


class ClockOut(Out):
    """One measurement by one clock."""

    clock: Clock
    instance: int = Field(description="Counted from one for each clock")
    started: InstantOut
    stopped: InstantOut | None
    standing: Standing | None = Field(None, description="None: its calendar ends before it can be told")
    due: InstantOut | None = Field(None, description="None: nothing is promised, it is paused, or its calendar ends")
    target: Duration | None = Field(None, description="Milliseconds of business time; None: nothing is promised")
    used: Duration | None = Field(None, description="Milliseconds of business time, the sum of the counted segments")
    segments: list[SegmentOut] = Field(default_factory=list)


class VerdictOut(Out):
    """The judgement on one instance of a clock: stored once, never edited, only excluded."""

    clock: Clock
    instance: int
    due: InstantOut
    ended: InstantOut | None = Field(description="None: it was breached while it ran")
    outcome: Outcome
    level: str
    policy: int
    kind: Kind
    priority: Priority
    excluded: Exclusion | None


class ClocksOut(Out):
    """The clocks and verdicts of a ticket, as of an instant."""

    as_of: InstantOut
    clocks: list[ClockOut]
    verdicts: list[VerdictOut]


@router.get("/clocks", summary="Its clocks, explained", operation_id="getClocks")
def get_clocks(desk: TheDesk, found: TheTicket, reader: TicketReader, happened: Happened = None) -> ClocksOut:
    """From the calendars and policies alone: anybody can reckon it again."""
    with reader.open() as reading:
        past = known_then(found, reading.position, happened)
    book = desk.configured.state().book()
    at = reading.at if happened is None else min(happened, reading.at)
    replayed = replay(past, book, at)
    return ClocksOut(
        as_of=at,
        clocks=[_clock(each) for each in replayed.clocks],
        verdicts=[VerdictOut.model_validate(each) for each in replayed.verdicts],
    )


def _clock(reckoned: Reckoned | Unknown) -> ClockOut:
    run = reckoned.run
    told = ClockOut(clock=run.clock, instance=run.instance, started=run.started, stopped=run.stopped)
    if isinstance(reckoned, Unknown):
        return told
    explained = reckoned.explanation
    segments = [SegmentOut.model_validate(each) for each in explained.segments]
    return told.model_copy(
        update={
            "standing": reckoned.standing,
            "due": explained.due,
            "target": explained.target,
            "used": explained.used,
            "segments": segments,
        }
    )
