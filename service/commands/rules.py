"""`glasno rules`: what alerts on the desk in the tools that an SRE team has, made from the contracts in force."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from typing import Final

import click

from api.alerts import intake
from api.heartbeats import PATH, address_of
from domain.attainment import month_of
from domain.configuration.alert_rules import NONE, AlertRulesSet
from domain.instant import Instant
from monitoring.generated.alertmanager import alertmanager
from monitoring.generated.goals import notes, promised, uptime_notes
from monitoring.generated.openslo import openslo
from monitoring.generated.prometheus import PAGES, prometheus
from projections import sla, sla_months
from service.commands.the_desk import the_desk
from service.reading import views_including
from service.settings import read_settings
from store.desk import Desk

DASHBOARDS: Final = Path(__file__).parents[2] / "monitoring/dashboards"
NO_HEARTBEAT: Final = f"{PATH}/SECRET"
"""Where the desk file names none for its alerts."""
RUNBOOKS: Final = click.option(
    "--runbooks",
    metavar="URL",
    default=PAGES,
    show_default=True,
    help="Where your copy of the runbook pages is; the alerts link there.",
)


@click.group(name="rules")
def rules_group() -> None:
    """What alerts on the desk, as files for other tools, made from the levels and goals in force."""


@rules_group.command(name="prometheus")
@RUNBOOKS
def prometheus_command(*, runbooks: str) -> None:
    """Print rules of Prometheus. What is left out, as it could never fire or always would, is told with a reason."""
    with closing(the_desk()) as desk:
        state = desk.configured.state()
        found = promised(state, _decided(desk))
    told = [*notes(found), *uptime_notes(state)]
    for note in told:
        click.echo(note, err=True)
    click.echo(prometheus(found, told, runbooks.rstrip("/") + "/"), nl=False)


@rules_group.command(name="alertmanager")
@click.option("--to", metavar="URL", help="Where Alertmanager reaches the desk, if not at its public address.")
def alertmanager_command(*, to: str | None) -> None:
    """Print a configuration of Alertmanager: routes, what is told once, how the desk and its heartbeat are reached."""
    with closing(the_desk()) as desk:
        named = desk.configured.state().of(AlertRulesSet).get("", NONE).heartbeat
        heartbeat = address_of(desk, named) if named else NO_HEARTBEAT
    address = (to or read_settings().public_address).rstrip("/")
    click.echo(alertmanager(address + intake.PATH, address + heartbeat), nl=False)


@rules_group.command(name="openslo")
def openslo_command() -> None:
    """Print the goals of published levels as OpenSLO v1, one SLO for each clock."""
    with closing(the_desk()) as desk:
        click.echo(openslo(desk.configured.state(), zone=_zone(desk), at=desk.now()), nl=False)


@rules_group.command(name="grafana")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def grafana_command(folder: Path) -> None:
    """Write the dashboards of Grafana to DIR, one JSON file for each."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in sorted(DASHBOARDS.glob("*.json")):
            copyfile(each, folder / each.name)
            click.echo(folder / each.name)
    except OSError as fault:
        raise click.ClickException(f"{folder}: {fault.strerror}") from None


def _decided(desk: Desk) -> Mapping[tuple[str, str], int]:
    """Verdicts by clock and level, in the fuller one of this month and the last."""
    zone, now = _zone(desk), desk.now()
    with views_including(read_settings(), desk, desk.log.head(), sla).engine.connect() as connection:
        current, last = (sla_months.verdicts(connection, month) for month in _months(now, zone))
    return {of: max(months.get(of, (0, 0))[0] for months in (current, last)) for of in {*current, *last}}


def _months(at: Instant, zone: str) -> tuple[str, str]:
    current = month_of(at, zone)
    since, _ = sla.month(current, zone)
    return current, month_of(since - 1, zone)


def _zone(desk: Desk) -> str:
    return desk.founding.load(desk.stream)[0].zone
