"""The texts of closed tickets are deleted, and nothing else; each once, whatever happens to their authors meanwhile."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domain.erasure import ErasureStep, ErasureTextsChosen
from domain.event import Id
from domain.refusal import Refused
from domain.ticket.conversation import answer, note
from domain.ticket.outcome import Closing, close, reopen
from service import build
from service.settings import Settings
from store.desk import Desk
from store.erased import Undecided
from store.erasing import delete_sections, destroy_keys, erase_again, erasure_at, request, whole_person
from store.expiring import choose_texts, delete_texts, request_expiry
from store.sealing import Erased
from store.section import Section
from store.streams import Command
from tests.cast import ANN, AROUND_THE_CLOCK, AT, CY
from tests.store.lives import DEMAND, WORDS, act, erase, first_text, person, ticket
from tests.store.test_erasing_again import Crashed


def closed(desk: Desk, requester: Id) -> Id:
    """With two texts, the question and the answer."""
    stream = ticket(desk, requester)
    act(desk, "tickets", stream, answer, message="a", by=ANN, channel="mail", body=WORDS)
    act(desk, "tickets", stream, close, how=Closing.WITHDRAWN, book=AROUND_THE_CLOCK, by=requester)
    return stream


def ask(desk: Desk, *tickets: Id) -> Id:
    erasure = request_expiry(desk, tickets, until=AT, at=AT)
    assert erasure
    return erasure


def carry_out(desk: Desk, erasure: Id) -> None:
    choose_texts(desk, erasure)
    delete_texts(desk, erasure)


def expire(desk: Desk, *tickets: Id) -> Id:
    erasure = ask(desk, *tickets)
    carry_out(desk, erasure)
    return erasure


def texts(desk: Desk, erasure: Id) -> int:
    return erasure_at(desk, erasure).sections


def sections(desk: Desk) -> list[Section]:
    return [section for each in desk.log.stored() for section in each.sections]


def test_the_words_on_the_ticket_are_gone_and_all_others_stay(desk: Desk) -> None:
    cy = person(desk)
    old, other = closed(desk, cy), closed(desk, cy)
    done = erasure_at(desk, expire(desk, old))
    assert (done.step, done.keys, done.sections) == (ErasureStep.COMPLETED, 0, 2)
    assert first_text(desk, old, "text", cy) == Erased()
    assert first_text(desk, other, "text", cy) == {"subject": WORDS, "body": WORDS}
    assert first_text(desk, cy, "name", cy) == {"name": WORDS}


def test_where_a_text_was_is_still_seen_and_no_envelope_is_touched(desk: Desk) -> None:
    old, before = closed(desk, person(desk)), [*desk.log.stored()]
    expire(desk, old)
    after = [*desk.log.stored()][: len(before)]
    assert [each.envelope for each in after] == [each.envelope for each in before]
    for was, each in zip(before, after, strict=True):
        for one, other in zip(was.sections, each.sections, strict=True):
            is_of_ticket = was.stream == old and one.name != "facts"
            assert other == (one._replace(nonce=b"", ciphertext=b"") if is_of_ticket else one)
            assert other.is_deleted is is_of_ticket


def test_a_ticket_knows_that_its_texts_expired_and_with_what(desk: Desk) -> None:
    old = closed(desk, person(desk))
    erasure = ask(desk, old)
    assert desk.tickets.load(old)[0].texts_expired_at == AT
    assert desk.log.read(old)[-1].event.erasure == erasure
    assert desk.log.read(old)[-1].envelope.command == erasure
    for decide, facts in ((reopen, {"by": CY}), (note, {"message": "n", "by": ANN, "body": WORDS})):
        with pytest.raises(Refused, match="texts_expired"):
            act(desk, "tickets", old, decide, **facts)


def test_only_what_is_over_for_long_enough_is_asked_for(desk: Desk) -> None:
    cy = person(desk)
    old, live = closed(desk, cy), ticket(desk, cy)
    assert request_expiry(desk, [old, live], until=AT - 1, at=AT) is None
    assert request_expiry(desk, [live], until=AT, at=AT) is None
    assert erasure_at(desk, ask(desk, old, live)).tickets == (old,)
    assert request_expiry(desk, [old, live], until=AT, at=AT) is None


def test_of_one_that_is_reopened_at_that_moment_nothing_is_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    old = closed(desk, person(desk))

    def just_reopened(*_: Any) -> bool:
        act(desk, "tickets", old, reopen, by=CY)
        return True

    monkeypatch.setattr("store.expiring._is_due", just_reopened)
    with pytest.raises(Refused, match="ticket_in_use"):
        request_expiry(desk, [old], until=AT, at=AT)
    assert desk.log.erasures() == []


def test_the_counts_are_told_by_event(desk: Desk) -> None:
    cy = person(desk)
    old = [closed(desk, cy) for _ in range(3)]
    chosen = desk.log.read(expire(desk, *old))[1].event
    assert isinstance(chosen, ErasureTextsChosen)
    assert (chosen.tickets, chosen.counts) == (3, {"ticket.opened": 3, "ticket.answered": 3})


def test_whoever_is_erased_before_has_nothing_left_to_expire(desk: Desk) -> None:
    cy, eve = person(desk), person(desk)
    old, hers = closed(desk, cy), closed(desk, eve)
    gone = erase(desk, whole_person(desk, cy))
    assert (texts(desk, gone), texts(desk, expire(desk, old, hers))) == (3, 2)


def test_whoever_is_erased_afterwards_has_only_the_rest_to_lose(desk: Desk) -> None:
    cy = person(desk)
    old = closed(desk, cy)
    assert texts(desk, expire(desk, old)) == 2
    assert texts(desk, erase(desk, whole_person(desk, cy))) == 1
    assert first_text(desk, old, "text", cy) == Erased()


def test_a_text_whose_ticket_expired_first_is_its_tickets_however_late_it_is_counted(desk: Desk) -> None:
    cy = person(desk)
    erasure = ask(desk, closed(desk, cy))
    gone = erase(desk, whole_person(desk, cy))
    carry_out(desk, erasure)
    assert (texts(desk, erasure), texts(desk, gone)) == (2, 1)


def test_while_an_author_is_being_erased_nobody_knows_whose_the_texts_are(desk: Desk) -> None:
    cy, asked = person(desk), Command(desk.new_id())
    erasure = ask(desk, closed(desk, cy))
    request(desk, asked, whole_person(desk, cy), DEMAND)
    desk.keys.destroy(cy, AT)
    with pytest.raises(Undecided):
        carry_out(desk, erasure)
    destroy_keys(desk, asked.id)
    delete_sections(desk, asked.id)
    carry_out(desk, erasure)
    assert (texts(desk, erasure), texts(desk, asked.id)) == (2, 1)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_after_a_crash_at_any_step_it_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, count: int, *, before: bool
) -> None:
    """The steps: the choice stored, the texts deleted, that stored."""
    old = closed(desk, person(desk))
    erasure, steps = ask(desk, old), iter(range(1, 4))

    def dying(do: Callable[..., Any], *arguments: Any, **facts: Any) -> Any:
        dies = next(steps) == count
        if dies and before:
            raise Crashed
        done = do(*arguments, **facts)
        if dies:
            raise Crashed
        return done

    with monkeypatch.context() as patch:
        for name in ("append", "delete_texts"):
            inner = getattr(type(desk.log), name)
            patch.setattr(type(desk.log), name, lambda *a, _inner=inner, **f: dying(_inner, *a, **f))
        with pytest.raises(Crashed):
            carry_out(desk, erasure)
    carry_out(desk, erasure)
    assert (erasure_at(desk, erasure).step, texts(desk, erasure)) == (ErasureStep.COMPLETED, 2)
    assert not desk.log.has_texts([old])
    head = desk.log.head()
    carry_out(desk, erasure)
    assert desk.log.head() == head


def test_texts_that_are_back_from_an_older_copy_are_deleted_at_the_next_start(desk: Desk) -> None:
    cy = person(desk)
    old, going = closed(desk, cy), closed(desk, cy)
    older = [each for each in sections(desk) if each.stream.hex == old]
    expire(desk, old)
    ask(desk, going)
    _bring_back(desk, older)
    assert first_text(desk, old, "text", cy) == {"subject": WORDS, "body": WORDS}
    erase_again(desk)
    assert not desk.log.has_texts([old])
    assert desk.log.has_texts([going])
    assert first_text(desk, old, "text", cy) == Erased()


def _bring_back(desk: Desk, older: list[Section]) -> None:
    recorder: Any = desk.log._recorder
    is_sqlite = "SQLite" in type(recorder).__name__
    mark = "?" if is_sqlite else "%s"
    statement = (
        f"UPDATE sections SET nonce={mark}, ciphertext={mark}"  # noqa: S608
        f" WHERE originator_id={mark} AND originator_version={mark} AND name={mark}"
    )
    with recorder.datastore.transaction(commit=True) as cursor:
        for each in older:
            stream = each.stream.hex if is_sqlite else each.stream
            cursor.execute(statement, (each.nonce, each.ciphertext, stream, each.version, each.name))


def test_neither_the_words_nor_what_was_sealed_of_them_is_in_any_file(sqlite_settings: Settings) -> None:
    desk = build.build_desk(sqlite_settings)
    cy = person(desk)
    old = [closed(desk, cy) for _ in range(40)]
    sealed = [each.ciphertext for each in sections(desk) if each.stream.hex in old and each.name != "facts"]
    assert len(sealed) == 80
    assert any(sealed[0] in path.read_bytes() for path in sqlite_settings.data_dir.iterdir())
    erasure = request_expiry(desk, old, until=desk.now(), at=desk.now())
    assert erasure
    carry_out(desk, erasure)
    for path in sqlite_settings.data_dir.iterdir():
        _demand_nothing_of(path, sealed)
    desk.close()


def _demand_nothing_of(path: Path, sealed: list[bytes]) -> None:
    content = path.read_bytes()
    assert WORDS.encode() not in content
    assert [each for each in sealed if each in content] == [], path.name
