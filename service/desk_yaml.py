"""Reading a desk file: every mistake at once, each with its place and what to do."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from service.desk_file import DeskFile


class BadDeskFile(Exception):  # noqa: N818
    """One line for each mistake."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def read_desk_file(text: str | bytes) -> DeskFile:
    """The desk file that the YAML says; `BadDeskFile` if it says none."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if mistakes := list(_said_twice(root)):
            raise BadDeskFile(mistakes)
        return DeskFile.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as fault:
        raise BadDeskFile([f"no YAML: {fault}"]) from None
    except ValidationError as fault:
        raise BadDeskFile([_told(error) for error in fault.errors()]) from None


def _said_twice(node: yaml.Node | None) -> Iterator[str]:
    """YAML itself would silently take the last one."""
    match node:
        case yaml.MappingNode():
            seen: dict[Any, int] = {}
            for key, value in node.value:
                line = key.start_mark.line + 1
                if key.value in seen:
                    yield f"line {line}: {key.value!r} stands already in line {seen[key.value]}: keep one"
                seen.setdefault(key.value, line)
                yield from _said_twice(value)
        case yaml.SequenceNode():
            for value in node.value:
                yield from _said_twice(value)
        case _:
            pass


def _told(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"] if part != "[key]") or "the file"
    match error["type"]:
        case "extra_forbidden":
            return f"{place}: there is no such key{_hint(str(error['loc'][-1]), error['loc'])}"
        case "missing":
            return f"{place}: it is required"
        case "string_pattern_mismatch":
            return f"{place}: {error['input']!r} does not fit {error['ctx']['pattern']}"
        case _:
            return f"{place}: {error['msg'].removeprefix('Value error, ')}"


def _hint(key: str, place: tuple[int | str, ...]) -> str:
    near = get_close_matches(key, _fields_at(place), n=1)
    return f": did you mean {near[0]!r}?" if near else f": write one of {', '.join(_fields_at(place))}"


def _fields_at(place: tuple[int | str, ...]) -> list[str]:
    """The keys that the section of the place knows."""
    section: type[BaseModel] = DeskFile
    for part in place[:-1]:
        if field := section.model_fields.get(str(part)):
            section = _section_in(field.annotation) or section
    return list(section.model_fields)


def _section_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_section_in, get_args(annotation))), None)
