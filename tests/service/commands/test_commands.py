import subprocess
import sys

import click
import pytest

from service.__main__ import COMMANDS, glasno
from service.commands import Named

MUCH = {"cryptography", "eventsourcing", "fastapi", "nats", "psycopg", "pydantic", "sqlalchemy", "store"}
DATABASES = {"eventsourcing", "projections", "psycopg", "sqlalchemy", "sqlite3", "store"}
LOOKS = {"dns", "monitoring.probes.looking"}


def brought_in(*words: str) -> set[str]:
    """The modules that a fresh process has once it was asked for this help; the help goes to standard error."""
    asked = (
        "import sys; from contextlib import redirect_stdout; from service.__main__ import glasno",
        f"with redirect_stdout(sys.stderr): glasno({[*words, '--help']}, standalone_mode=False)",
        "print(*sys.modules)",
    )
    return set(subprocess.check_output([sys.executable, "-c", "\n".join(asked)], text=True).split())


@pytest.mark.parametrize("group", ["", "audit", "desk", "organisation"])
def test_commands_are_listed_without_importing_one(group: str) -> None:
    assert brought_in(*group.split()) & {*MUCH, "service.settings"} == set()


@pytest.mark.parametrize(
    ("command", "without"),
    [
        ("api", {"nats", "service.roles", "service.desk_file", *LOOKS}),
        ("serve", {"nats", "service.desk_file", *LOOKS}),
        ("work", {"fastapi", "nats", "service.desk_file", "status_page.press", *LOOKS}),
        ("relay", {"fastapi", "jinja2", "service.desk_file", *LOOKS}),
        ("exporter", {"fastapi", "jinja2", "nats", "service.desk_file", *LOOKS}),
        ("prober", {"fastapi", "jinja2", "audit.sequencer", *DATABASES}),
        ("audit witness", {"fastapi", *DATABASES}),
        ("bench simulate", {*MUCH, "service.settings"}),
    ],
)
def test_a_process_brings_in_nothing_that_it_has_no_use_for(command: str, without: set[str]) -> None:
    assert brought_in(*command.split()) & without == set()


@pytest.mark.parametrize("place", COMMANDS, ids=lambda place: f"{place[0].name} {place[1]}")
def test_a_listed_command_is_there_by_its_name_and_its_first_sentence(place: tuple[click.Group, str, str, str]) -> None:
    group, name, *_ = place
    listed = group.commands[name]
    context = listed.make_context(name, [], resilient_parsing=True)
    assert isinstance(listed, Named)
    assert context.command.name == name
    assert listed.get_short_help_str(200) == context.command.get_short_help_str(200) != ""


def test_commands_are_described_in_full() -> None:
    told = glasno.to_info_dict(click.Context(glasno))
    assert told["commands"]["audit"]["commands"]["proof"]["params"]
    assert told["commands"]["incident"]["commands"]
