"""What no linter checks."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from string import Formatter

import pytest

from domain.event import shape_of
from domain.shapes import event_classes
from service.__main__ import glasno
from service.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 300
GENERATED = re.compile(
    r"requirements.*\.txt|tests/golden/.*\.json|monitoring/dashboards/.*\.json|docs/images/.*\.png|tests/quality/package-lock\.json"
    r"|docs/events\.asyncapi\.yaml"
)
PLACES = re.compile(
    r"(?<!no-emit-)(?:extra-)?index-url|INDEX_URL|https?://\S*(?:/simple\b|\bpypi\b|artifactory|nexus)"
    r"|(?<![\w.~/-])/(?:work|root|home|Users)/"
)
"""A registry, or a folder of somebody's machine."""


def written_files() -> list[Path]:
    """What is in the repository or about to be."""
    if not (shutil.which("git") and (ROOT / ".git").exists()):
        pytest.skip("this is no checkout: nobody knows which files are tracked")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    return path.read_bytes().decode(errors="replace")


def test_no_file_is_longer_than_anybody_reads() -> None:
    lengths = {str(path.relative_to(ROOT)): len(text_of(path).splitlines()) for path in written_files()}
    assert {name: length for name, length in lengths.items() if length > LONGEST and not GENERATED.match(name)} == {}


def test_no_file_names_a_registry_or_a_folder_of_a_machine() -> None:
    here = Path(__file__)
    found = {path.name: PLACES.findall(text_of(path)) for path in written_files() if path != here}
    assert {name: places for name, places in found.items() if places} == {}


@pytest.mark.parametrize("event_class", event_classes(), ids=lambda each: shape_of(each).name)
def test_every_event_is_told_in_both_languages_by_its_own_fields(event_class: type) -> None:
    words = shape_of(event_class).words
    assert words.keys() == {"ru", "en"}
    assert not re.search("[а-яА-Я]", words["en"])
    assert words["en"] != words["ru"]
    assert named(words) <= {field.name for field in fields(event_class)}


def named(words: Mapping[str, str]) -> set[str]:
    """The fields that the sentences name."""
    return {name for sentence in words.values() for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_the_names_of_events_are_unique() -> None:
    names = [shape_of(each).name for each in event_classes()]
    assert sorted(names) == sorted(set(names))


def test_every_setting_and_every_command_is_in_the_architecture() -> None:
    told = (ROOT / "docs/ARCHITECTURE.md").read_text()
    settings = {f"GLASNO_{name}".upper() for name in Settings.model_fields}
    assert {name for name in settings if name not in told} == set()
    assert {name for name in glasno.commands if not re.search(rf"[`, ]{name}[`, ]", told)} == set()
