"""What is done on a ticket in many stories: solving, refusing, handing over, waiting, objecting, rating."""

from typing import Final

from domain.classification import Urgency
from domain.clock import Outcome
from domain.configuration.reason import Occasion
from domain.event import Id
from domain.instant import MINUTE, Instant
from domain.policy import Clock
from domain.ticket.assignment import hand_over
from domain.ticket.classing import reprioritise
from domain.ticket.feedback import rate
from domain.ticket.outcome import Closing, close, object_to, refuse, resolve
from domain.ticket.state import WaitFor
from domain.ticket.waiting import answer_and_wait
from service.demo import texts
from service.demo.play import Play, act, due_share, hear, message, pace, pass_until, say, work, worker

CONFIRMING: Final = 0.4
RATING: Final = 0.35
ASKED_TO_RECOMMEND: Final = 0.5
COMMENTING: Final = 0.3
"""The shares of clients that confirm, rate, are asked for the second scale, and say why."""
CONTENT: Final = 4
"""The marks from here on are those of content clients."""
GOOD_MARKS: Final = (1, 1, 5, 25, 68)
BAD_MARKS: Final = (8, 14, 30, 30, 18)
"""How often each mark from 1 to 5 is given."""


def finish(play: Play, share: float) -> None:
    """The rest of the work, the solution, and what the client thinks of it."""
    work(play, share * pace(play, Clock.RESOLUTION))
    settle(play)
    feedback(play)


def settle(play: Play) -> None:
    """Whoever works on it solves it."""
    act(play, resolve, message=message(play), by=worker(play).id, body=play.topic.solution)


def decline(play: Play) -> None:
    """Whoever works on it refuses it."""
    causes = play.world.reasons(Occasion.REFUSAL)
    cause = play.random.choice(sorted(causes))
    explanation, alternatives = texts.REFUSALS[cause]
    said = {"explanation": explanation, "alternatives": alternatives}
    act(play, refuse, message=message(play), by=worker(play).id, cause=cause, causes=causes, **said)


def feedback(play: Play) -> None:
    """Some confirm, some rate; the silence of the others is consent."""
    if play.random.random() < CONFIRMING:
        pass_until(play, play.at + play.random.randint(20, 600) * MINUTE)
        end(play, Closing.CONFIRMED, play.request.requester)
    if play.random.random() < RATING:
        pass_until(play, play.at + play.random.randint(10, 400) * MINUTE)
        _rate(play)


def _rate(play: Play) -> None:
    """Whoever was kept waiting is less content."""
    late = any(each.outcome is Outcome.BREACHED for each in play.ticket.clocks.verdicts)
    csat = play.random.choices(range(1, 6), BAD_MARKS if late else GOOD_MARKS)[0]
    nps = min(10, 2 * csat + play.random.randint(-1, 0)) if play.random.random() < ASKED_TO_RECOMMEND else None
    said = play.random.choice(texts.PRAISE if csat >= CONTENT else texts.BLAME)
    comment = said if play.random.random() < COMMENTING else ""
    act(play, rate, by=play.request.requester, csat=csat, nps=nps, comment=comment)


def end(play: Play, how: Closing, by: Id, agreed: Id | None = None) -> None:
    """Somebody closes it."""
    act(play, close, how=how, book=play.world.configuration.book(), by=by, agreed=agreed)


def give(play: Play, team: str, reason: str) -> None:
    """Hand it over; somebody there takes it soon."""
    say(play, texts.HANDED_OVER)
    facts = {"team": team, "reason": reason, "reasons": play.world.reasons(Occasion.HAND_OVER)}
    act(play, hand_over, by=worker(play).id, lines=play.world.lines, **facts)
    pass_until(play, due_share(play, Clock.REACTION, play.at, pace(play, Clock.REACTION)))
    worker(play)


def second_line(play: Play) -> str:
    """The team of the second line that knows about it."""
    return "network" if play.topic.category == "network" else "platform"


def wait(play: Play, what: WaitFor, until: Instant, body: str, agreed: Id | None = None) -> None:
    """Tell the client what is waited for, and wait."""
    said = {"message": message(play), "channel": play.request.channel, "body": body}
    act(play, answer_and_wait, by=worker(play).id, what=what, until=until, agreed=agreed, **said)


def talk(play: Play, body: str) -> None:
    """The client writes and is answered."""
    hear(play, body)
    pass_until(play, due_share(play, Clock.NEXT_RESPONSE, play.at, pace(play, Clock.NEXT_RESPONSE)))
    say(play, play.random.choice(texts.UPDATES))


def come_back(play: Play) -> None:
    """The client objects and is answered."""
    said = {"channel": play.request.channel, "body": play.random.choice(texts.OBJECTIONS)}
    act(play, object_to, message=message(play), by=play.request.requester, **said)
    pass_until(play, due_share(play, Clock.NEXT_RESPONSE, play.at, pace(play, Clock.NEXT_RESPONSE)))
    say(play, play.random.choice(texts.ANSWERS))


def more_urgent(play: Play) -> None:
    """The client's word makes it more urgent: the matrix tells the priority."""
    impact, urgency = play.ticket.impact, Urgency.HIGH
    priority = play.world.configuration.priority(impact, urgency)
    act(play, reprioritise, priority=priority, impact=impact, urgency=urgency, by=worker(play).id)
