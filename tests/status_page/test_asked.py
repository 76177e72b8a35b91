import pytest

from domain.instant import DAY, HOUR
from status_page.asked import NotAnInstant, instant_of
from tests.cast import AT

MOSCOW = "Europe/Moscow"


@pytest.mark.parametrize(
    "at",
    [
        "2026-11-02T10:00:00Z", "2026-11-02T13:00:00%2B03:00", "2026-11-02T13:00:00+03:00", "2026-11-02T13:00",
        "2026-11-02T10:00Z", "20261102T100000Z",
    ],
)  # fmt: skip
def test_an_instant_may_be_written_in_many_ways(at: str) -> None:
    assert instant_of(f"at={at}".encode(), MOSCOW, AT) == AT


def test_a_day_is_its_last_millisecond_in_the_zone_of_the_desk() -> None:
    assert instant_of(b"at=2026-11-02", MOSCOW, AT + DAY) == AT + 11 * HOUR - 1


def test_of_today_the_newest_is_shown() -> None:
    assert instant_of(b"at=2026-11-02", MOSCOW, AT) == AT


@pytest.mark.parametrize("query", [b"", b"utm_source=mail", b"att=2026-11-02"])
def test_whoever_asks_for_nothing_of_the_past_gets_the_present(query: bytes) -> None:
    assert instant_of(query, MOSCOW, AT) is None


@pytest.mark.parametrize("at", ["", "now", "2026-13-01", "2026-11-02T25:00", "9999-12-31", "\x00", "2" * 99])
def test_what_is_no_instant_is_refused(at: str) -> None:
    with pytest.raises(NotAnInstant) as fault:
        instant_of(f"at={at}".encode(), MOSCOW, AT)
    assert fault.value.code == "instant"


def test_what_is_still_to_come_is_refused() -> None:
    with pytest.raises(NotAnInstant) as fault:
        instant_of(b"at=2026-11-02T10:00:00.001Z", MOSCOW, AT)
    assert fault.value.code == "ahead"
