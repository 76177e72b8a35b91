"""What a former key signs of the log that goes on."""

from dataclasses import replace

import pytest

from audit.tlog.checkpoint import read_checkpoint
from audit.tlog.note import Malformed, Unverified
from audit.tlog.succession import demand_endorsed, endorsed, statement
from domain.desk import DeskLogSucceeded, Ending
from tests.audit.tlog.trees import LOG, WITNESS

SAID = DeskLogSucceeded(
    at=1,
    number=2,
    because=Ending.LOSS,
    former_origin=LOG.name,
    former_key=LOG.key.text,
    former_size=10,
    former_root="RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=",
    kept=3,
    proof=(),
    origin="desk.example/log/2",
    log_key="vkey",
    endorsement="",
)


def test_the_statement_is_one_line_each() -> None:
    lines = ["desk.example/log", "successor", "10", SAID.former_root, "3", "desk.example/log/2", "vkey"]
    assert statement(SAID).splitlines() == lines


def test_nobody_takes_it_for_a_checkpoint() -> None:
    with pytest.raises(Malformed):
        read_checkpoint(statement(SAID))


def test_what_the_former_key_signed_is_endorsed() -> None:
    demand_endorsed(endorsed(SAID, LOG))


@pytest.mark.parametrize(
    "changes", [{"kept": 4}, {"former_size": 11}, {"origin": "x"}, {"log_key": "x"}, {"former_root": "x"}]
)
def test_it_is_endorsed_as_it_was_signed(changes: dict[str, object]) -> None:
    with pytest.raises(Unverified):
        demand_endorsed(replace(endorsed(SAID, LOG), **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("changes", [{"endorsement": ""}, {"endorsement": "a\n"}, {"former_origin": "other/log"}])
def test_what_is_no_signature_of_that_log_endorses_nothing(changes: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        demand_endorsed(replace(endorsed(SAID, LOG), **changes))  # type: ignore[arg-type]


def test_nobody_else_endorses_it() -> None:
    with pytest.raises(Unverified):
        demand_endorsed(endorsed(SAID, replace(WITNESS, name=LOG.name, type=LOG.type)))
