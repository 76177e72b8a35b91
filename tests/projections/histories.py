"""Random histories of a few tickets: whatever people and time do to them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import uuid4

from hypothesis import strategies as st

from domain import subscription
from domain.alert import AlertAction
from domain.classification import Complexity, Impact, Kind, Priority, Urgency
from domain.clock import Exclusion
from domain.component import ComponentStatus, StatusSet, Through, observe, release, withdraw_probe
from domain.event import Content, Id
from domain.incident import IncidentStatus
from domain.instant import DAY, HOUR, MINUTE, Duration
from domain.maintenance import WorksStatus
from domain.policy import Clock
from domain.refusal import Refused
from domain.subscription import Proof, SubscriptionChannel
from domain.ticket.assignment import accept, assign, hand_over
from domain.ticket.classing import categorise, reclassify, reprioritise
from domain.ticket.conversation import answer, note, write
from domain.ticket.feedback import rate
from domain.ticket.joining import join_duplicate, link, merge
from domain.ticket.outcome import Closing, close, refuse, reopen, resolve
from domain.ticket.promise import exclude, state_next_act
from domain.ticket.state import WaitFor
from domain.ticket.waiting import go_on, wait
from service.settings import Settings
from store.streams import Command
from tests.cast import ACME, ANN, BORIS, CAUSES, CY, LINES, REASONS
from tests.projections import alerting, announcing, subscribing
from tests.projections.story import Story, begin

Act = Callable[[Story, str, str], None]


def _do(decide: Callable[..., Any], **facts: Any) -> Act:
    return lambda story, stream, _: story.do(stream, decide, **facts)


def _say(decide: Callable[..., Any], **facts: Any) -> Act:
    return lambda story, stream, _: story.do(stream, decide, message=uuid4().hex, **facts)


def _until(decide: Callable[..., Any], name: str, **facts: Any) -> Act:
    return lambda story, stream, _: story.do(stream, decide, **{name: story.clock.now + HOUR}, **facts)


def _closed(how: Closing) -> Act:
    def act(story: Story, stream: str, _: str) -> None:
        story.do(stream, close, how=how, book=story.desk.configured.state().book(), by=CY)

    return act


def _component(story: Story, _: str, __: str, ago: Duration = 0) -> None:
    status, why = list(ComponentStatus)[story.desk.log.head() % 5], Content(ANN, {"why": "Disk is full"})
    at = story.clock.now - ago
    told = StatusSet(at=at, component="web", status=status, through=Through.PERSON, by=ANN, why=why)
    with suppress(Refused):  # whoever was erased says nothing any more
        story.tell("components", story.desk.name("component", "web"), told)


def _probe(story: Story, _: str, __: str, decide: Any = observe, **facts: Any) -> None:
    """What a probe says of the component, confirmed; None: it fell silent."""
    numbered = {"probe": "https", "number": story.desk.log.head()} if decide is observe else {}
    stream, at = story.desk.name("component", "web"), story.clock.now
    with suppress(Refused):
        story.desk.components.act(Command(uuid4().hex), stream, decide, key="web", at=at, **numbered, **facts)


def incident_of(stream: Id) -> Id:
    """Each ticket has an incident of its own."""
    return stream[::-1]


def works_of(stream: Id) -> Id:
    """And works."""
    return stream[16:] + stream[:16]


def alert_of(stream: Id) -> Id:
    """And an alert."""
    return stream[24:] + stream[:24]


def subscription_of(stream: Id) -> Id:
    """And somebody who is told."""
    return stream[8:] + stream[:8]


def _told(tell: Callable[..., object], stream_of: Callable[[Id], Id], *args: Any, **facts: Any) -> Act:
    """What is refused is not told."""

    def act(story: Story, stream: Id, _: Id) -> None:
        with suppress(Refused):
            tell(story, stream_of(stream), *args, **facts)

    return act


def _put_off(story: Story, stream: Id) -> int:
    return announcing.put_off(story, stream, story.clock.now + HOUR, story.clock.now + 3 * HOUR)


def _reword(story: Story, stream: Id) -> int:
    newest = story.desk.incidents.load(stream)[0].updates[-1:]
    return announcing.reword(story, stream, *newest)


def _answer(story: Story, stream: Id) -> int:
    return alerting.answer(story, stream, AlertAction.INCIDENT, incident=incident_of(stream))


WEIGHTED: Final = {"impact": Impact.HIGH, "urgency": Urgency.HIGH, "by": ANN}
ACTS: Final[Mapping[str, Act]] = {
    "accept": _do(accept, by=ANN, teams=frozenset(LINES)),
    "assign": _do(assign, by=ANN, owner=BORIS, teams=frozenset({"front"}), serves=True, lines=LINES),
    "hand over": _do(hand_over, by=ANN, team="network", reason="skill", reasons=REASONS, lines=LINES),
    "hand back": _do(hand_over, by=BORIS, team="front", reason="skill", reasons=REASONS, lines=LINES),
    "raise": _do(reprioritise, priority=Priority.CRITICAL, **WEIGHTED),
    "lower": _do(reprioritise, priority=Priority.LOW, **WEIGHTED),
    "ask": _do(reclassify, kind=Kind.QUESTION, by=ANN),
    "file": _do(categorise, category="network", complexity=Complexity.COMPLEX, by=ANN),
    "write": _say(write, by=CY, channel="mail", body="Any news?"),
    "answer": _say(answer, by=ANN, channel="mail", body="Soon"),
    "note": _say(note, by=ANN, body="Odd"),
    "wait": _until(wait, "until", what=WaitFor.CLIENT, by=ANN),
    "go on": _do(go_on, by=ANN),
    "plan": _until(state_next_act, "due", what="Call", by=ANN),
    "resolve": _say(resolve, by=ANN, body="Try again"),
    "refuse": _say(refuse, by=ANN, cause="out_of_scope", causes=CAUSES, explanation="No", alternatives="Ask"),
    "reopen": _do(reopen, by=CY),
    "confirm": _closed(Closing.CONFIRMED),
    "withdraw": _closed(Closing.WITHDRAWN),
    "rate": _do(rate, by=CY, csat=4, nps=9, comment="Fine"),
    "exclude": _do(exclude, clock=Clock.REACTION, instance=1, reason=Exclusion.CLOCK_ERROR, by=ANN),
    "link": lambda story, stream, other: story.do(stream, link, ticket_id=stream, to=other, how="related", by=ANN),
    "merge": lambda story, stream, other: story.do(
        stream, merge, ticket_id=stream, into=other, organisation=ACME, by=ANN
    ),
    "join": lambda story, stream, other: story.do(
        stream, join_duplicate, duplicate=other, participants=frozenset({ANN, BORIS}), by=ANN
    ),
    "tick": lambda story, stream, _: story.tick(stream),
    "component": _component,
    "component late": partial(_component, ago=3 * HOUR),
    "probe": partial(_probe, status=ComponentStatus.OPERATIONAL),
    "probe fails": partial(_probe, status=ComponentStatus.PARTIAL_OUTAGE),
    "probe falls silent": partial(_probe, status=None),
    "probe withdrawn": partial(_probe, decide=withdraw_probe, probe="https"),
    "component released": partial(_probe, decide=release, by=ANN),
    "incident": _told(announcing.announce, incident_of),
    "incident late": _told(announcing.announce, incident_of, ago=2 * HOUR),
    "incident spreads": _told(announcing.post, incident_of, IncidentStatus.IDENTIFIED, mail=ComponentStatus.DEGRADED),
    "incident wanes": _told(announcing.post, incident_of, IncidentStatus.MONITORING, web=ComponentStatus.OPERATIONAL),
    "incident ends": _told(announcing.post, incident_of, IncidentStatus.RESOLVED),
    "incident reworded": _told(_reword, incident_of),
    "incident imported": _told(lambda story, stream: announcing.bring_in(story, "incidents", stream), incident_of),
    "works": _told(announcing.plan, works_of),
    "works ahead": _told(announcing.plan, works_of, after=25 * HOUR),
    "works put off": _told(_put_off, works_of),
    "works begin": _told(announcing.turn, works_of, WorksStatus.IN_PROGRESS),
    "works wait": _told(announcing.wait, works_of),
    "works end": _told(announcing.turn, works_of, WorksStatus.COMPLETED),
    "works called off": _told(announcing.turn, works_of, WorksStatus.CANCELLED),
    "alert": _told(alerting.fire, alert_of),
    "alert ends": _told(alerting.end, alert_of),
    "alert is over": _told(alerting.settle, alert_of),
    "alert opens": _told(_answer, alert_of),
    "alert proposes": _told(alerting.answer, alert_of, AlertAction.DRAFT),
    "alert is published": _told(lambda story, stream: alerting.publish(story, stream, incident_of(stream)), alert_of),
    "alert is dismissed": _told(alerting.dismiss, alert_of),
    "ask to be told": _told(subscribing.ask, subscription_of, "web"),
    "ask to be told of all": _told(subscribing.ask, subscription_of, channel=SubscriptionChannel.WEBHOOK),
    "confirm to be told": _told(subscribing.do, subscription_of, subscription.confirm, proof=Proof.LINK),
    "be told of another": _told(subscribing.wish, subscription_of, "mail"),
    "be told no more": _told(subscribing.unsubscribe, subscription_of),
    "be out of reach": _told(subscribing.fail, subscription_of),
    "be forgotten": _told(subscribing.lose, subscription_of),
}

STEPS: Final = st.lists(
    st.tuples(
        st.sampled_from(sorted(ACTS)), st.integers(0, 2), st.sampled_from([0, MINUTE, 15 * MINUTE, 2 * HOUR, DAY])
    ),
    max_size=24,
)


@contextmanager
def history(steps: list[tuple[str, int, int]], after_each: Callable[[Story], None] = lambda _: None) -> Iterator[Story]:
    """A desk of its own on which this happened to three tickets."""
    with TemporaryDirectory() as folder:
        story = begin(Settings(data_dir=Path(folder)))
        streams = [story.open(), story.open(priority=Priority.HIGH), story.open(kind=Kind.REQUEST)]
        for name, number, duration in steps:
            story.after(duration)
            ACTS[name](story, streams[number], streams[number - 1])
            after_each(story)
        yield story
        story.close()
