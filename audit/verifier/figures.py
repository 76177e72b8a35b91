"""The figures of a month, computed again from the entries that they are said to be computed from."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeAlias

from audit.verifier.components import Said, spells_of
from audit.verifier.tickets import Count
from domain.clock import Outcome
from domain.instant import Duration, Instant
from domain.month import SlaRow, UptimeRow, nearest_rank
from domain.opening_hours import instant_at
from domain.policy import Book, Clock
from domain.uptime import Rule, stretches, uptime

Class: TypeAlias = tuple[Clock, str, str, str]
"""A clock, a level, a kind and a priority; of all kinds and priorities if these are empty."""


def sla_rows(counts: Iterable[Count], book: Book) -> list[SlaRow]:
    """A row for each class of a clock and level, and one for all classes together."""
    classes, together = defaultdict[Class, list[Count]](list), defaultdict[Class, list[Count]](list)
    for each in counts:
        classes[each.clock, each.level, each.kind, each.priority].append(each)
    for (clock, level, _, _), found in classes.items():
        together[clock, level, "", ""] += found
    return [_row(key, found, book) for key, found in (classes | together).items()]


def uptime_rows(
    said: Mapping[str, Said],
    shown: Iterable[str],
    published: Collection[str],
    during: tuple[Instant, Instant],
    rule: Rule,
) -> Iterator[UptimeRow]:
    """A row for each component that was shown, if anything was said of it during that time, or that has one."""
    since, until = during
    for key in sorted({*shown, *published}):
        spells = [each for each in spells_of(said.get(key, Said())) if each.start < until]
        if key in published or any(each.end is None or each.end > since for each in spells):
            yield UptimeRow(key, uptime(stretches(spells, since, until), rule))


def window(month: str, zone: str) -> tuple[Instant, Instant]:
    """From when on and until when it is that month (YYYY-MM) in a zone."""
    first = date.fromisoformat(f"{month}-01")
    return instant_at(zone, first, 0), instant_at(zone, (first + timedelta(days=31)).replace(day=1), 0)


def _row(key: Class, counts: Sequence[Count], book: Book) -> SlaRow:
    clock, level, kind, priority = key
    decided = [each for each in counts if each.is_decided]
    times = sorted(each.used for each in decided if each.used is not None)
    promised = {_promised(each, book) for each in {each[2:6]: each for each in counts}.values()}
    return SlaRow(
        clock,
        level,
        str(kind),
        str(priority),
        promised=promised.pop() if len(promised) == 1 else 0,
        decided=len(decided),
        breached=sum(each.outcome is Outcome.BREACHED for each in decided),
        excluded=sum(each.excluded is not None for each in counts),
        refused=sum((each.excluded, each.outcome) == (None, Outcome.REFUSED) for each in counts),
        reopened=sum(each.reopened for each in decided),
        timed=len(times),
        p50=nearest_rank(times, 50),
        p90=nearest_rank(times, 90),
    )


def _promised(count: Count, book: Book) -> Duration:
    return book.policies[count.level, count.policy].targets[count.kind, count.priority][count.clock].duration
