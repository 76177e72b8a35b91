"""What counts in the months of one client is what the verdicts of its tickets add up to."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import settings as effort
from sqlalchemy import select

from domain.attainment import month_of
from domain.clock import Exclusion, Verdict
from domain.instant import MINUTE
from domain.policy import Clock
from domain.ticket import Ticket
from domain.ticket.opening import Publicity
from domain.ticket.promise import exclude
from projections import sla, sla_clients
from projections.sla_months import Cell, Tally
from projections.span import holding_at
from service.settings import Settings
from tests.cast import ACME, ANN, CY
from tests.projections.histories import ACTS, STEPS
from tests.projections.story import Story, begin
from tests.projections.test_sla import accepted

NOVEMBER, DECEMBER = "2026-11", "2026-12"
MONTHS = [f"2026-{number:02}" for number in range(9, 13)]
OTHER = "0e" * 16


def cells(story: Story, organisation: str = ACME, position: int | None = None) -> list[Cell]:
    with story.seen() as connection:
        at = story.desk.log.head() if position is None else position
        found = sla_clients.cells(connection, organisation, [NOVEMBER, DECEMBER], at)
    return [*found.get(NOVEMBER, ())]


def reaction(story: Story, organisation: str = ACME, position: int | None = None) -> Tally:
    return next((each.tally for each in cells(story, organisation, position) if each.clock is Clock.REACTION), Tally())


def test_published_tickets_and_opaque_ones_count_alike(any_story: Story) -> None:
    for publicity in Publicity:
        accepted(any_story, any_story.open(publicity=publicity), 11 * MINUTE)
    assert reaction(any_story).decided == len(Publicity)


def test_the_clocks_of_another_client_do_not_count(story: Story) -> None:
    accepted(story, story.open(organisation=OTHER), 30 * MINUTE)
    accepted(story, story.open(), MINUTE)
    assert reaction(story) == Tally((MINUTE,), decided=1)
    assert reaction(story, OTHER) == Tally((30 * MINUTE,), decided=1, breached=1)


def test_the_past_of_a_client_is_counted_as_it_was(story: Story) -> None:
    stream = story.open()
    accepted(story, stream, 30 * MINUTE)
    then = story.desk.log.head()
    story.do(stream, exclude, clock=Clock.REACTION, instance=1, reason=Exclusion.CLOCK_ERROR, by=ANN)
    assert reaction(story) == Tally(excluded=1)
    assert reaction(story, position=then) == Tally((30 * MINUTE,), decided=1, breached=1)


def test_exclusions_of_a_client_are_told_by_their_reasons(story: Story) -> None:
    for organisation in (ACME, OTHER):
        stream = story.open(organisation=organisation)
        accepted(story, stream, MINUTE)
        story.do(stream, exclude, clock=Clock.REACTION, instance=1, reason=Exclusion.SPAM, by=ANN)
    with story.seen() as connection:
        head = story.desk.log.head()
        assert sla_clients.excluded(connection, ACME, NOVEMBER, head) == [Exclusion.SPAM]
        assert sla_clients.excluded(connection, ACME, DECEMBER, head) == []


def test_the_first_month_of_a_client_is_that_of_its_first_due_clock(story: Story) -> None:
    story.open()
    with story.seen() as connection:
        head = story.desk.log.head()
        assert sla_clients.first_month(connection, ACME, head) == NOVEMBER
        assert sla_clients.first_month(connection, OTHER, head) is None
        assert sla_clients.first_month(connection, ACME, 1) is None


@effort(max_examples=25)
@given(STEPS)
def test_every_count_is_what_the_verdicts_of_the_tickets_add_up_to(steps: list[tuple[str, int, int]]) -> None:
    with TemporaryDirectory() as folder:
        story = begin(Settings(data_dir=Path(folder)))
        streams = [story.open(), story.open(publicity=Publicity.OPAQUE), story.open(organisation=OTHER)]
        for name, number, duration in steps:
            story.after(duration)
            ACTS[name](story, streams[number], streams[number - 1])
        for organisation in (ACME, OTHER, CY):
            assert counted(story, organisation) == recounted(story, streams, organisation)
        story.close()


def counted(story: Story, organisation: str) -> Counter[tuple[str, ...]]:
    """What the view says, without what is undecided."""
    found: Counter[tuple[str, ...]] = Counter()
    with story.seen() as connection:
        for month, row in sla_clients.cells(connection, organisation, MONTHS, story.desk.log.head()).items():
            for cell in row:
                group = (month, cell.clock, cell.level, cell.kind, cell.priority)
                for name in ("decided", "breached", "excluded", "refused"):
                    found[(*group, name)] += getattr(cell.tally, name)
    return +found


def recounted(story: Story, streams: list[str], organisation: str) -> Counter[tuple[str, ...]]:
    """Verdict by verdict, from the tickets as their events left them."""
    tickets: list[Ticket] = [story.desk.tickets.load(stream)[0] for stream in streams]
    verdicts = [each for ticket in tickets if ticket.organisation == organisation for each in ticket.clocks.verdicts]
    return Counter(told for verdict in verdicts for told in meant(verdict))


def meant(verdict: Verdict) -> list[Any]:
    """Which counts a verdict belongs to."""
    group = (month_of(verdict.due, "Etc/UTC"), verdict.clock, verdict.level, verdict.kind, verdict.priority)
    if verdict.excluded:
        return [(*group, "excluded")]
    if verdict.outcome == "refused":
        return [(*group, "refused")]
    return [(*group, "decided"), *([(*group, "breached")] if verdict.outcome == "breached" else [])]


def test_the_months_of_a_client_cost_an_index_read(story: Story) -> None:
    own = sla.CLOCKS.c.organisation == ACME, sla.CLOCKS.c.month == NOVEMBER, holding_at(sla.CLOCKS, 7)
    with story.seen() as connection:
        text = str(select(sla.CLOCKS).where(*own).compile(connection, compile_kwargs={"literal_binds": True}))
        plan = " ".join(row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}"))
    assert f"USING INDEX {sla.NAME}_organisation" in plan
