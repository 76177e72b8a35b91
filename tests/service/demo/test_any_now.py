"""Whatever the day and the hour: tickets stand open in every way."""

from pathlib import Path

import pytest

from domain.deadline import Standing, standing
from domain.instant import DAY, HOUR, Instant
from domain.ticket.promise import is_hanging
from domain.ticket.state import Stage, WaitFor
from service.build import build_desk
from service.demo import _configured
from service.demo.cast import introduced
from service.demo.play import World
from service.demo.scenario import beginning, tickets
from service.settings import Settings
from tests.service.demo.shown import NOW

NIGHT = NOW + 13 * HOUR
SUNDAY = NOW + 4 * DAY
NEW_YEAR = NOW + 46 * DAY


@pytest.mark.parametrize("now", [NIGHT, SUNDAY, NEW_YEAR])
def test_everything_is_there_to_be_seen(tmp_path: Path, now: Instant) -> None:
    desk = build_desk(Settings(data_dir=tmp_path))
    start = beginning(now)
    configuration, _ = _configured(desk, start)
    world = World(start, now, configuration, introduced(desk, start)[0])
    book = configuration.book()
    found = [play.ticket for play in tickets(world, desk.name, lambda _: None) if play.ticket.is_live]
    desk.close()
    assert {ticket.stage for ticket in found} == set(Stage) - {Stage.NONE, Stage.CLOSED, Stage.MERGED}
    assert {ticket.waits_for for ticket in found} == {None, *WaitFor}
    assert {standing(each.clocks, run, book, now) for each in found for run in each.clocks.runs} == set(Standing)
    assert any(is_hanging(ticket, book, now) for ticket in found)
