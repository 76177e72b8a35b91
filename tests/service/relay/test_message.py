"""What is relayed of an event: what stands in its envelope, and nothing else."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.canonical import canonical
from service.relay.message import Message, message_of
from store.desk import Desk
from tests.service.relay.happening import happen

CLEAR: dict[str, Any] = {
    "_sd": ["x"], "v": 1, "ty": "ticket.accepted", "tk": "ab" * 16, "sv": 2, "at": 1, "rec": 1795361452419,
    "src": "live",
}  # fmt: skip


def told(message: Message) -> Any:
    return json.loads(message.body)


def test_a_clear_entry_is_told_by_its_name() -> None:
    message = message_of("desk.example/log", 17, 12, canonical(CLEAR))
    assert (message.position, message.subject) == (17, "glasno.events.ticket.accepted")
    assert told(message) == {
        "specversion": "1.0",
        "id": "17",
        "source": "desk.example/log",
        "type": "glasno.ticket.accepted",
        "subject": "ab" * 16,
        "time": "2026-11-22T15:30:52.419Z",
        "datacontenttype": "application/json",
        "position": 17,
        "index": 12,
        "data": CLEAR,
    }


def test_an_opaque_entry_has_neither_name_nor_time_nor_stream() -> None:
    message = message_of("desk.example/log", 17, 12, canonical({"_sd": ["x"], "v": 1}))
    assert message.subject == "glasno.events.opaque"
    assert told(message)["type"] == "glasno.opaque"
    assert told(message).keys().isdisjoint({"subject", "time"})


@given(st.dictionaries(st.text("abcdefgh", min_size=3), st.text(max_size=20) | st.integers(0, 2**50), max_size=5))
def test_an_envelope_is_relayed_as_it_was_stored(more: dict[str, Any]) -> None:
    envelope = canonical(CLEAR | more)
    message = message_of('desk "one"/log', 1, 0, envelope)
    assert message.body.endswith(b',"data":' + envelope + b"}")
    assert told(message)["source"] == 'desk "one"/log'


def test_nothing_that_is_sealed_is_relayed(sqlite_desk: Desk) -> None:
    happen(sqlite_desk, 20)
    for each in sqlite_desk.log.stored():
        body = message_of("log", each.position, 0, each.envelope).body
        assert b'"cmd"' not in body
        assert each.stream.encode() not in body
        assert all(section.ciphertext not in body for section in each.sections)
        assert (each.topic.encode() in body) == (b'"ty"' in each.envelope)
