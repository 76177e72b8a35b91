"""A ticket with a long story, on a desk with opening hours, whose people and things have names."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from audit.proving import Published
from audit.replay import Past, Replay, replay, steps
from audit.replay_html import page
from audit.replay_proofs import Evidence, evidence
from audit.replay_text import text
from audit.replay_told import scope, title, told
from audit.then import Then, then
from domain.classification import Impact, Priority, Urgency
from domain.configuration.label import Label
from domain.configuration.line import LineDefined
from domain.configuration.team import TeamDefined
from domain.event import Content, Id, Source
from domain.instant import DAY, HOUR, MINUTE
from domain.organisation import OrganisationRegistered
from domain.person.identity import Registered
from domain.policy import Book
from domain.ticket import Event
from domain.ticket.assignment import accept, hand_over
from domain.ticket.classing import reprioritise
from domain.ticket.conversation import note, reply_automatically, write
from domain.ticket.feedback import rate
from domain.ticket.outcome import Closing, close, object_to, resolve
from domain.ticket.state import WaitFor
from domain.ticket.waiting import answer_and_wait
from service.settings import Settings
from store.envelope import Envelope
from store.log import Recorded
from tests.audit.bundles import SIGNER
from tests.cast import ACME, ANN, AT, BORIS, CY, LINES, OFFICE, REASONS
from tests.projections.story import Story, begin, level, published

HOSTILE = "</script><img src=x onerror=alert(1)>"
MAIL: dict[str, Any] = {"channel": "mail"}


def recorded(events: Sequence[Event], source: Source = Source.LIVE) -> Past:
    """The events as a log would give them, at positions 10, 20, 30 and so on."""
    return [
        Recorded(10 * number, "f" * 32, number, each, Envelope("ticket.x", 1, each.at, each.at, source, "c" * 32))
        for number, each in enumerate(events, start=1)
    ]


def a_desk(settings: Settings) -> Story:
    """Open on weekdays from nine to six."""
    story = begin(settings)
    promises = tuple(replace(each, calendar=OFFICE.key) for each in level().targets)
    configured = [published(OFFICE), level(version=2, targets=promises)]
    configured += [LineDefined(at=AT, key="1", label=Label("Первая линия", "First line"))]
    configured += [LineDefined(at=AT, key="2", label=Label("Вторая линия", "Second line"))]
    configured += [TeamDefined(at=AT, key="front", label=Label("Приёмная", "Front desk"), line="1")]
    configured += [TeamDefined(at=AT, key="network", label=Label("Сети", "Networks"), line="2")]
    story.tell("configuration", story.desk.name("configuration"), *configured)
    for person, name in ((CY, "Cy Young"), (ANN, "Ann Lee"), (BORIS, "Boris Orlov")):
        story.tell("people", person, Registered(at=AT, name=Content(person, {"name": name})))
    story.tell("organisations", ACME, OrganisationRegistered(at=AT, name=Content(ACME, {"name": "Acme & Sons"})))
    return story


def a_ticket(story: Story) -> Id:
    """Two days of it: it changes hands, waits, comes back, and is late."""
    stream = story.open(policy=2)
    take: dict[str, Any] = {"lines": LINES, "reasons": REASONS}
    story.do(stream, reply_automatically, message="0", body="We have received your request.", **MAIL)
    story.after(30 * MINUTE)
    story.do(stream, accept, by=ANN, teams=frozenset(["front"]))
    story.do(stream, note, message="1", by=ANN, body=f"Looks like the exchange. {HOSTILE}")
    asking: dict[str, Any] = {"what": WaitFor.CLIENT, "until": story.clock.now + DAY}
    story.do(stream, answer_and_wait, message="2", by=ANN, body="Which number do you call?", **asking, **MAIL)
    story.after(3 * HOUR)
    story.do(stream, write, message="3", by=CY, body="Every number.\nSince nine o'clock.", **MAIL)
    story.do(stream, hand_over, by=ANN, team="network", reason="skill", **take)
    story.after(20 * HOUR)
    story.tick(stream)
    story.do(stream, accept, by=BORIS, teams=frozenset(["network"]))
    high: dict[str, Any] = {"priority": Priority.HIGH, "impact": Impact.HIGH, "urgency": Urgency.MEDIUM}
    story.do(stream, reprioritise, by=BORIS, **high)
    story.after(HOUR)
    story.do(stream, resolve, message="4", by=BORIS, body="The trunk is registered again.")
    story.after(2 * HOUR)
    story.do(stream, object_to, message="5", by=CY, body="It is gone again.", **MAIL)
    story.after(HOUR)
    story.do(stream, resolve, message="6", by=BORIS, body="A cable was replaced.")
    story.after(HOUR)
    story.do(stream, close, how=Closing.CONFIRMED, book=book_of(story), by=CY)
    story.do(stream, rate, by=CY, csat=5)
    return stream


def book_of(story: Story) -> Book:
    return story.desk.configured.state().book()


def standing_now(story: Story, stream: Id) -> Replay:
    return replay(story.desk.log.read(stream), book_of(story), story.clock.now)


def all_steps(story: Story, stream: Id) -> list[Replay]:
    return list(steps(story.desk.log.read(stream), book_of(story), story.clock.now))


def known_now(story: Story, language: str = "en") -> Then:
    return then(story.desk, story.desk.log.head(), language)


def heading(shown: Replay, known: Then, **limits: Any) -> list[str]:
    return [
        title(shown.ticket, known),
        *scope(shown, known, **{"known": AT, "position": 9, "happened": None, **limits}),
    ]


def terminal(story: Story, stream: Id, language: str = "en") -> str:
    shown, known = standing_now(story, stream), known_now(story, language)
    return text(shown, known, heading(shown, known))


def proved(story: Story, stream: Id, published: Published | None = None) -> Evidence:
    """The evidence of the whole ticket; none is signed unless it is given."""
    past, positions = story.desk.log.read(stream), [position for position, _ in story.desk.log.envelopes()]
    return evidence(past, [positions.index(each.position) for each in past], SIGNER.key, published, AT)


def paged(story: Story, stream: Id, language: str = "en", published: Published | None = None) -> str:
    shown, known = all_steps(story, stream), known_now(story, language)
    return page(shown, known, heading(shown[-1], known), proved(story, stream, published))


def facts(story: Story, stream: Id, language: str = "en") -> dict[str, str]:
    return dict(told(standing_now(story, stream), known_now(story, language)).facts)
