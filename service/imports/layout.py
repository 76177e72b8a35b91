"""The components that a file names: defined here if they are not, and written down for the desk file."""

from collections.abc import Collection, Iterator
from typing import Any, Final

import yaml

from domain.configuration import Configuration
from domain.configuration.component import ComponentDefined, ComponentGroupDefined
from domain.configuration.label import Label
from domain.instant import Instant
from service.imports.told import Told
from store.desk import Desk
from store.streams import Command

GROUP: Final = "imported"
LABELS: Final = {GROUP: Label("Импортировано", "Imported")}
WIDTH: Final = 10_000
"""Of a line of YAML: none is broken."""


def define(desk: Desk, told: Told) -> list[str]:
    """Define in one commit what is not there yet; the keys of the components that are new."""
    command, at = Command(desk.new_id()), desk.now()
    acted = desk.configuration.act(command, desk.name("configuration"), missing, told, at=at)
    events = [each.event for each in acted.events]
    return [each.key for each in events if isinstance(each, ComponentDefined)]


def missing(state: Configuration, told: Told, *, at: Instant) -> list[ComponentGroupDefined | ComponentDefined]:
    """What the configuration lacks, after what it has; a name is the same in both languages."""
    components, groups = state.of(ComponentDefined), state.of(ComponentGroupDefined)
    new = {each.key: each for each in told.members.values() if each.key not in components}
    last = max((each.place for each in components.values()), default=0)
    return [
        *_groups(told, {each.group for each in new.values()} - groups.keys(), groups, at),
        *(
            ComponentDefined(
                at=at, key=key, group=each.group, label=Label(each.name, each.name), place=place, uptime_target=0
            )
            for place, (key, each) in enumerate(new.items(), start=last + 1)
        ),
    ]


def desk_file_lines(state: Configuration, keys: Collection[str]) -> str:
    """The sections of a desk file that define these components as they are: without them `apply` withdraws them."""
    components = {key: each for key, each in state.of(ComponentDefined).items() if key in keys}
    wanted = {each.group for each in components.values()}
    groups = {key: each for key, each in state.of(ComponentGroupDefined).items() if key in wanted}
    sections: dict[str, dict[str, Any]] = {
        "component_groups": {key: _label(each.label) for key, each in groups.items()},
        "components": {key: {"group": each.group, "label": _label(each.label)} for key, each in components.items()},
    }
    return "\n".join(_lines(sections))


def _groups(told: Told, lacking: set[str], known: Any, at: Instant) -> Iterator[ComponentGroupDefined]:
    last = max((each.place for each in known.values()), default=0)
    labels = {**{key: Label(name, name) for key, name in told.groups.items()}, **LABELS}
    for place, key in enumerate((key for key in labels if key in lacking), start=last + 1):
        yield ComponentGroupDefined(at=at, key=key, label=labels[key], place=place)


def _label(label: Label) -> dict[str, str]:
    return {"ru": label.ru, "en": label.en}


def _lines(sections: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, section in sections.items():
        yield f"{name}:"
        yield from (f"  {_flow({key: each})[1:-1]}" for key, each in section.items())


def _flow(value: Any) -> str:
    written: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=WIDTH)
    return written.strip()
