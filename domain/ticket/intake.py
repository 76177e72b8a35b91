"""From what a client asks to the opening of a ticket: level, route and priority by the configuration in force."""

from dataclasses import dataclass

from domain.classification import Complexity, Impact, Kind, Urgency
from domain.configuration.state import Configuration
from domain.event import Id
from domain.instant import Instant
from domain.refusal import Refused
from domain.routing import Fact
from domain.ticket.opening import Publicity, TicketOpened, asked


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked, by whom, for whom, and through what channel."""

    channel: str
    by: Id
    requester: Id
    organisation: Id
    kind: Kind
    impact: Impact
    urgency: Urgency
    subject: str
    body: str
    category: str | None = None
    complexity: Complexity = Complexity.STANDARD


def opening(request: Request, configuration: Configuration, *, reference: str, at: Instant) -> TicketOpened:
    """The event that opens the ticket, with what was promised and the rule that sent it where it went."""
    level = configuration.level_of(request.organisation, at)
    version = configuration.levels.in_force.get(level)
    if version is None:
        raise Refused("level_withdrawn", level=level)
    routed = configuration.route(_facts(request, level))
    return TicketOpened(
        at=at,
        kind=request.kind,
        priority=routed.priority or configuration.priority(request.impact, request.urgency),
        level=level,
        policy=version,
        reference=reference,
        publicity=Publicity.PUBLISHED if configuration.is_published(level, at) else Publicity.OPAQUE,
        channel=request.channel,
        by=request.by,
        requester=request.requester,
        organisation=request.organisation,
        impact=request.impact,
        urgency=request.urgency,
        category=request.category or routed.category,
        complexity=request.complexity,
        line=routed.line,
        team=routed.team,
        rule=routed.rule,
        text=asked(request.requester, request.subject, request.body),
    )


def _facts(request: Request, level: str) -> dict[Fact, str]:
    facts: dict[Fact, str] = {
        Fact.LEVEL: level,
        Fact.CHANNEL: request.channel,
        Fact.ORGANISATION: request.organisation,
        Fact.KIND: request.kind,
        Fact.IMPACT: request.impact,
        Fact.URGENCY: request.urgency,
    }
    return facts | ({Fact.CATEGORY: request.category} if request.category else {})
