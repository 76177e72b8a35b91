from typing import Any

import pytest
from prometheus_client import REGISTRY

from domain.event import Source
from store.log import Change, Conflict
from tests.store.notebook import ANN, Shelf, Written, new_id

BOOK = "1" * 32
APPENDS = "glasno_event_store_append_duration_seconds_count"
CONFLICTS = "glasno_event_store_append_conflicts_total"


def counted(name: str) -> Any:
    return REGISTRY.get_sample_value(name)


def test_each_append_is_timed(shelf: Shelf) -> None:
    before = counted(APPENDS)
    shelf.write(BOOK, "one")
    assert counted(APPENDS) == before + 1


def test_an_append_that_came_second_is_counted(shelf: Shelf) -> None:
    shelf.write(BOOK, "faster")
    before = counted(CONFLICTS)
    with pytest.raises(Conflict):
        shelf.log.append(
            [Change(BOOK, [], [Written(at=1, word="slower", author=ANN)], published=False)], new_id(), Source.LIVE
        )
    assert counted(CONFLICTS) == before + 1
