"""Every refusal of the code is put into words, and the words need no fact that it does not give."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Final

import pytest

from api.language import SPOKEN
from api.problems import problem_of
from api.refusals import REFUSALS, TITLES
from domain.refusal import Refused

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDERS: Final = ("domain", "store", "projections", "api", "status_page")


def raised() -> Iterator[tuple[str, frozenset[str] | None]]:
    """Each code with the facts that it is raised with; None where they are only known at run time."""
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            yield from _in(ast.parse(path.read_text()))


def _in(tree: ast.Module) -> Iterator[tuple[str, frozenset[str] | None]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_refusal(node) and node.args and isinstance(node.args[0], ast.Constant):
            names = [keyword.arg for keyword in node.keywords]
            yield str(node.args[0].value), None if None in names else frozenset(filter(None, names))


def _is_refusal(node: ast.Call) -> bool:
    """`Refused(...)`, or a kind of it that passes its code on."""
    return ast.unparse(node.func) in {"Refused", "super().__init__"}


CODES: Final = sorted({code for code, _ in raised() if re.fullmatch("[a-z]+(_[a-z]+)*", code)})


def test_there_are_codes() -> None:
    assert len(CODES) > 60


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_told_in_both_languages(code: str) -> None:
    refusal = REFUSALS[code]
    assert set(refusal.words) == set(SPOKEN) == set(TITLES[refusal.status])
    assert re.search("[а-яА-Я]", refusal.words["ru"])
    assert not re.search("[а-яА-Я]", refusal.words["en"])


@pytest.mark.parametrize(("code", "facts"), [each for each in raised() if each[0] in REFUSALS and each[1] is not None])
def test_no_sentence_needs_a_fact_that_is_not_given(code: str, facts: frozenset[str]) -> None:
    for sentence in REFUSALS[code].words.values():
        assert {name for _, name, _, _ in Formatter().parse(sentence) if name} <= facts


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        (Refused("update_too_early", last=0), "1970-01-01T00:00:00.000Z"),
        (Refused("works_under_way", start=1), "1970-01-01T00:00:00.001Z"),
        (Refused("works_too_late", start=0), "1970-01-01T00:00:00.000Z"),
        (
            Refused("works_overlap", component="web", start=0, end=5),
            "1970-01-01T00:00:00.000Z to 1970-01-01T00:00:00.005Z",
        ),
        (Refused("works_too_short", start=0, end=5), "1970-01-01T00:00:00.000Z to 1970-01-01T00:00:00.005Z"),
    ],
    ids=lambda each: getattr(each, "code", ""),
)
def test_instants_are_told_as_such(refused: Refused, told: str) -> None:
    problem = problem_of(refused, "en", "request")
    assert told in problem.detail
    assert not any(isinstance(value, int) for value in problem.facts.values())


def test_no_words_are_left_over() -> None:
    assert set(REFUSALS) <= {*CODES, "malformed", "not_found", "method_not_allowed"}
