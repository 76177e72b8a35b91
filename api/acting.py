"""Acting on a ticket: one right, one decision, one answer made of the decision's own events."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Concatenate, Final, ParamSpec, TypeAlias

from fastapi import Depends, Header, Request, Response

from api.deps import Asker, Found, TheAsker, TheTicket, lines_of_teams
from api.receipts import Asked, IdempotencyKey, once, what_is_asked
from api.tickets.shape import Done, done
from audit.proving import Proving
from domain.access import Act, rights
from domain.configuration import Configuration
from domain.event import Id
from domain.instant import Instant
from domain.policy import Book
from domain.refusal import Refused
from domain.ticket import Event, Ticket
from store.desk import Desk
from store.streams import Acted, Command, Intent

P = ParamSpec("P")

TAG: Final = re.compile(r'\s*"(\d{1,18})"\s*', re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Means:
    """What it takes to act: who asks for what, where it is done, and how it is answered."""

    desk: Desk
    asker: Asker
    asked: Asked
    response: Response
    proving: Proving | None

    def once(self, stream: Id, act: Callable[[Command], Acted[Ticket, Event]]) -> Done:
        """Do it to that ticket, or tell what came of it when it was done, with the ticket's version as its tag."""
        acted = once(self.desk, self.asked, self.desk.tickets, stream, act)
        self.response.headers["ETag"] = f'"{acted.version}"'
        return done(acted, self.proving)


@dataclass(frozen=True, kw_only=True)
class Acting(Means):
    """Who acts on which ticket, and for which request."""

    ticket: Found
    if_match: str | None
    also: tuple[Intent, ...] = ()
    """What has to be stored in the same commit."""

    @property
    def by(self) -> Id:
        """The caller."""
        return self.asker.caller.person

    @property
    def at(self) -> Instant:
        """When it was asked for."""
        return self.asker.at

    @property
    def message(self) -> Id:
        """The id of what is said by the request: the same when it is sent again."""
        return self.desk.name("message", self.asked.command)

    @property
    def configuration(self) -> Configuration:
        """The configuration in force."""
        return self.desk.configured.state()

    @property
    def lines(self) -> Mapping[str, str]:
        """The line of each team."""
        return lines_of_teams(self.configuration)

    @property
    def book(self) -> Book:
        """What was ever promised."""
        return self.configuration.book()

    def may(self, right: Act) -> bool:
        """Whether the caller may do it to the ticket."""
        return right in self.ticket.rights.act

    def with_also(self, *intents: Intent) -> "Acting":
        """The same, with more to store in its commit."""
        return replace(self, also=(*self.also, *intents))

    def __call__(
        self, right: Act, decide: Callable[Concatenate[Ticket, P], Sequence[Event]], *args: P.args, **facts: P.kwargs
    ) -> Done:
        """Do it if the caller may; the right is looked at with the state that the decision is taken on."""

        def allowed(state: Ticket) -> Sequence[Event]:
            if right not in rights(self.asker.caller, state).act:
                raise Refused("not_allowed")
            return decide(state, *args, **facts)

        return self.once(self.ticket.stream, lambda to: self._act(to, allowed))

    def _act(self, command: Command, decide: Callable[[Ticket], Sequence[Event]]) -> Acted[Ticket, Event]:
        matched = replace(command.with_also(*self.also), expected=expected(self.if_match, self.ticket))
        return self.desk.tickets.act(matched, self.ticket.stream, decide)


async def means_of(
    request: Request, response: Response, asker: TheAsker, idempotency_key: IdempotencyKey = None
) -> Means:
    """The means of whoever asks."""
    state, asked = request.app.state, await what_is_asked(request, asker, idempotency_key)
    return Means(desk=state.desk, asker=asker, asked=asked, response=response, proving=state.proving)


async def start_acting(
    *,
    request: Request,
    response: Response,
    ticket: TheTicket,
    if_match: Annotated[
        str | None, Header(description="Only if the ticket is at this version (its ETag)", examples=['"3"'])
    ] = None,
    idempotency_key: IdempotencyKey = None,
) -> Acting:
    """Everything that acting on the ticket of the address needs."""
    means = await means_of(request, response, ticket.asker, idempotency_key)
    return Acting(**vars(means), ticket=ticket, if_match=if_match)


TheMeans: TypeAlias = Annotated[Means, Depends(means_of)]
TheActing: TypeAlias = Annotated[Acting, Depends(start_acting)]


def expected(if_match: str | None, ticket: Found) -> int | None:
    """The version that must still be there (RFC 9110, 13.1.1); `Refused` if it is not there even now."""
    if if_match is None or if_match.strip() == "*":
        return None
    version = len(ticket.past)
    if version not in {int(tag[1]) for tag in map(TAG.fullmatch, if_match.split(",")) if tag}:
        raise Refused("changed_meanwhile", version=version)
    return version
