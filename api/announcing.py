"""Announcing incidents and planned works: one decision, one answer made of the decision's own events."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, TypeAlias, TypeVar

from fastapi import Depends, Header, Response
from pydantic import Field

from api.acting import TAG
from api.announced import LanguagesOut, languages, texts, words_out
from api.deps import Asker, TheAsker, TheDesk, TheViews
from api.reading import Reader
from api.receipts import Asked, TheRequest, once
from api.types import In, Line, Out, Text
from domain.code import code_of
from domain.configuration.component import ComponentDefined
from domain.event import Id
from domain.incident import Incident, IncidentStatus, IncidentUpdated
from domain.instant import SECOND, Duration, Instant
from domain.maintenance import Works, WorksStatus, WorksUpdated
from domain.refusal import Refused
from domain.token import TokenScope
from projections import incidents
from projections.announced import Kind
from projections.engine import Projector
from store.bounds import demand_of_the_desk
from store.desk import Desk
from store.streams import Acted, Command, Intent, Streams

S = TypeVar("S", Incident, Works)
E = TypeVar("E")

AT_ONCE: Final[Duration] = 5 * SECOND
"""Requests, and clocks of machines, that are no further apart are of one time."""
UNKNOWN: Final = {Kind.INCIDENT: "incident_unknown", Kind.WORKS: "works_unknown"}


class Titles(In):
    """A heading in Russian, in English or in both."""

    ru: Line | None = None
    en: Line | None = None


class Texts(In):
    """A text in Russian, in English or in both."""

    ru: Text | None = None
    en: Text | None = None


class AnnouncedOut(Out):
    """What came of a request."""

    id: str
    status: IncidentStatus | WorksStatus
    update: str | None = Field(description="The id of what was told, if something was")
    languages: LanguagesOut
    version: int = Field(description="As in the ETag")
    position: int = Field(description="For X-After-Position of a later query; 0 if it was already so")
    events: list[str] = Field(
        description="What was stored; empty if it was already so", examples=[["incident.updated"]]
    )


@dataclass(frozen=True)
class Announcing:
    """Who announces what, and for which request."""

    desk: Desk
    views: Projector
    asker: Asker
    asked: Asked
    response: Response
    if_match: str | None = None
    also: tuple[Intent, ...] = ()
    """What has to be stored in the same commit."""

    @property
    def by(self) -> Id:
        """The caller."""
        return self.asker.caller.person

    @property
    def update(self) -> Id:
        """The id of what is told by the request: the same when it is sent again."""
        return self.desk.name("update", self.asked.command)

    @property
    def known(self) -> frozenset[str]:
        """The components of the page."""
        return frozenset(self.desk.configured.state().of(ComponentDefined))

    def at(self, told: Instant | None, last: Instant = 0) -> Instant:
        """When it happened, unless somebody says so: now. Nobody tells of the future, or of a time before the desk.

        Of two who tell of something now, one after the `last`, the one that is stored later may have asked earlier.
        """
        if told is None and self.asker.at <= last <= self.asker.at + AT_ONCE:
            return last
        at = self.asker.at if told is None else told
        demand_of_the_desk(self.desk, at, now=self.asker.at)
        return at

    def with_also(self, *intents: Intent) -> "Announcing":
        """The same, with more to store in its commit."""
        return replace(self, also=(*self.also, *intents))

    def stream_of(self, code: str, kind: Kind) -> Id:
        """What the code stands for; `Refused` if there is no such thing."""
        named, _ = self.desk.reservations.load(self.desk.name(kind.value, code))
        return named.holder or self._seen(code, kind)

    def _seen(self, code: str, kind: Kind) -> Id:
        """What was imported has no name: it is found as soon as the views have read of it."""
        reader = Reader(self.views, (incidents.NAME,), self.asker.at, None, None)
        for position in (0, self.desk.log.head()):
            with reader.open(including=position) as reading:
                found = incidents.one(reading.connection, code)
            if found is not None and found.kind is kind:
                return found.stream
        raise Refused(UNKNOWN[kind])

    def __call__(self, streams: Streams[S, E], stream: Id, decide: Callable[[S], Sequence[E]]) -> AnnouncedOut:
        """Do it once; the answer is made of the decision's own events."""

        def act(command: Command) -> Acted[S, E]:
            _, version = streams.load(stream)
            matched = replace(command.with_also(*self.also), expected=_expected(self.if_match, version))
            return streams.act(matched, stream, decide)

        return self._answered(once(self.desk, self.asked, streams, stream, act), stream)

    def _answered(self, acted: Acted[Any, Any], stream: Id) -> AnnouncedOut:
        stream = acted.events[0].stream if acted.events else stream
        told = [each.event.update for each in acted.events if isinstance(each.event, IncidentUpdated | WorksUpdated)]
        self.response.headers["ETag"] = f'"{acted.version}"'
        return AnnouncedOut(
            id=code_of("incident", stream),
            status=acted.state.status,
            update=code_of("update", told[0]) if told else None,
            languages=languages(
                words_out(self.desk, text) for text in texts(self.desk.log.read(stream)[: acted.version]).values()
            ),
            version=acted.version,
            position=acted.position,
            events=[each.envelope.name for each in acted.events],
        )


def start_announcing(
    *,
    desk: TheDesk,
    views: TheViews,
    asker: TheAsker,
    asked: TheRequest,
    response: Response,
    if_match: Annotated[
        str | None, Header(description="Only if it is at this version (its ETag)", examples=['"3"'])
    ] = None,
) -> Announcing:
    """Everything that announcing needs, for those who may."""
    asker.demand(TokenScope.COMPONENTS_WRITE)
    return Announcing(desk, views, asker, asked, response, if_match)


TheAnnouncing: TypeAlias = Annotated[Announcing, Depends(start_announcing)]


def spoken(words: Titles | Texts | None) -> Mapping[str, str]:
    """By language, as a decision takes them."""
    return {} if words is None else words.model_dump(exclude_none=True)


def update_of(updates: Iterable[Id], code: str) -> Id:
    """The update of that code; `Refused` if there is none."""
    found = next((each for each in updates if code_of("update", each) == code), None)
    if found is None:
        raise Refused("update_unknown", update=code)
    return found


def says(desk: Desk, stream: Id, update: Id | None, words: Mapping[str, str]) -> bool:
    """Whether it says so already, in every language."""
    text = texts(desk.log.read(stream)).get(update)
    return text is not None and words_out(desk, text).model_dump(exclude_none=True, exclude={"state"}) == words


def _expected(if_match: str | None, version: int) -> int | None:
    """The version that must still be there (RFC 9110, 13.1.1); `Refused` if it is not there even now."""
    if if_match is None or if_match.strip() == "*":
        return None
    if version not in {int(tag[1]) for tag in map(TAG.fullmatch, if_match.split(",")) if tag}:
        raise Refused("changed_meanwhile", version=version)
    return version
