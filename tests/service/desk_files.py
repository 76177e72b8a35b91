"""The built-in desk file, and variations of it."""

from typing import Any

import yaml

from service.apply import DEFAULT, carry_out, plan
from service.desk_file import DeskFile
from service.desk_yaml import BadDeskFile, read_desk_file
from store.desk import Desk


def default() -> dict[str, Any]:
    """The built-in configuration as plain values, to be changed at will."""
    values: dict[str, Any] = yaml.safe_load(DEFAULT.read_bytes())
    return values


def written(values: dict[str, Any]) -> DeskFile:
    return read_desk_file(yaml.safe_dump(values, allow_unicode=True, sort_keys=False))


def apply(desk: Desk, values: dict[str, Any], *, later: int = 0) -> list[str]:
    """What the file changes, once it is stored."""
    at = desk.now() + later
    planned = plan(desk, written(values), at=at)
    carry_out(desk, planned, at=at)
    return planned.changes


def mistakes(values: dict[str, Any]) -> list[str]:
    """What reading the values complains about."""
    try:
        written(values)
    except BadDeskFile as fault:
        return fault.mistakes
    return []
