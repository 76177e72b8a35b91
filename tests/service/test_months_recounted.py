"""Whatever happens to tickets: what was published of a month, and what stands, is what the log says at its position."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from domain.attainment import month_of
from domain.clock import Outcome
from domain.instant import DAY, HOUR, MINUTE
from domain.month import Month, SlaRow, evolve
from domain.policy import Clock
from domain.ticket.opening import Publicity, TicketOpened
from domain.ticket.promise import ClockDecided, VerdictExcluded
from projections import sla
from service.settings import Settings
from tests.cast import AT
from tests.projections.histories import ACTS
from tests.projections.story import Story
from tests.service.office import FOUNDED, FREEZING, Office, open_office

EVE = AT + 28 * DAY + 9 * HOUR
"""The last evening of November in Moscow."""
DEEDS = [
    "accept",
    "answer",
    "confirm",
    "exclude",
    "lower",
    "merge",
    "raise",
    "refuse",
    "reopen",
    "resolve",
    "wait",
    "write",
]
STEPS = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(0, 2), st.sampled_from([0, 15 * MINUTE, 2 * HOUR])), max_size=9
)


@effort(max_examples=20)
@given(STEPS, STEPS)
def test_what_is_published_is_what_the_log_says(before: list[Any], after: list[Any]) -> None:
    with TemporaryDirectory() as folder, open_office(Settings(data_dir=Path(folder))) as office:
        office.story.clock.now = EVE
        streams = [office.story.open(), office.story.open(), office.story.open(publicity=Publicity.OPAQUE)]
        play(office.story, streams, before)
        office.work(FREEZING)
        for part in (after[::2], after[1::2]):
            play(office.story, streams, part)
            office.exclude(streams[0])
            office.work(office.story.clock.now + 40 * DAY)
        for month in ("2026-11", "2026-12", "2027-01"):
            check(office, month)


def play(story: Story, streams: list[str], steps: list[tuple[str, int, int]]) -> None:
    for name, number, duration in steps:
        story.after(duration)
        ACTS[name](story, streams[number], streams[number - 1])
    for stream in streams:
        story.tick(stream)


def check(office: Office, month: str) -> None:
    """At each event of the month."""
    state = Month()
    for event in office.told(month):
        state = evolve(state, event)
        assert event.position == state.position
        by_class = {key: row for key, row in state.sla.items() if row.kind and row != SlaRow(*key)}
        assert {key: counts(row) for key, row in by_class.items()} == recounted(office, month, state.position)
        assert {key: ranks(row) for key, row in state.sla.items() if row.timed} == ranked(office, month, state.position)


def counts(row: SlaRow) -> Counter[str]:
    names = ("decided", "breached", "excluded", "refused")
    return Counter({name: getattr(row, name) for name in names})


def recounted(office: Office, month: str, position: int) -> dict[tuple[str, ...], Counter[str]]:
    """From the events of published tickets alone."""
    verdicts: dict[tuple[str, Clock, int], tuple[ClockDecided, str]] = {}
    published = set()
    for each in office.story.desk.log.read_all(until=position, limit=10_000):
        match each.event:
            case TicketOpened(publicity=Publicity.PUBLISHED):
                published.add(each.stream)
            case ClockDecided() as told if each.stream in published and month_of(told.due, FOUNDED.zone) == month:
                verdicts[each.stream, told.clock, told.instance] = told, meant(told)
            case VerdictExcluded(clock=clock, instance=instance) if (each.stream, clock, instance) in verdicts:
                told = verdicts[each.stream, clock, instance][0]
                verdicts[each.stream, clock, instance] = told, "excluded"
            case _:
                pass
    found: dict[tuple[str, ...], Counter[str]] = {}
    for told, count in verdicts.values():
        cell = found.setdefault((told.clock, told.level, told.kind, told.priority), Counter())
        cell.update([count, *["breached"] * (count == "decided" and told.outcome is Outcome.BREACHED)])
    return found


def meant(told: ClockDecided) -> str:
    return "refused" if told.outcome is Outcome.REFUSED else "decided"


def ranks(row: SlaRow) -> tuple[int, ...]:
    return row.p50, row.p90, row.reopened


def ranked(office: Office, month: str, position: int) -> dict[tuple[str, ...], tuple[int | None, ...]]:
    """From the rows of the clocks, by the database."""
    since, until = sla.month(month, FOUNDED.zone)
    found = {}
    for by in (sla.AXES, sla.AXES[:2]):
        with office.seen() as connection:
            figures = sla.figures(connection, since=since, until=until, published=True, position=position, by=by)
        for each in figures:
            key = tuple(each.group.get(name, "") for name in sla.AXES)
            found[key] = each.p50, each.p90, each.reopened
    return {key: told for key, told in found.items() if told[0] is not None}
