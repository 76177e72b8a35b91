from dataclasses import replace

from domain.configuration import Configuration
from domain.configuration.retention import KEPT, RetentionSet
from domain.instant import DAY
from tests.domain.configuration.wishes import NOW, after, changes, wanted

YEAR = RetentionSet(at=0, closed_tickets=365 * DAY)


def test_texts_are_kept_for_ever_unless_somebody_says_for_how_long() -> None:
    assert Configuration().retention is after(wanted()).retention is after(wanted(KEPT)).retention is None
    assert changes(after(wanted()), wanted(KEPT)) == []


def test_for_how_long_is_set_once() -> None:
    assert changes(after(wanted()), wanted(YEAR)) == [replace(YEAR, at=NOW)]
    assert after(wanted(YEAR)).retention == 365 * DAY
    assert changes(after(wanted(YEAR)), wanted(YEAR)) == []


def test_it_may_be_for_ever_again() -> None:
    state = after(wanted(YEAR))
    assert changes(state, wanted()) == []
    assert changes(state, wanted(KEPT)) == [replace(KEPT, at=NOW)]
    assert after(wanted(YEAR), wanted(KEPT)).retention is None
