"""The document says what is relayed: it is current, it is AsyncAPI, and what is relayed is as it says."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from domain.canonical import canonical
from service.relay.asyncapi import FILE, document, text
from service.relay.message import message_of
from tests.servers import missing

TESTS = Path(__file__).resolve().parents[2]
GOLDEN = TESTS / "golden"
SPECIFICATION = TESTS / "quality/node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json"
DOCUMENT = document()


def test_the_document_is_current() -> None:
    assert FILE.read_text() == text(), "python -m service.relay.asyncapi"


def test_the_document_is_asyncapi() -> None:
    if not SPECIFICATION.exists():
        missing("the schema of AsyncAPI is not installed: run tests/servers/install, with node and npm")
    validator = jsonschema_rs.validator_for(json.loads(SPECIFICATION.read_text()))
    told = yaml.safe_load(FILE.read_text())
    assert [error.message for error in validator.iter_errors(told)] == []
    assert not validator.is_valid(told | {"channels": {"events": {"adress": "glasno"}}})


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.json")), ids=lambda file: file.stem)
def test_every_event_that_was_ever_stored_is_relayed_as_the_document_says(file: Path) -> None:
    envelope = canonical(json.loads(file.read_text())["envelope"])
    told = json.loads(message_of("desk.example/log", 17, 12, envelope).body)
    schema = {**DOCUMENT, **DOCUMENT["components"]["messages"][told["type"].removeprefix("glasno.")]["payload"]}
    assert [error.message for error in jsonschema_rs.validator_for(schema).iter_errors(told)] == []
    del told["data"]["v"]
    assert not jsonschema_rs.is_valid(schema, told)
