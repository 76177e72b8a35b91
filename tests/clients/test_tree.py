"""A verifier of others, unchanged, accepts the tree of a real log from its files, and refuses one that was altered."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from audit.evidence import Folder
from audit.tlog.merkle import Hash, prove_consistency, prove_inclusion, root_of
from audit.tlog.tiles import WIDTH, bundle_path, nodes_in, unpacked
from service.settings import Settings
from tests.audit.sequenced import Scene
from tests.clients.installed import tree_verifier
from tests.store.notebook import open_shelf

SIZE = 300


@pytest.fixture
def folder(sqlite_settings: Settings, tmp_path: Path) -> Iterator[Folder]:
    """The evidence of a log of so many entries."""
    with closing(open_shelf(sqlite_settings)) as shelf:
        scene = Scene(shelf, tmp_path)
        scene.write(SIZE)
        assert scene.advance().checkpoint.size == SIZE
        yield scene.folder


def entries_in(folder: Folder) -> list[bytes]:
    first, rest = bundle_path(0), bundle_path(1, SIZE - WIDTH)
    return [*unpacked(folder.read(first), WIDTH), *unpacked(folder.read(rest), SIZE - WIDTH)]


def asked(folder: Folder, entries: list[bytes]) -> dict[str, Any]:
    """Every entry, and every beginning of the tree, with its proof."""
    read = nodes_in(folder.read, SIZE)
    root = root_of(read, SIZE).hex()
    of = {"size": SIZE, "root": root}
    included = [
        {**of, "index": index, "entry": entry.hex(), "path": hexes(prove_inclusion(read, index, SIZE))}
        for index, entry in enumerate(entries)
    ]
    consistent = [
        {**of, "old": old, "oldRoot": root_of(read, old).hex(), "path": hexes(consistency(folder, old))}
        for old in range(1, SIZE)
    ]
    return {"root": root, "entries": hexes(entries), "included": included, "consistent": consistent}


def consistency(folder: Folder, old: int) -> list[Hash]:
    """This verifier leaves out step 2 of RFC 9162, 2.1.4.2: it wants to be given the root of a whole subtree."""
    read = nodes_in(folder.read, SIZE)
    first = [] if old & (old - 1) else [root_of(read, old)]
    return [*first, *prove_consistency(read, old, SIZE)]


def hexes(values: list[bytes]) -> list[str]:
    return [each.hex() for each in values]


def told(question: dict[str, Any]) -> Any:
    done = subprocess.run(
        ["node", str(Path(__file__).with_name("ask_rfc9162.js"))],
        input=json.dumps(question), check=False, capture_output=True, text=True, timeout=120,
        env=os.environ | {"NODE_PATH": str(tree_verifier())},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_proof_of_a_real_log_is_accepted(folder: Folder) -> None:
    answer = told(asked(folder, entries_in(folder)))
    assert answer == {"tree": True, "included": [True] * SIZE, "consistent": [True] * (SIZE - 1)}


def test_an_altered_entry_is_refused(folder: Folder) -> None:
    entries = entries_in(folder)
    entries[77] = entries[77].replace(b"v", b"w", 1)
    answer = told(asked(folder, entries))
    assert not answer["tree"]
    assert [index for index, is_there in enumerate(answer["included"]) if not is_there] == [77]
