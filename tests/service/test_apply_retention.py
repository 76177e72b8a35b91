"""What a desk file says of how long texts are kept."""

from typing import Any

import pytest

from domain.instant import DAY
from service.apply import plan
from service.build import build_desk
from service.settings import Settings
from store.desk import Desk
from tests.cast import AT
from tests.service.desk_files import apply, default, mistakes, written


@pytest.fixture
def desk(sqlite_settings: Settings) -> Desk:
    return build_desk(sqlite_settings)


def keeping(kept: Any) -> dict[str, Any]:
    return default() | {"retention": {"closed_tickets": kept}}


def test_a_file_that_says_nothing_of_it_keeps_texts_for_ever_and_stores_nothing(desk: Desk) -> None:
    assert apply(desk, default()) == apply(desk, default() | {"retention": {}}) == apply(desk, keeping(None)) == []
    assert desk.configured.state().retention is None


def test_it_is_set_in_years_or_days_and_taken_back(desk: Desk) -> None:
    assert apply(desk, keeping("3y")) == ["retention: closed tickets none -> 1095d"]
    assert desk.configured.state().retention == 3 * 365 * DAY
    assert apply(desk, keeping("1095d")) == []
    assert apply(desk, default()) == ["retention: closed tickets 1095d -> none"]
    assert desk.configured.state().retention is None


@pytest.mark.parametrize("kept", ["29d", "719h", "101y", "3 years", "0y", "for ever"])
def test_less_than_thirty_days_is_refused_and_more_than_a_century(kept: str) -> None:
    said = "write 30d at the least and 100y at the most, or leave it out to keep for ever"
    assert mistakes(keeping(kept)) == [f"retention.closed_tickets: {kept!r}: {said}"]


def test_thirty_days_and_a_century_are_not(desk: Desk) -> None:
    assert apply(desk, keeping("720h")) == ["retention: closed tickets none -> 30d"]
    assert apply(desk, keeping("100y")) == ["retention: closed tickets 30d -> 36500d"]


def test_whoever_shortens_it_is_warned_before(desk: Desk) -> None:
    warnings = []
    for kept in ("60d", "30d", "60d", "30d"):
        warnings += plan(desk, written(keeping(kept)), at=AT).warnings
        apply(desk, keeping(kept))
    assert warnings == [
        f"texts of tickets closed before {day} are deleted within a day, and nothing brings them back"
        for day in ("2026-09-03", "2026-10-03", "2026-10-03")
    ]
