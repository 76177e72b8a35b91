"""The figures of one client: its contracts, what they promise, and what was kept of it, computed from its own clocks.

They are not those that everybody sees: tickets that are in no public figure count here, and nothing is fixed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from domain.access import Scope
from domain.attainment import frozen
from domain.clock import Exclusion
from domain.configuration.contract import ContractSigned
from domain.configuration.label import Label
from domain.instant import Instant
from domain.ticket import Stage
from projections import queue, sla_clients
from projections.scope import Filters
from status_page import month_figures
from status_page.edition import Client, Edition
from status_page.month_figures import Figures, figures_with
from status_page.sla_tables import Known, LevelTable, added, months_until, newest, tables_of

EVERYTHING: Final = Scope(everything=True)


@dataclass(frozen=True)
class Contract:
    """A contract of the client, with its level in words."""

    label: Label
    since: Instant
    until: Instant | None
    is_in_force: bool


@dataclass(frozen=True)
class Open:
    """The tickets of the client that are not done, by stage and by how their clocks stand."""

    stages: Mapping[Stage, int]
    standing: Mapping[str, int]

    @property
    def count(self) -> int:
        return sum(self.stages.values())


def contracts(edition: Edition, client: Client) -> Sequence[Contract]:
    """Every contract, the newest first."""
    levels = edition.configured.state.levels
    return [
        Contract(newest(levels, each.level).label, each.since, each.until, each.is_in_force(edition.at))
        for each in _signed(edition, client)
    ]


def tables(edition: Edition, client: Client) -> Sequence[LevelTable]:
    """The levels of the contracts in force, published or not, and every other one that the client's tickets had."""
    levels = edition.configured.state.levels
    in_force = [each.level for each in _signed(edition, client) if each.is_in_force(edition.at)]
    offered = dict.fromkeys(level for level in in_force if level in levels.in_force)
    return tables_of(levels, _months(edition, client), [*offered])


def figures(edition: Edition, client: Client, month: str) -> Figures:
    """What everybody is shown of a month, with the rows of the client's tickets in the place of all rows of tickets."""
    cells = sla_clients.cells(edition.connection, client.organisation, [month], edition.position).get(month, ())
    return figures_with(edition, month, cells)


def first_month(edition: Edition, client: Client) -> str:
    """The first one (YYYY-MM) that everybody has a page of, or in which one of its clocks is due."""
    of_all = month_figures.first_month(edition)
    return min(of_all, sla_clients.first_month(edition.connection, client.organisation, edition.position) or of_all)


def excluded(edition: Edition, client: Client, month: str) -> Sequence[Exclusion]:
    """Why verdicts of the client's tickets were excluded, each of them."""
    return sla_clients.excluded(edition.connection, client.organisation, month, edition.position)


def open_tickets(edition: Edition, client: Client) -> Open:
    """Those of the client in the queue."""
    filters, position = Filters(organisation=client.organisation), edition.position
    count = partial(queue.counts, edition.connection, EVERYTHING, filters, position=position)
    return Open(queue.stages(edition.connection, filters, position=position), count(at=edition.at))


def _signed(edition: Edition, client: Client) -> Sequence[ContractSigned]:
    signed = edition.configured.state.of(ContractSigned).values()
    own = [each for each in signed if each.organisation == client.organisation]
    return sorted(own, key=lambda each: each.since, reverse=True)


def _months(edition: Edition, client: Client) -> Sequence[Known]:
    """That of the edition and the twelve before it; one that nothing can change any more is as good as fixed."""
    shown = months_until(edition.at, edition.zone)
    cells = sla_clients.cells(edition.connection, client.organisation, shown, edition.position)

    def known(month: str) -> Known:
        of_month = cells.get(month, ())
        is_over = frozen(month, edition.zone, edition.at, added(of_month).undecided)
        return Known(month, is_over, of_month, None)

    return [known(month) for month in shown]
