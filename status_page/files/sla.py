"""What was kept this month of what published levels promise."""

from collections.abc import Iterator

from domain.policy import Clock
from status_page.edition import Edition
from status_page.sla_tables import Fact, tables


def of_this_month(edition: Edition) -> Fact:
    """All levels and clocks together."""
    return sum((fact for _, _, fact in facts_of_this_month(edition)), Fact())


def facts_of_this_month(edition: Edition) -> Iterator[tuple[str, Clock, Fact]]:
    """By level and clock, those that are promised or were judged."""
    for level in tables(edition):
        for clock in level.clocks:
            yield level.key, clock, level.months[0].facts[clock]
