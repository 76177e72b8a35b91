from collections.abc import Callable, Sequence
from functools import reduce
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.event import Content
from domain.instant import HOUR
from domain.maintenance import (
    NEXT,
    OVER,
    Event,
    Update,
    Works,
    WorksAnnounced,
    WorksImported,
    WorksRescheduled,
    WorksReworded,
    WorksStatus,
    WorksUpdated,
    announce,
    bring_in,
    evolve,
    post,
    reschedule,
    reword,
    tick,
)
from domain.refusal import Refused

AT, START, END = HOUR, 5 * HOUR, 7 * HOUR
ANN = "a1" * 16
STREAM = "1" * 32
TITLE = {"ru": "Обновление базы", "en": "Database upgrade"}
TEXT = {"en": "Nothing is reachable meanwhile."}
KNOWN = frozenset({"web", "mail", "crm"})
SCHEDULED, IN_PROGRESS, VERIFYING = WorksStatus.SCHEDULED, WorksStatus.IN_PROGRESS, WorksStatus.VERIFYING
COMPLETED, CANCELLED = WorksStatus.COMPLETED, WorksStatus.CANCELLED
FIRST = Update("first", SCHEDULED, TEXT)


def announced(works: Works | None = None, **facts: Any) -> list[Event]:
    asked = {"components": frozenset({"web", "mail"}), "start": START, "end": END, "first": FIRST, **facts}
    return announce(works or Works(), stream=STREAM, title=TITLE, known=KNOWN, at=AT, by=ANN, **asked)


def posted(works: Works, name: str, status: WorksStatus, at: int = START) -> list[Event]:
    return post(works, stream=STREAM, update=Update(name, status, TEXT), at=at, by=ANN)


def moved(works: Works, start: int, end: int, at: int = AT) -> list[Event]:
    return reschedule(works, start=start, end=end, at=at, by=ANN)


def after(*batches: Sequence[Event]) -> Works:
    return reduce(evolve, [event for batch in batches for event in batch], Works())


def at_status(*statuses: WorksStatus) -> Works:
    """Announced, then told of each of these."""
    return reduce(
        lambda works, status: reduce(evolve, posted(works, status, status), works), statuses, after(announced())
    )


def refusal(decide: Callable[..., object], *facts: Any, **more: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        decide(*facts, **more)
    return refused.value


def test_works_are_announced_with_their_first_update() -> None:
    assert announced() == [
        WorksAnnounced(at=AT, start=START, end=END, components=("mail", "web"), title=Content(STREAM, TITLE), by=ANN),
        WorksUpdated(at=AT, update="first", status=SCHEDULED, text=Content(STREAM, TEXT), by=ANN),
    ]
    works = after(announced())
    assert (works.status, works.start, works.end, works.components) == (SCHEDULED, START, END, ("mail", "web"))
    assert (works.updates, works.updated_at) == (("first",), AT)


def test_works_are_announced_once() -> None:
    assert announced(after(announced()), components=frozenset(), start=0) == []


def test_works_may_begin_at_once() -> None:
    assert announced(start=AT)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"components": frozenset()}, Refused("components_missing")),
        ({"components": frozenset({"web", "sun", "moon"})}, Refused("component_unknown", component="moon")),
        ({"start": AT - 1}, Refused("works_too_late", start=AT - 1)),
        ({"end": START}, Refused("works_too_short", start=START, end=START)),
        ({"first": Update("first", IN_PROGRESS, TEXT)}, Refused("works_not_scheduled", wanted="in_progress")),
        ({"first": Update("first", SCHEDULED, {})}, Refused("text_missing", field="text")),
    ],
)
def test_an_announcement_makes_sense(facts: dict[str, Any], told: Refused) -> None:
    assert refusal(announced, **facts) == told


def test_works_have_a_title() -> None:
    facts: dict[str, Any] = {"components": KNOWN, "known": KNOWN, "start": START, "end": END, "at": AT}
    told = refusal(announce, Works(), stream=STREAM, title={"en": " "}, first=FIRST, **facts)
    assert told == Refused("text_missing", field="title")


def test_works_go_their_way() -> None:
    works = at_status(SCHEDULED, IN_PROGRESS, IN_PROGRESS, VERIFYING, VERIFYING)
    assert works.status is VERIFYING
    assert at_status(IN_PROGRESS, VERIFYING, IN_PROGRESS, COMPLETED).status is COMPLETED
    assert at_status(CANCELLED).status is CANCELLED


@pytest.mark.parametrize(
    ("course", "wanted"),
    [
        ((), VERIFYING),
        ((), COMPLETED),
        ((IN_PROGRESS,), SCHEDULED),
        ((IN_PROGRESS,), CANCELLED),
        ((IN_PROGRESS, VERIFYING), CANCELLED),
    ],
)
def test_works_skip_nothing_and_are_not_called_off_half_way(
    course: tuple[WorksStatus, ...], wanted: WorksStatus
) -> None:
    works = at_status(*course)
    assert refusal(posted, works, "x", wanted) == Refused("works_not_so_far", status=str(works.status), wanted=wanted)


@pytest.mark.parametrize("course", [(CANCELLED,), (IN_PROGRESS, COMPLETED)])
def test_of_works_that_are_over_nothing_more_is_told(course: tuple[WorksStatus, ...]) -> None:
    works = at_status(*course)
    over = Refused("works_over", status=course[-1])
    assert {refusal(posted, works, "x", status).code for status in WorksStatus} == {over.code}
    assert refusal(posted, works, "x", IN_PROGRESS) == refusal(moved, works, START, END) == over
    assert posted(works, course[-1], course[-1]) == posted(works, "first", SCHEDULED) == []


def test_updates_are_told_in_order() -> None:
    works = at_status(IN_PROGRESS)
    assert refusal(posted, works, "x", VERIFYING, at=START - 1) == Refused("update_too_early", last=START)
    assert posted(works, "x", VERIFYING, at=START)


def test_scheduled_works_are_done_at_another_time() -> None:
    works = after(announced())
    (event,) = moved(works, START + HOUR, END + HOUR)
    assert event == WorksRescheduled(at=AT, start=START + HOUR, end=END + HOUR, by=ANN)
    assert moved(evolve(works, event), START + HOUR, END + HOUR) == []
    assert moved(works, AT, AT + 1)


@pytest.mark.parametrize(
    ("window", "told"),
    [
        ((AT - 1, END), Refused("works_too_late", start=AT - 1)),
        ((END, END), Refused("works_too_short", start=END, end=END)),
    ],
)
def test_works_are_not_moved_into_the_past(window: tuple[int, int], told: Refused) -> None:
    assert refusal(moved, after(announced()), *window) == told


def test_of_works_under_way_only_the_end_moves() -> None:
    works = at_status(IN_PROGRESS)
    assert refusal(moved, works, START + 1, END, at=START) == Refused("works_under_way", start=START)
    (longer,) = moved(works, START, END + HOUR, at=END - 1)
    assert evolve(works, longer).end == END + HOUR
    (shorter,) = moved(works, START, END - HOUR, at=END - HOUR - 1)
    assert evolve(works, shorter).end == END - HOUR
    told = Refused("works_too_short", start=START, end=START + 1)
    assert refusal(moved, works, START, START + 1, at=START + 1) == told


@pytest.mark.parametrize("end", [START - 1, START])
def test_works_begun_early_do_not_end_before_their_announced_start(end: int) -> None:
    works = after(announced(), posted(after(announced()), "early", IN_PROGRESS, AT + HOUR))
    assert refusal(moved, works, START, end, at=AT + HOUR) == Refused("works_too_short", start=START, end=end)
    assert moved(works, START, START + 1, at=AT + HOUR)
    assert posted(works, "done", COMPLETED, AT + 2 * HOUR)


def test_works_begin_and_end_when_that_was_announced() -> None:
    works = after(announced())
    assert tick(works, stream=STREAM, update="t1", at=START - 1) == []
    begun = tick(works, stream=STREAM, update="t1", at=START)
    assert begun == [WorksUpdated(at=START, update="t1", status=IN_PROGRESS)]
    works = reduce(evolve, begun, works)
    assert tick(works, stream=STREAM, update="t2", at=END - 1) == []
    ended = tick(works, stream=STREAM, update="t2", at=END)
    assert ended == [WorksUpdated(at=END, update="t2", status=COMPLETED)]
    assert tick(reduce(evolve, ended, works), stream=STREAM, update="t3", at=END + 2) == []


def test_it_does_not_matter_how_late_it_is_noticed() -> None:
    (begun,) = tick(after(announced()), stream=STREAM, update="t1", at=END + HOUR)
    (ended,) = tick(evolve(after(announced()), begun), stream=STREAM, update="t2", at=END + HOUR)
    assert (begun.at, ended.at) == (START, END)


def test_works_that_are_being_verified_end_in_time_too() -> None:
    assert tick(at_status(IN_PROGRESS, VERIFYING), stream=STREAM, update="t", at=END)


def test_of_what_was_never_announced_nothing_happens() -> None:
    assert tick(Works(), stream=STREAM, update="t", at=END) == []
    told = [
        refusal(posted, Works(), "x", IN_PROGRESS),
        refusal(moved, Works(), START, END),
        refusal(reword, Works(), stream=STREAM, text=TEXT, update=None, at=AT),
    ]
    assert told == [Refused("works_unknown")] * 3


@pytest.mark.parametrize("name", [None, "first"])
def test_a_title_and_an_update_get_other_words_even_when_it_is_over(name: str | None) -> None:
    works = at_status(CANCELLED)
    (event,) = reword(works, stream=STREAM, text=TITLE, update=name, at=AT, by=ANN)
    assert event == WorksReworded(at=AT, text=Content(STREAM, TITLE), update=name, by=ANN)
    assert evolve(works, event) == works


def test_other_words_are_for_an_update_that_is_there_and_are_words() -> None:
    works = after(announced())
    assert refusal(reword, works, stream=STREAM, text=TEXT, update="x", at=AT) == Refused("update_unknown", update="x")
    for name, field in ((None, "title"), ("first", "text")):
        told = refusal(reword, works, stream=STREAM, text={}, update=name, at=AT)
        assert told == Refused("text_missing", field=field)


def test_where_they_come_from_is_said_once() -> None:
    facts: dict[str, Any] = {"source": "statuspage", "external": "abc", "url": "https://example.org/abc", "at": AT}
    works = after(announced(), bring_in(Works(), **facts))
    assert works.external == "abc"
    assert bring_in(works, **facts) == []
    assert bring_in(Works(), **facts) == [WorksImported(**facts)]


STATUSES = st.sampled_from(WorksStatus)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        WorksAnnounced,
        at=st.just(AT),
        start=st.integers(),
        end=st.integers(),
        components=st.just(("web",)),
        title=st.just(Content(STREAM, TITLE)),
    ),
    st.builds(WorksRescheduled, at=st.just(AT), start=st.integers(), end=st.integers()),
    st.builds(WorksUpdated, at=st.just(AT), update=st.text(), status=STATUSES, text=st.none()),
    st.builds(WorksReworded, at=st.just(AT), text=st.just(Content(STREAM, TEXT))),
    st.builds(WorksImported, at=st.just(AT), source=st.text(), external=st.text(), url=st.text()),
)


@given(st.lists(EVENTS, max_size=8))
def test_any_order_of_events_is_a_history(events: list[Event]) -> None:
    updates = [each for each in events if isinstance(each, WorksUpdated)]
    works = after(events)
    assert (works.status, len(works.updates)) == (updates[-1].status if updates else None, len(updates))


@given(st.lists(STATUSES, max_size=8))
def test_whatever_is_asked_for_only_what_may_follow_is_told(asked: list[WorksStatus]) -> None:
    works, course = after(announced()), [SCHEDULED]
    for number, status in enumerate(asked):
        if works.status in OVER or status not in NEXT[course[-1]]:
            assert refusal(posted, works, str(number), status).code in {"works_over", "works_not_so_far"}
        else:
            works, course = reduce(evolve, posted(works, str(number), status), works), [*course, status]
    assert all(later in NEXT[earlier] for earlier, later in pairwise(course))
    assert works.status is course[-1]


@given(st.lists(st.integers(0, 12).map(lambda hour: hour * HOUR), max_size=6).map(sorted))
def test_time_alone_ends_what_it_began(instants: list[int]) -> None:
    works = after(announced())
    for at in (*instants, END, END):
        works = reduce(evolve, tick(works, stream=STREAM, update=str(at), at=at), works)
    assert works.status is COMPLETED
