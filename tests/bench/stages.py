"""What an event costs at each stage after the request, each stage alone: at its best, when there is enough to do."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import uuid4

import psycopg

from domain.instant import MINUTE
from projections import ALL
from projections.rebuild import rebuild_together
from service.build import build_desk
from service.evidence import folder_of, sign
from service.settings import Settings
from store.log import Change
from tests.bench import relay
from tests.bench.history import LIVES, life, moved
from tests.bench.large import commit, large
from tests.bench.meter import Meter
from tests.bench.peer import rows
from tests.bench.processor import server_of
from tests.cast import ALWAYS
from tests.projections.story import Clock as StoryClock
from tests.projections.story import Story, level, published, views_of
from tests.servers.nats import Nats
from tests.servers.postgres import Postgres
from tests.status_page.stage import CONTRACT

BETWEEN: Final = 5 * MINUTE
"""From one ticket to the next."""
PEOPLE: Final = 10_000
"""Who have a key each."""
SIZES: Final = """
SELECT CASE WHEN nspname = 'views' THEN 'views' WHEN relname = 'stored_events' THEN 'log' ELSE relname END AS part,
    sum(pg_total_relation_size(pg_class.oid)) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND (nspname = 'views' OR relname IN ('stored_events', 'sections')) GROUP BY part
"""


def stages(folder: Path, postgres: Postgres, nats: Nats, events: int) -> Mapping[str, Any]:
    """By stage: processor milliseconds an event; by part: bytes an event, with their indexes."""
    settings = Settings(data_dir=folder, database_url=postgres.fresh_database(), keys_url=postgres.fresh_database())
    story = Story(build_desk(settings), StoryClock(), views_of(settings), folder)
    told = (published(ALWAYS), level(), CONTRACT)
    story.tell("configuration", story.desk.name("configuration"), *told)
    views, meter = story.projector, Meter(server_of(postgres))
    views.catch_up()
    tickets = _tickets()
    spent = _lived(story, views.catch_up, tickets, meter, events)
    stored, sizes = story.desk.log.head(), _sizes(settings)
    spent["rebuild"] = meter.of(partial(rebuild_together, views, ALL))
    spent["sign"] = meter.of(partial(sign, settings, story.desk, lambda _: None))
    relayed = partial(relay._relayed, nats.url, story.desk, folder / "relayed")
    spent["relay"] = meter.of(lambda: asyncio.run(relay._rate(nats.url, story.desk, relayed)))
    story.desk.keys.of_all([uuid4().hex for _ in range(PEOPLE)])
    tiles = sum(each.stat().st_size for each in folder_of(settings).rglob("*") if each.is_file())
    grown = large(settings.database_url, story.desk, tickets, meter)
    story.close()
    return {
        "events": stored,
        "grown": grown,
        "stages": {name: {part: each / stored for part, each in both.items()} for name, both in spent.items()},
        "bytes": {part: size / stored for part, size in [*sizes.items(), ("tiles", tiles)]},
        "bytes_of_person": rows(settings.keys_url, "SELECT pg_total_relation_size('keys') / count(*) FROM keys"),
    }


def _lived(
    story: Story, catch_up: Callable[[], None], tickets: Iterator[Change], meter: Meter, events: int
) -> dict[str, Mapping[str, float]]:
    """Tickets from their opening to their end are appended, and seen by the views, in turns."""
    spent: dict[str, Mapping[str, float]] = {}
    while story.desk.log.head() < events:
        for name, work in (("append", commit(story.desk, tickets)), ("project", catch_up)):
            spent[name] = _sum(spent.get(name, {}), meter.of(work))
    return spent


def _sum(before: Mapping[str, float], more: Mapping[str, float]) -> Mapping[str, float]:
    return {part: before.get(part, 0) + each for part, each in more.items()}


def _tickets() -> Iterator[Change]:
    """One after the other; every second one is published."""
    lives = [life(Random(number)) for number in range(LIVES)]  # noqa: S311 -- no secrets
    for number in count():
        first, *later = moved(tuple(lives[number % LIVES]), number * BETWEEN)
        opened = replace(first, reference=f"{number:09}")
        yield Change(uuid4().hex, [], [opened, *later], published=number % 2 == 0)


def _sizes(settings: Settings) -> Mapping[str, int]:
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        return {part: int(size) for part, size in connection.execute(SIZES)}
