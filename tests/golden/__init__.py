"""Every shape of event that was ever stored, as it stands in the log: each must be read for ever."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from enum import Enum
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from sqlalchemy import create_engine

from domain.canonical import canonical, parse
from domain.event import Address, Content, Sealed, Source, shape_of
from domain.shapes import event_classes
from store.codec import Codec
from store.envelope import Envelope, sealed, unsealed
from store.keys import DESK, Keys
from store.sealing import FACTS, Sealer, value_of

FOLDER: Final = Path(__file__).parent
STREAM: Final = UUID(int=1)
VERSION: Final = 1
OWNER: Final = f"{2:032x}"
COMMAND: Final = f"{3:032x}"


def file_of(event_class: type) -> Path:
    """Where the current shape of the event is kept."""
    shape = shape_of(event_class)
    return FOLDER / f"{shape.name}.{shape.version}.json"


def write_missing(folder: Path = FOLDER) -> list[Path]:
    """Write what is not there yet; a file that is there is never touched: it says what was stored."""
    missing = [each for each in event_classes() if not (folder / file_of(each).name).exists()]
    for event_class in missing:
        text = json.dumps(golden(event_class), ensure_ascii=False, indent=2, sort_keys=True)
        (folder / file_of(event_class).name).write_text(text + "\n")
    return [folder / file_of(each).name for each in missing]


def golden(event_class: type) -> dict[str, Any]:
    """A sample as it is stored today, sections in clear, and what is read from it."""
    stored = _stored(Codec([event_class]), sample(event_class, count(1_000_000_000_000)))
    return stored | {"decoded": decoded(stored)}


def decoded(stored: Mapping[str, Any]) -> dict[str, Any]:
    """What today's code reads from stored values, as plain values."""
    envelope, values = unsealed(canonical(stored["envelope"]), stored["facts"])
    event = Codec(event_classes()).join(envelope.name, envelope.shape, values, STREAM.hex, VERSION)
    return {field.name: _plain(getattr(event, field.name)) for field in dataclasses.fields(event)}


def sample(hint: Any, numbers: Iterator[int]) -> Any:
    """A value of the type; numbers ascend, so that what follows is later than what stands before it."""
    origin, parts = get_origin(hint), get_args(hint)
    if set(get_args(Sealed)) <= set(parts):
        return Content(OWNER, {"body": "Добрый день"})
    if origin in (Annotated, Literal):
        return sample(parts[0], numbers) if origin is Annotated else parts[0]
    if origin is tuple:
        return tuple(sample(part, numbers) for part in parts if part is not Ellipsis)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {sample(parts[0], numbers): sample(parts[1], numbers)}
    if origin is not None and origin not in (list, frozenset):
        return sample(parts[0], numbers)
    return origin([sample(parts[0], numbers)]) if origin else _plain_sample(hint, numbers)


def _plain_sample(hint: Any, numbers: Iterator[int]) -> Any:
    if dataclasses.is_dataclass(hint):
        hints = get_type_hints(hint, include_extras=True)
        return hint(**{field.name: sample(hints[field.name], numbers) for field in dataclasses.fields(hint)})  # type: ignore[operator]
    if issubclass(hint, tuple):
        return hint(*(sample(each, numbers) for each in get_type_hints(hint).values()))
    if issubclass(hint, Enum):
        return next(iter(hint))
    return next(numbers) if hint is int else f"word {next(numbers) % 1_000}"


def _stored(codec: Codec, event: Any) -> dict[str, Any]:
    shape, parts = codec.split(event)
    envelope = Envelope(shape.name, shape.version, parts.public["at"], 2_000_000_000_000, Source.LIVE, COMMAND)
    if shape.is_clear(published=True):
        envelope = envelope.numbered(f"{4:032x}", 1)
    sealer = _sealer()
    keys = {owner: sealer.keys.of(owner) for owner in (DESK, OWNER)}
    raw, sections = sealed(envelope, parts, STREAM, VERSION, sealer=sealer, keys=keys)
    clear = {each.name: value_of(sealer.disclosure(each, raw) or b"") for each in sections}
    return {"envelope": parse(raw), "facts": clear.pop(FACTS), "contents": clear}


def _sealer() -> Sealer:
    """Keys that are the same each time, so that a file written again would be the same."""
    numbers = count()

    def random(size: int) -> bytes:
        return sha256(str(next(numbers)).encode()).digest()[:size]

    return Sealer(Keys(create_engine("sqlite://"), bytes(32), random), random)


def _plain(value: Any) -> Any:
    return f"address of {value.section}" if isinstance(value, Address) else msgspec.to_builtins(value)
