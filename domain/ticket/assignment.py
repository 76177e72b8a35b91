"""Who is responsible: a team from the start, one person from acceptance on, never nobody."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias, assert_never

from domain.event import Id, Public, Visibility, event
from domain.instant import Instant
from domain.refusal import Refused
from domain.ticket.state import Stage, Ticket, demand_live, replace


class Because(StrEnum):
    """Why a ticket was given to somebody."""

    CHOSEN = "chosen"
    ABSENCE = "absence"
    """The deputy takes over while the owner is away."""


@event("ticket.accepted", en="{by} took the ticket", ru="{by}: принято в работу")
class Accepted:
    """A person took it and is responsible for it from now on."""

    at: Public[Instant]
    by: Id
    team: str


@event(
    "ticket.assigned",
    visibility=Visibility.OPAQUE,
    en="{by} gave the ticket to {owner} of {team}",
    ru="{by}: ответственным назначен {owner}, группа {team}",
)
class Assigned:
    """Another person is responsible; what waits to be taken still does."""

    at: Public[Instant]
    by: Id
    team: str
    owner: Id
    because: Because = Because.CHOSEN


@event(
    "ticket.handed_over",
    visibility=Visibility.OPAQUE,
    en="{by} handed the ticket over from {from_line} to {to_line}: {reason}",
    ru="{by}: передача с линии {from_line} на линию {to_line}, причина {reason}",
)
class HandedOver:
    """To another line or team; whoever owned it stays responsible until somebody there takes it."""

    at: Public[Instant]
    by: Id
    from_line: str
    from_team: str
    to_line: str
    to_team: str
    reason: str


@event(
    "ticket.owner_left",
    visibility=Visibility.OPAQUE,
    en="{owner} is not there and nobody stands in: team {team} has to take the ticket",
    ru="{owner} отсутствует, заместителя нет: заявку принимает группа {team}",
)
class OwnerLeft:
    """Nobody is there for its owner: it waits for its team again, and its deadlines stay."""

    at: Public[Instant]
    owner: Id
    team: str


Event: TypeAlias = Accepted | Assigned | HandedOver | OwnerLeft


def evolve(ticket: Ticket, event: Event) -> Ticket:
    """The ticket in other hands."""
    match event:
        case Accepted():
            clocks = ticket.clocks.accepted(event.at)
            taken = replace(ticket, owner=event.by, taken=True, awaits_acceptance=False, clocks=clocks)
            return replace(taken, stage=Stage.ACCEPTED) if ticket.stage is Stage.OPENED else taken
        case Assigned():
            return replace(ticket, owner=event.owner, team=event.team)
        case HandedOver():
            return replace(ticket, line=event.to_line, team=event.to_team, awaits_acceptance=True)
        case OwnerLeft():
            return replace(ticket, owner=None, awaits_acceptance=True)
        case _:
            assert_never(event)


def accept(ticket: Ticket, *, by: Id, teams: frozenset[str], at: Instant) -> list[Event]:
    """Take the ticket into work; `teams` are those of the person, the ticket's team must be among them."""
    demand_live(ticket)
    if ticket.awaits_acceptance:
        _demand_team(ticket.team, teams)
        return [Accepted(at=at, by=by, team=ticket.team)]
    if ticket.owner != by:
        raise Refused("already_accepted", owner=ticket.owner or "")
    return []


def taken_by(ticket: Ticket, *, by: Id, at: Instant) -> list[Accepted]:
    """Whoever works on a ticket that nobody has taken, or whose owner has left, has taken it."""
    return [] if ticket.taken and ticket.owner else [Accepted(at=at, by=by, team=ticket.team)]


def assign(
    ticket: Ticket,
    *,
    by: Id,
    owner: Id,
    teams: frozenset[str],
    serves: bool,
    lines: Mapping[str, str],
    at: Instant,
    team: str | None = None,
) -> list[Event]:
    """Make a person responsible, in the same team or another one of the same line; `lines` tells the line of each team.

    `teams` are those in which the person works on tickets, and `serves` tells whether on all of the organisation's: one
    of the two has to fit. The promised reaction is still that person's to give. To another line a ticket is handed
    over, with a reason.
    """
    demand_live(ticket)
    team = team or ticket.team
    if (ticket.owner, ticket.team) == (owner, team):
        return []
    if team != ticket.team and _line_of(team, lines) != ticket.line:
        raise Refused("hand_over_needed", line=ticket.line, team=team)
    if not serves and ticket.line not in {lines.get(each) for each in teams}:
        raise Refused("owner_of_another_line", line=ticket.line)
    return [Assigned(at=at, by=by, team=team, owner=owner)]


def hand_over(
    ticket: Ticket,
    *,
    by: Id,
    team: str,
    reason: str,
    reasons: frozenset[str],
    lines: Mapping[str, str],
    at: Instant,
) -> list[Event]:
    """Move it to another team, mostly of another line, for one of the agreed reasons."""
    demand_live(ticket)
    if reason not in reasons:
        raise Refused("reason_unknown", reason=reason, known=", ".join(sorted(reasons)))
    line = _line_of(team, lines)
    return [] if ticket.team == team else [handed_over(ticket, by=by, line=line, team=team, reason=reason, at=at)]


def handed_over(ticket: Ticket, *, by: Id, line: str, team: str, reason: str, at: Instant) -> HandedOver:
    """The event that moves it there from where it lies."""
    return HandedOver(
        at=at,
        by=by,
        from_line=ticket.line,
        from_team=ticket.team,
        to_line=line,
        to_team=team,
        reason=reason,
    )


def _line_of(team: str, lines: Mapping[str, str]) -> str:
    if team not in lines:
        raise Refused("team_unknown", team=team, known=", ".join(sorted(lines)))
    return lines[team]


def _demand_team(team: str, teams: frozenset[str]) -> None:
    if team not in teams:
        raise Refused("not_in_team", team=team)
