"""`python -m service.relay.asyncapi`: what is relayed, as a document of AsyncAPI 3, read from the classes of events."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from types import NoneType
from typing import Any, Final, TypeAlias, TypedDict, Union, get_args, get_type_hints

import click
import msgspec
import yaml

from domain.event import Visibility, shape_of
from domain.shapes import event_classes
from service.relay.message import OPAQUE, SUBJECTS
from service.version import VERSION
from store.codec import plan_of

FILE: Final = Path(__file__).resolve().parents[2] / "docs/events.asyncapi.yaml"
Schema: TypeAlias = Mapping[str, Any]
REFERENCE: Final = "#/components/schemas/{name}"
INSTANT: Final = {"type": "integer", "description": "Milliseconds since 1970-01-01T00:00:00Z."}
HEX: Final = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
DIGESTS: Final = {
    "type": "array",
    "items": {"type": "string"},
    "description": "Salted SHA-256 of what is sealed, in base64url: of the facts, and of each person's words.",
}
EVENT: Final = {
    "type": "object",
    "description": "CloudEvents 1.0 in the JSON format, structured mode.",
    "required": ["specversion", "id", "source", "type", "datacontenttype", "position", "index", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "description": "The position as text; also the header Nats-Msg-Id."},
        "source": {"type": "string", "description": "The name of the log, as in its signed checkpoints."},
        "type": {"type": "string"},
        "subject": HEX | {"description": "What stands for the stream in public; absent if the entry is opaque."},
        "time": {"type": "string", "format": "date-time", "description": "When it was stored; absent if opaque."},
        "datacontenttype": {"const": "application/json"},
        "position": {"type": "integer", "minimum": 1, "description": "In the log: ascends, may have gaps."},
        "index": {"type": "integer", "minimum": 0, "description": "Of the entry in the transparency log: no gaps."},
        "data": {"type": "object"},
    },
}
ENVELOPE: Final = {
    "type": "object",
    "description": "The entry of the transparency log. A reader ignores fields that it does not know.",
    "required": ["_sd", "v"],
    "properties": {"_sd": DIGESTS, "v": {"type": "integer", "description": "The version of its shape."}},
}
CLEAR: Final = {
    "allOf": [{"$ref": REFERENCE.format(name="Envelope")}],
    "required": ["ty", "tk", "sv", "at", "rec", "src"],
    "properties": {
        "ty": {"type": "string", "description": "The name of the event."},
        "tk": HEX | {"description": "What stands for the stream in public."},
        "sv": {"type": "integer", "minimum": 1, "description": "Counts the clear events of the stream without gaps."},
        "at": INSTANT | {"title": "When it happened"},
        "rec": INSTANT | {"title": "When it was stored"},
        "src": {"enum": ["live", "import", "simulation"]},
    },
}
HEADERS: Final = {
    "type": "object",
    "properties": {
        "content-type": {"const": "application/cloudevents+json; charset=utf-8"},
        "Nats-Msg-Id": {"type": "string", "description": "The position: nothing is in the stream twice."},
    },
}
ABOUT: Final = """\
Every event of a Glasno desk in the stream GLASNO of NATS JetStream, in the order of the log, each once. What an event
says in public is in clear; of all others there are digests only, under the name `opaque`. See docs/relay.md."""


def document() -> dict[str, Any]:
    """The document."""
    clear = {shape_of(each).name: each for each in event_classes() if shape_of(each).visibility != Visibility.OPAQUE}
    names = [*sorted(clear), OPAQUE]
    schemas = {"CloudEvent": EVENT, "Envelope": ENVELOPE, "Clear": CLEAR, "Headers": HEADERS, **_schemas_of(clear)}
    opaque = _message(OPAQUE, "What is told to nobody but those who may see it.", "Envelope")
    told = {name: _message(name, _summary(clear[name]), name) for name in sorted(clear)}
    messages = {name: {"$ref": f"#/channels/events/messages/{name}"} for name in names}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Glasno: events", "version": VERSION, "description": ABOUT},
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            "events": {
                "address": f"{SUBJECTS}.{{event}}",
                "description": "The subjects of the stream GLASNO.",
                "parameters": {"event": {"description": "The name of the event.", "enum": names}},
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
            }
        },
        "operations": {
            "relay": {
                "action": "send",
                "channel": {"$ref": "#/channels/events"},
                "summary": "`glasno relay` publishes an event after it was stored.",
                "messages": [*messages.values()],
            }
        },
        "components": {"messages": {**told, OPAQUE: opaque}, "schemas": schemas},
    }


def _message(name: str, summary: str, data: str) -> Schema:
    told = {"type": {"const": f"glasno.{name}"}, "data": {"$ref": REFERENCE.format(name=data)}}
    event = {"$ref": REFERENCE.format(name="CloudEvent")}
    return {
        "name": name,
        "summary": summary,
        "contentType": "application/cloudevents+json",
        "headers": {"$ref": REFERENCE.format(name="Headers")},
        "payload": {"allOf": [event], "properties": told},
    }


def _summary(event_class: type) -> str:
    """The first sentence of what the class says of itself."""
    return (event_class.__doc__ or "").strip().partition("\n\n")[0].replace("\n    ", " ")


def _schemas_of(clear: Mapping[str, type]) -> dict[str, Schema]:
    """Of what each event says in public, and of what that is made of."""
    records = [_record(name, clear[name]) for name in sorted(clear)]
    _, schemas = msgspec.json.schema_components(records, ref_template=REFERENCE)
    for name, event_class in clear.items():
        told = {**schemas[name], "required": _required(event_class)}
        told.pop("title")
        schemas[name] = {"allOf": [{"$ref": REFERENCE.format(name="Clear")}], **told}
    return dict(sorted(schemas.items()))


def _record(name: str, event_class: type) -> Any:
    """A type of the public fields; one that is None is left out when it is stored."""
    plan = plan_of(event_class)
    hints = get_type_hints(plan.values)
    record: Any = TypedDict
    return record(name, {field: _present(hints[field]) for field in sorted(plan.public)}, total=False)


def _present(hint: Any) -> Any:
    parts = get_args(hint)
    return Union[tuple(part for part in parts if part is not NoneType)] if NoneType in parts else hint  # noqa: UP007 -- of a tuple


def _required(event_class: Any) -> list[str]:
    """Fields without a default: all others may be missing in what was stored before there were any."""
    plan = plan_of(event_class)
    needed = [each.name for each in fields(event_class) if each.default is MISSING and each.name not in plan.defaults]
    return sorted(plan.public.intersection(needed))


def text() -> str:
    """The document as it stands in the file."""
    return yaml.dump(document(), Dumper=_Plain, sort_keys=False, width=120, allow_unicode=True)


class _Plain(yaml.SafeDumper):
    """Writes everything where it stands."""

    def ignore_aliases(self, _: Any) -> bool:
        return True


if __name__ == "__main__":
    FILE.write_text(text())
    click.echo(f"written: {FILE.name}")
