"""The clock of the desk jumps by an hour under load, and back."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import sleep
from typing import Final

import pytest

from domain.event import Id
from domain.instant import HOUR, MINUTE
from domain.ticket.opening import TicketOpened
from domain.ticket.promise import ClockDecided
from domain.token import read_text
from service.build import build_desk, now
from service.settings import Settings
from store.log import Recorded
from tests.faults.clock import Clock, jumping_clock
from tests.faults.load import Load
from tests.faults.scene import EMBEDDED, WHOLE, under_load

JUMP: Final = HOUR // 1000
WRONG: Final = 10
"""Seconds for which the clock is wrong: fewer than it takes until the desk follows it."""


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return jumping_clock(tmp_path, monkeypatch)


@pytest.fixture(params=["embedded", "scaled"])
def desk(request: pytest.FixtureRequest) -> Settings:
    """On each of the two engines; the clock of the database server goes right."""
    found: Settings = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("jump", [JUMP, -JUMP])
def test_a_clock_that_jumps_to_and_fro_leaves_no_trace(desk: Settings, clock: Clock, tmp_path: Path, jump: int) -> None:
    with under_load(desk, tmp_path, WHOLE if desk.database_url else EMBEDDED) as scene:
        scene.load.await_more(30)
        clock.jump(jump)
        sleep(WRONG)
        clock.jump(0)
        scene.load.await_more(30)
        assert {each.starts for each in scene.processes.running} == {1}, "nobody had to be started again"
    assert [*untimely(desk, scene.load)] == []


def untimely(settings: Settings, load: Load) -> Iterator[str]:
    """What the timer decided of tickets that were opened when the clock was right: none of their clocks is due yet."""
    with closing(build_desk(settings)) as desk:
        bearer = read_text(load.asker.token)
        assert bearer
        asked = {desk.name("command", bearer[0], key) for key in load.record.attempted}
        tickets = [desk.log.read(stream) for stream in streams(desk.log.read_all(limit=10**6))]
    for events in tickets:
        opened, *later = events
        if abs(opened.event.at - now()) < HOUR - 10 * MINUTE:
            for each in later:
                if isinstance(each.event, ClockDecided) and each.envelope.command not in asked:
                    yield f"{each.event.clock} at position {each.position}"


def streams(log: list[Recorded[object]]) -> list[Id]:
    return [each.stream for each in log if isinstance(each.event, TicketOpened)]
