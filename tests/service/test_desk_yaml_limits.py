"""Desk files that nobody writes by hand, or not on purpose: told in words all the same, and soon."""

from typing import Any

import pytest

from service.apply import DEFAULT
from service.desk_yaml import LARGEST, BadDeskFile, read_desk_file
from tests.service.desk_files import default, mistakes

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{each}: &{each} [{', '.join(10 * ['*' + before])}]\n" for before, each in zip("abcdefgh", "bcdefghi", strict=True)
)
TARGETS = ("levels", "standard", "targets", "default", "reaction")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BOMB, "it holds more than 100000 values"),
        ("desk: &desk {zone: *desk}", "it holds more than 100000 values"),
        ("[" * 20_000, "it is nested too deeply"),
        ("# \n" * LARGEST, "at the most"),
        ("? [a, b]\n: c", "found unhashable key"),
        ("contracts: {acme: {since: 2026-02-30}}", "contracts.acme.since: '2026-02-30' is no date: write for example"),
        ("contracts: {acme: {name: 2026-02-28, since: soon}}", "contracts.acme.since: 'soon' is no date"),
        ("contracts: {acme: {name: 5}}", "contracts.acme.name: 5 is no text: write it in quotes"),
    ],
)
def test_a_strange_file_is_told_in_words(text: str, told: str) -> None:
    with pytest.raises(BadDeskFile) as fault:
        read_desk_file(text)
    assert any(told in mistake for mistake in fault.value.mistakes)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (TARGETS, "99999999999999d", "is longer than a year: write 366d at the most"),
        (TARGETS, 60, "60 is no text: write it in quotes"),
        (("desk", "languages"), ["ru", "ru"], "name each language once"),
        (("calendars", "always", "hours"), {"mon": "13:00-14:00, 09:00-12:00"}, "out of order"),
    ],
)
def test_a_value_that_cannot_hold_says_what_to_do(path: tuple[str, ...], value: Any, told: str) -> None:
    values = default()
    section: Any = values
    for part in path[:-1]:
        section = section[part]
    section[path[-1]] = value
    [mistake] = mistakes(values)
    assert told in mistake


def test_what_an_alias_repeats_is_read_as_if_it_were_written_twice() -> None:
    written = DEFAULT.read_text(encoding="utf-8")
    label = "{ru: Первая линия, en: First line}"
    aliased = written.replace(f"first: {label}", f"first: &first {label}").replace(
        "{ru: Вторая линия, en: Second line}", "*first"
    )
    file = read_desk_file(aliased)
    assert aliased != written
    assert file.lines["second"] == file.lines["first"]
