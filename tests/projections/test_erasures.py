from domain.erasure import ErasedKind, ErasureCompleted, ErasureRequested, Ground
from domain.instant import HOUR
from domain.person import Right
from domain.person.identity import Deactivated, MergedInto
from domain.person.membership import Granted, Revoked
from domain.ticket.heir import pass_on
from domain.ticket.outcome import Closing, close
from domain.token import TokenIssued, TokenRevoked, TokenScope
from projections import erasures
from projections.erasures import Known
from tests.cast import ANN, AROUND_THE_CLOCK, AT, BORIS, CY, DORA
from tests.projections.story import Story

ONE, TWO = "1" * 32, "2" * 32
GROUND, KIND = Ground.CONSENT_WITHDRAWN, ErasedKind.PERSON


def ask(story: Story, erasure: str, *identities: str, at: int = AT) -> None:
    said = ErasureRequested(at=at, ground=GROUND, kind=KIND, subject=identities[0], identities=identities)
    story.tell("erasures", erasure, said)


def complete(story: Story, erasure: str) -> None:
    story.tell("erasures", erasure, ErasureCompleted(at=AT + HOUR, keys=1, sections=7, digest=""))


def issue(story: Story, token: str, person: str) -> None:
    scopes = (TokenScope.TICKETS_READ,)
    story.tell("tokens", token, TokenIssued(at=AT, hash="x", person=person, scopes=scopes, label=""))


def test_erasures_are_listed_the_newest_first(any_story: Story) -> None:
    story = any_story
    ask(story, ONE, CY)
    ask(story, TWO, ANN, at=AT + 1)
    complete(story, ONE)
    with story.seen() as connection:
        assert erasures.every(connection) == [
            Known(TWO, KIND, GROUND, AT + 1, None, None),
            Known(ONE, KIND, GROUND, AT, AT + HOUR, 7),
        ]
        assert erasures.unfinished(connection, limit=5) == [TWO]


def test_what_is_not_complete_is_gone_on_with_the_oldest_first(story: Story) -> None:
    ask(story, TWO, CY)
    ask(story, ONE, ANN, at=AT + 1)
    with story.seen() as connection:
        assert erasures.unfinished(connection, limit=5) == [TWO, ONE]
        assert erasures.unfinished(connection, limit=1) == [TWO]


def test_tokens_hold_until_they_are_revoked(story: Story) -> None:
    issue(story, ONE, CY)
    issue(story, TWO, CY)
    story.tell("tokens", TWO, TokenRevoked(at=AT))
    issue(story, "3" * 32, ANN)
    with story.seen() as connection:
        assert erasures.to_be_ended(connection, [CY, BORIS]) == ([ONE], [])


def test_a_ticket_is_its_requesters_until_it_is_over_or_passed_on(story: Story) -> None:
    live, over, passed = story.open(), story.open(), story.open()
    story.do(over, close, how=Closing.WITHDRAWN, book=AROUND_THE_CLOCK, by=CY)
    story.do(passed, pass_on, erased=[CY])
    with story.seen() as connection:
        assert erasures.to_be_ended(connection, [CY]) == ([], [live])
        assert erasures.to_be_ended(connection, [ANN]) == ([], [])


def test_tickets_of_erased_people_are_told_from_others(story: Story) -> None:
    live = story.open()
    story.open(requester=ANN)
    with story.seen() as connection:
        assert erasures.tickets_of_erased(connection, limit=5) == []
    ask(story, ONE, BORIS, CY)
    with story.seen() as connection:
        assert erasures.tickets_of_erased(connection, limit=5) == [live]


def test_administrators_are_those_who_can_act(story: Story) -> None:
    for person in (ANN, BORIS, CY, DORA):
        story.tell("people", person, Granted(at=AT, right=Right.ADMINISTRATOR), Granted(at=AT, right=Right.LEAD))
    story.tell("people", BORIS, Deactivated(at=AT))
    story.tell("people", CY, Revoked(at=AT, right=Right.ADMINISTRATOR))
    story.tell("people", DORA, MergedInto(at=AT, into=ANN))
    with story.seen() as connection:
        assert erasures.administrators(connection) == {ANN}
    story.tell("people", ANN, Revoked(at=AT, right=Right.LEAD))
    with story.seen() as connection:
        assert erasures.administrators(connection) == {ANN}
