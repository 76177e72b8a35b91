"""Reading a desk file: every mistake at once, each with its place and what to do."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import islice
from typing import Any, Final, get_args

import yaml
from pydantic import BaseModel, ValidationError

from service.desk_file import DeskFile

LARGEST: Final = 2**20
MOST: Final = 100_000
"""More than anybody keeps by hand; YAML's aliases could say far more in a few lines."""


DATE: Final = "tag:yaml.org,2002:timestamp"
RESOLVERS: Final = {
    letter: [each for each in resolvers if each[0] != DATE]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class PlainLoader(yaml.SafeLoader):
    """YAML that leaves a date a text: its section says what is wrong with it, and where."""

    yaml_implicit_resolvers = RESOLVERS


class BadDeskFile(Exception):
    """One line for each mistake."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def read_desk_file(text: str | bytes) -> DeskFile:
    """The desk file that the YAML says; `BadDeskFile` if it says none."""
    if len(text) > LARGEST:
        raise BadDeskFile([f"it has {len(text)} bytes: a desk file has {LARGEST} at the most"])
    try:
        _demand_sane(yaml.compose(text, Loader=PlainLoader))
        return DeskFile.model_validate(yaml.load(text, Loader=PlainLoader))  # noqa: S506 -- it is a SafeLoader
    except yaml.YAMLError as fault:
        raise BadDeskFile([f"no YAML: {fault}"]) from None
    except RecursionError:
        raise BadDeskFile(["it is nested too deeply"]) from None
    except ValidationError as fault:
        raise BadDeskFile([_told(error) for error in fault.errors()]) from None


def _demand_sane(root: yaml.Node | None) -> None:
    nodes = list(islice(_every(root), MOST + 1))
    if len(nodes) > MOST:
        raise BadDeskFile([f"it holds more than {MOST} values, those that aliases repeat included"])
    if mistakes := [told for _, told in sorted(set(_said_twice(nodes)))]:
        raise BadDeskFile(mistakes)


def _every(root: yaml.Node | None) -> Iterator[yaml.Node]:
    """Each node as often as it is meant: aliases are short, what they repeat is not."""
    waiting = [] if root is None else [root]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, yaml.MappingNode):
            waiting += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value


def _said_twice(nodes: Iterable[yaml.Node]) -> Iterator[tuple[int, str]]:
    """Line and mistake: YAML itself would silently take the last one."""
    for node in nodes:
        keys = [key for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
        seen: dict[str, int] = {}
        for key in (key for key in keys if isinstance(key, yaml.ScalarNode)):
            line = key.start_mark.line + 1
            if key.value in seen:
                yield line, f"line {line}: {key.value!r} stands already in line {seen[key.value]}: keep one"
            seen.setdefault(key.value, line)


def _told(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"] if part != "[key]") or "the file"
    given = repr(error["input"])[:60]
    match error["type"]:
        case "extra_forbidden":
            why = "there is no such key" + _hint(str(error["loc"][-1]), error["loc"])
        case "missing":
            why = "it is required"
        case "string_pattern_mismatch":
            why = f"{given} does not fit {error['ctx']['pattern']}"
        case "string_type":
            why = f"{given} is no text: write it in quotes"
        case "date_type" | "date_from_datetime_parsing" | "date_from_datetime_inexact":
            why = f"{given} is no date: write for example 2026-12-31"
        case "model_type" | "dict_type":
            why = "write keys and their values"
        case _:
            why = error["msg"].removeprefix("Value error, ")
    return f"{place}: {why}"


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
