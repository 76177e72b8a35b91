import json
from pathlib import Path

import pytest

from domain.canonical import canonical
from domain.event import shape_of
from domain.shapes import event_classes
from tests.golden import FOLDER, decoded, file_of, golden, write_missing

FILES = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("event_class", event_classes(), ids=lambda each: shape_of(each).name)
def test_every_event_keeps_its_current_shape(event_class: type) -> None:
    assert file_of(event_class) in FILES, "run: python -m tests.golden"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shape_that_was_ever_stored_is_read_as_it_was(path: Path) -> None:
    kept = json.loads(path.read_text())
    today = json.loads(json.dumps(decoded(kept)))
    assert {name: value for name, value in today.items() if name in kept["decoded"]} == kept["decoded"]


@pytest.mark.parametrize("event_class", event_classes(), ids=lambda each: shape_of(each).name)
def test_every_field_is_stored_where_it_was(event_class: type) -> None:
    kept, today = json.loads(file_of(event_class).read_text()), golden(event_class)
    lost = {name for part in ("envelope", "facts", "contents") for name in kept[part].keys() - today[part].keys()}
    assert lost == set(), "a field is gone or has moved: that needs a new version of the shape, and an upcast"


def test_the_files_hold_what_can_be_stored() -> None:
    for path in FILES:
        kept = json.loads(path.read_text())
        assert canonical([kept["envelope"], kept["facts"], kept["contents"]])


def test_each_file_is_written_once_and_never_again(tmp_path: Path) -> None:
    first, *others = write_missing(tmp_path)
    assert len(others) + 1 == len(event_classes())
    first.write_text("kept")
    others[0].unlink()
    assert write_missing(tmp_path) == others[:1]
    assert first.read_text() == "kept"


def test_what_is_written_twice_is_the_same(tmp_path: Path) -> None:
    assert [path.read_text() for path in write_missing(tmp_path)] == [
        json.dumps(golden(each), ensure_ascii=False, indent=2, sort_keys=True) + "\n" for each in event_classes()
    ]
