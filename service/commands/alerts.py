"""`glasno alerts`: what the monitoring says, and the incidents that it proposes."""

from collections.abc import Sequence
from contextlib import closing
from typing import Any, Final

import click

from api.alerts.deciding import publishing, worded
from api.incident_templates import Opening
from api.texts import text_out
from api.types import text_of
from domain.alert import dismiss
from domain.code import code_of
from domain.refusal import Refused
from projections import alerts
from projections.alerts import AlertState, Standing
from service.commands.announcing import CODE, in_words, one_of, someone, told
from service.commands.output import AS_JSON, summary
from service.commands.the_desk import the_desk
from service.reading import views_including
from service.settings import read_settings
from store.desk import Desk
from store.streams import Command

BY: Final = click.option("--by", metavar="PERSON", required=True, help="Id of the person who decides.")
NAME: Final = "alertname"
MOST: Final = 200
"""Alerts of a state that are listed."""


@click.group(name="alerts", invoke_without_command=True)
@click.option("--state", **one_of(AlertState), help="Else all that are not over.")
@AS_JSON
@click.pass_context
def alerts_group(context: click.Context, *, state: AlertState | None, as_json: bool) -> None:
    """What the monitoring says, and the incidents that it proposes; those that came last first."""
    if context.invoked_subcommand is not None:
        return
    with closing(the_desk()) as desk:
        found = _listed(desk, state)
        for each in found:
            click.echo(_line(desk, each))
    drafts = sum(each.is_draft for each in found)
    values = {"items": [_values(each) for each in found], "drafts": drafts}
    summary(values, f"{len(found)} alerts, {drafts} of them wait for a decision", as_json=as_json)


@alerts_group.command()
@CODE
@AS_JSON
def show(code: str, *, as_json: bool) -> None:
    """The alert CODE with its labels and annotations."""
    with closing(the_desk()) as desk, in_words():
        alert = alert_of(desk, code)
        text, line = text_out(desk, alert.text), _line(desk, alert)
    for name, value in {**alert.labels, **text.parts}.items():
        click.echo(f"{name}: {value}")
    values = _values(alert) | {"annotations": text.model_dump(mode="json")}
    summary(values, line, as_json=as_json)


@alerts_group.command(name="publish")
@CODE
@BY
@AS_JSON
def publish_command(code: str, *, by: str, as_json: bool) -> None:
    """Announce the incident that the alert CODE proposes; prints the incident's code."""
    with closing(the_desk()) as desk, in_words():
        alert, whom, at, stream = alert_of(desk, code), someone(desk, by), desk.now(), desk.new_id()
        said = worded(desk, alert, Opening())
        decide, along = publishing(desk, alert, said, stream=stream, by=whom, at=at, since=at)
        acted = desk.incidents.act(Command(desk.new_id(), along=(along,)), stream, decide)
    incident = code_of("incident", stream)
    values = {"id": code, "incident": incident, "position": acted.position}
    summary(values, f"{incident} is announced", as_json=as_json)


@alerts_group.command(name="dismiss")
@CODE
@BY
@click.option("--why", metavar="TEXT", default="", help="That person's reasons, for the desk's own history.")
@AS_JSON
def dismiss_command(code: str, *, by: str, why: str, as_json: bool) -> None:
    """Announce nothing of the alert CODE."""
    with closing(the_desk()) as desk, in_words():
        stream, whom = alert_of(desk, code).stream, someone(desk, by)
        acted = desk.alerts.act(Command(desk.new_id()), stream, dismiss, by=whom, at=desk.now(), why=why)
    words = f"{code}: nothing is announced" if acted.events else f"{code} was dismissed already"
    summary({"id": code, "position": acted.position}, words, as_json=as_json)


def _listed(desk: Desk, state: AlertState | None) -> Sequence[Standing]:
    views = views_including(read_settings(), desk, desk.log.head(), alerts)
    with views.engine.connect() as connection:
        if state is not None:
            return alerts.page(connection, state, cursor=None, limit=MOST).alerts
        return alerts.standing(connection)[::-1]


def alert_of(desk: Desk, code: str) -> Standing:
    """The alert of that code; `Refused` if there is none."""
    with views_including(read_settings(), desk, desk.log.head(), alerts).engine.connect() as connection:
        found = alerts.one(connection, code)
    if found is None:
        raise Refused("alert_unknown")
    return found


def _line(desk: Desk, alert: Standing) -> str:
    name, where = alert.labels.get(NAME, alert.fingerprint), alert.labels.get("component", "-")
    state = "draft" if alert.is_draft else alert.state.value
    done = alert.action.value if alert.action else "not answered"
    incident = [code_of("incident", alert.incident)] if alert.incident else []
    about = " ".join([*incident, *(desk.tickets.load(each)[0].reference for each in alert.tickets)])
    return f"{alert.code} {state:8} since {told(alert.started_at)} {name} {where}: {done} {about}".rstrip()


def _values(alert: Standing) -> dict[str, Any]:
    return {
        "id": alert.code,
        "state": alert.state,
        "is_draft": alert.is_draft,
        "started_at": text_of(alert.started_at),
        "ended_at": None if alert.ended_at is None else text_of(alert.ended_at),
        "labels": alert.labels,
        "action": alert.action,
        "rule": alert.rule,
        "incident": alert.incident and code_of("incident", alert.incident),
    }
