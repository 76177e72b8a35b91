"""What becomes of the promises: verdicts, manual deadlines, exclusions, escalations, and the next stated act."""

from typing import TypeAlias, assert_never

from domain import deadline
from domain.classification import Kind, Priority
from domain.clock import Exclusion, Outcome, Run, Verdict
from domain.event import Content, Id, Public, Sealed, Visibility, event
from domain.instant import DAY, Instant
from domain.policy import Action, Book, Clock, Step
from domain.refusal import Refused
from domain.ticket.outcome import closes_at
from domain.ticket.state import Ticket, demand_agreement, demand_live, demand_text, replace
from domain.ticket.waiting import MOST_DAYS
from domain.verdict import next_due


@event("ticket.clock_decided", en="{clock} #{instance}: {outcome}", ru="{clock} №{instance}: {outcome}")
class ClockDecided:
    """The verdict on one instance of a clock: stored once, in the commit of what ended it."""

    at: Public[Instant]
    clock: Public[Clock]
    instance: Public[int]
    due: Public[Instant]
    outcome: Public[Outcome]
    level: Public[str]
    policy: Public[int]
    kind: Public[Kind]
    priority: Public[Priority]
    ended: Public[Instant | None] = None
    """None: it was breached while it ran."""


@event(
    "ticket.verdict_excluded",
    en="The verdict on {clock} #{instance} does not count: {reason}",
    ru="Итог «{clock}» №{instance} исключён: {reason}",
)
class VerdictExcluded:
    """The only correction of a verdict, for a published reason."""

    at: Public[Instant]
    clock: Public[Clock]
    instance: Public[int]
    reason: Public[Exclusion]
    by: Id
    agreed: Public[Id | None] = None
    """The client's message that agreed to it."""


@event("ticket.deadline_tightened", en="{by} promised {clock} by {due}", ru="{by}: срок «{clock}» не позднее {due}")
class DeadlineTightened:
    """A deadline by hand: earlier than the level's, never later."""

    at: Public[Instant]
    clock: Public[Clock]
    due: Public[Instant]
    by: Id


@event(
    "ticket.escalated",
    visibility=Visibility.OPAQUE,
    en="{clock} #{instance} has used {per_mille} ‰ of its target: {action} {whom}",
    ru="{clock} №{instance}: израсходовано {per_mille} ‰ срока, {action}: {whom}",
)
class Escalated:
    """A step of the ladder, taken once for each instance of a clock."""

    at: Public[Instant]
    clock: Clock
    instance: int
    per_mille: int
    action: Action
    whom: str
    notice: int | None = None
    """The number of the notice to the staff; None where nobody is notified."""


@event(
    "ticket.next_act_stated",
    visibility=Visibility.OPAQUE,
    en="{by} stated what happens next, by {due}",
    ru="{by}: назван следующий шаг, срок {due}",
)
class NextActStated:
    """What will be done, and when."""

    at: Public[Instant]
    due: Instant
    by: Id
    text: Sealed


@event(
    "ticket.next_act_done",
    visibility=Visibility.OPAQUE,
    en="{by} did what was stated",
    ru="{by}: названный шаг сделан",
)
class NextActDone:
    """What was stated is done; the promises of the level say what comes next."""

    at: Public[Instant]
    by: Id


Event: TypeAlias = ClockDecided | VerdictExcluded | DeadlineTightened | Escalated | NextActStated | NextActDone


def evolve(ticket: Ticket, event: Event) -> Ticket:
    """The ticket judged, corrected or promised anew."""
    match event:
        case ClockDecided():
            return replace(ticket, clocks=ticket.clocks.decided(_verdict(event)))
        case VerdictExcluded():
            return replace(ticket, clocks=ticket.clocks.excluded(event.clock, event.instance, event.reason))
        case DeadlineTightened():
            return replace(ticket, clocks=ticket.clocks.tightened(event.clock, event.due))
        case Escalated():
            return _escalated(ticket, event)
        case NextActStated():
            return replace(ticket, acts_at=event.due)
        case NextActDone():
            return replace(ticket, acts_at=None)
        case _:
            assert_never(event)


def _escalated(ticket: Ticket, event: Escalated) -> Ticket:
    step = Step(event.clock, event.per_mille, event.action, event.whom)
    taken = replace(ticket, escalated=ticket.escalated | {(event.instance, step)})
    if event.notice is None:
        return taken
    new = {event.notice}
    return replace(taken, notices=event.notice, untold=taken.untold | new, staff_notices=taken.staff_notices | new)


def _verdict(event: ClockDecided) -> Verdict:
    return Verdict(
        event.clock,
        event.instance,
        event.due,
        event.ended,
        event.outcome,
        event.level,
        event.policy,
        event.kind,
        event.priority,
    )


def decided(verdict: Verdict, at: Instant) -> ClockDecided:
    """The event that stores a verdict."""
    return ClockDecided(
        at=at,
        clock=verdict.clock,
        instance=verdict.instance,
        due=verdict.due,
        outcome=verdict.outcome,
        level=verdict.level,
        policy=verdict.policy,
        kind=verdict.kind,
        priority=verdict.priority,
        ended=verdict.ended,
    )


def escalated(ticket: Ticket, run: Run, step: Step, at: Instant) -> Escalated:
    """The event that a step of the ladder was taken; to notify somebody is the ticket's next notice."""
    return Escalated(
        at=at,
        clock=run.clock,
        instance=run.instance,
        per_mille=step.at_per_mille,
        action=step.action,
        whom=step.whom,
        notice=ticket.notices + 1 if step.action is Action.NOTIFY else None,
    )


def exclude(
    ticket: Ticket,
    *,
    clock: Clock,
    instance: int,
    reason: Exclusion,
    by: Id,
    at: Instant,
    agreed: Id | None = None,
) -> list[Event]:
    """Take a verdict out of the figures, visibly; what the client agreed to, a message of the client shows."""
    demand_agreement(ticket, agreed)
    if reason is Exclusion.AGREED_WITH_CLIENT and agreed is None:
        raise Refused("agreement_missing")
    found = next((each for each in ticket.clocks.verdicts if (each.clock, each.instance) == (clock, instance)), None)
    if found is None:
        raise Refused("verdict_unknown", clock=clock, instance=instance)
    if found.excluded is reason:
        return []
    return [VerdictExcluded(at=at, clock=clock, instance=instance, reason=reason, by=by, agreed=agreed)]


def tighten(ticket: Ticket, *, clock: Clock, due: Instant, book: Book, by: Id, at: Instant) -> list[Event]:
    """Promise an earlier deadline for a clock that runs towards one."""
    demand_live(ticket)
    standing = _standing(ticket, clock, book)
    if standing is None:
        raise Refused("deadline_missing", clock=clock)
    if due > standing:
        raise Refused("deadline_not_loosened", clock=clock, due=standing)
    if due == standing:
        return []
    if due < at:
        raise Refused("deadline_in_the_past", clock=clock, due=due)
    return [DeadlineTightened(at=at, clock=clock, due=due, by=by)]


def _standing(ticket: Ticket, clock: Clock, book: Book) -> Instant | None:
    """The deadline that holds now; None while the clock does not run, stands still, or promises nothing."""
    running = (run for run in ticket.clocks.runs if run.clock is clock and run.stopped is None)
    return next((deadline.due(ticket.clocks, run, book) for run in running), None)


def state_next_act(ticket: Ticket, *, what: str, due: Instant, by: Id, at: Instant) -> list[Event]:
    """Say what will be done next, and by when, 400 days ahead at the most; the last one stated holds."""
    demand_live(ticket)
    demand_text("what", what)
    if due <= at:
        raise Refused("next_act_in_the_past", due=due)
    if due > at + MOST_DAYS * DAY:
        raise Refused("next_act_too_far", days=MOST_DAYS)
    return [NextActStated(at=at, due=due, by=by, text=Content(ticket.subject, {"act": what}))]


def finish_next_act(ticket: Ticket, *, by: Id, at: Instant) -> list[Event]:
    """Say that it is done."""
    demand_live(ticket)
    return [] if ticket.acts_at is None else [NextActDone(at=at, by=by)]


def next_act(ticket: Ticket, book: Book) -> Instant | None:
    """When something is to happen next: what was stated, the end of a wait, consent by silence, or the earliest due.

    None if nobody has to act any more, or if nothing is promised and nobody said what comes next.
    """
    if not ticket.is_live:
        return None
    stated = [at for at in (ticket.acts_at, ticket.waits_until, closes_at(ticket, book)) if at is not None]
    return min(stated) if stated else next_due(ticket.clocks, book)


def is_hanging(ticket: Ticket, book: Book, at: Instant) -> bool:
    """Whether nothing happens although somebody should act: the next act is overdue, or there is none."""
    if not ticket.is_live:
        return False
    act = next_act(ticket, book)
    return act is None or act < at
