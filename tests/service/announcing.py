"""A desk with components, and the commands about them."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import click
from click.testing import CliRunner, Result

from domain.configuration.component import ComponentDefined, ComponentGroupDefined
from domain.configuration.label import Label
from service.settings import Settings
from store.desk import Desk
from store.streams import Command

Run: TypeAlias = Callable[..., Result]


def define(desk: Desk, *keys: str) -> None:
    label = Label("Сеть", "Network")
    group = ComponentGroupDefined(at=1, key="network", label=label, place=1)
    components = [
        ComponentDefined(at=1, key=key, group="network", label=label, place=place, uptime_target=0)
        for place, key in enumerate(keys, start=1)
    ]
    stream = desk.name("configuration")
    desk.configuration.act(Command(desk.new_id()), stream, lambda _: [group, *components])


def runner(settings: Settings, group: click.Group) -> Run:
    """Runs a command of the group."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(group, arguments, env={"GLASNO_DATA_DIR": str(settings.data_dir)})

    return run


def told(result: Result) -> dict[str, Any]:
    """The summary of a command that was done."""
    assert result.exit_code == 0, result.output
    summary: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return summary


def why_not(result: Result) -> str:
    """What a command that was not done says."""
    assert result.exit_code, result.output
    return result.stderr
