import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from pydantic import BaseModel

from service.apply import carry_out, plan
from service.build import build_desk
from service.desk_file import DeskFile
from service.desk_yaml import read_desk_file
from service.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = DOCS / "desk-file.md"
REFERENCES = (REFERENCE, DOCS / "probes.md")


def test_the_example_of_the_reference_can_be_applied(sqlite_settings: Settings) -> None:
    found = re.search(r"```yaml\n(.*?)```", REFERENCE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    desk, file = build_desk(sqlite_settings), read_desk_file(found[1])
    carry_out(desk, plan(desk, file, at=desk.now()), at=desk.now())
    assert plan(desk, file, at=desk.now()).changes == []


def test_every_key_stands_in_the_reference() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in REFERENCES)
    assert [key for key in keys_of(DeskFile) if not re.search(rf"\b{key}\b", text)] == []


def keys_of(section: type[BaseModel]) -> Iterator[str]:
    for name, field in section.model_fields.items():
        yield name
        for inner in sections_in(field.annotation):
            yield from keys_of(inner)


def sections_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from sections_in(part)
