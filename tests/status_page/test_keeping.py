"""The newest edition follows the views: what is announced at once, what changes figures of tickets alone by and by."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic, sleep

import pytest

from domain.component import ComponentStatus
from domain.instant import DAY
from status_page import serving
from status_page.press import Press
from tests.status_page.stage import Stage

PATIENCE = 30
"""Seconds."""


@contextmanager
def kept(stage: Stage) -> Iterator[None]:
    stopping = Event()
    keeping = Thread(target=stage.site.keep, args=(stopping,))
    keeping.start()
    try:
        yield
    finally:
        stopping.set()
        keeping.join(PATIENCE)


def eventually(holds: Callable[[], bool]) -> bool:
    until = monotonic() + PATIENCE
    while not holds() and monotonic() < until:
        sleep(0.01)
    return holds()


def is_new(stage: Stage) -> bool:
    return stage.site.press.printed.mark.position == stage.story.desk.log.head()


def test_what_is_announced_is_due_at_once_and_tickets_only_when_they_count(fine: Stage) -> None:
    press = fine.site.press
    assert [press.is_due(tickets=each) for each in (True, False)] == [False, False]
    fine.taken()
    fine.story.projector.catch_up()
    assert [press.is_due(tickets=each) for each in (True, False)] == [True, False]
    fine.incident({"web": ComponentStatus.DEGRADED})
    fine.story.projector.catch_up()
    assert press.is_due(tickets=False)


def test_at_midnight_an_edition_is_due_though_nothing_happened(fine: Stage) -> None:
    fine.story.after(DAY)
    assert fine.site.press.is_due(tickets=False)


def test_what_is_announced_waits_for_no_tickets(fine: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "REST", 1_000_000)
    fine.taken()
    fine.story.projector.catch_up()
    with kept(fine):
        assert eventually(lambda: is_new(fine))
        fine.taken()
        fine.story.projector.catch_up()
        fine.set("web", ComponentStatus.DEGRADED)
        fine.story.projector.catch_up()
        assert eventually(lambda: is_new(fine))


def test_tickets_alone_make_an_edition_after_a_rest(fine: Stage) -> None:
    with kept(fine):
        fine.taken()
        fine.story.projector.catch_up()
        assert eventually(lambda: is_new(fine))


def test_while_it_rests_tickets_make_no_edition(fine: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked is until the thread has looked several times."""
    asked: list[bool] = []
    looking = Press.is_due

    def counting(press: Press, *, tickets: bool) -> bool:
        asked.append(tickets)
        return looking(press, tickets=tickets)

    monkeypatch.setattr(serving, "REST", 1_000_000)
    monkeypatch.setattr(Press, "is_due", counting)
    fine.taken()
    fine.story.projector.catch_up()
    with kept(fine):
        assert eventually(lambda: is_new(fine) and len(asked) > 0)
        known = fine.site.press.printed
        fine.taken()
        fine.story.projector.catch_up()
        seen = len(asked)
        assert eventually(lambda: len(asked) > seen + 3)
        assert fine.site.press.printed is known
        assert not any(asked)
