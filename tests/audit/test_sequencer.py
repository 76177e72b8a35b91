"""The sequencer signs one history, however often it is interrupted."""

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from audit import sequencer
from audit.evidence import CHECKPOINT, Folder
from audit.sequencer import Overtaken, Sequencer, Signed
from audit.tlog.note import signed as signed_note
from audit.tlog.proof import proved, verify_proof
from audit.tlog.tiles import nodes_in
from tests.audit.sequenced import Scene
from tests.audit.tlog.trees import LOG


class Crash(Exception):
    """The process is gone."""


def test_an_empty_log_is_not_signed(small: Scene) -> None:
    assert (small.sequencer.is_behind, small.sequencer.advance(7), small.sequencer.signed) == (False, None, None)


def test_what_is_stored_is_signed(scene: Scene) -> None:
    scene.write(3)
    assert scene.sequencer.is_behind
    known = scene.advance(at=7)
    assert (known.checkpoint.size, known.position, known.at) == (3, scene.shelf.log.head(), 7)
    assert scene.sequencer.signed == known
    assert not scene.sequencer.is_behind


def test_every_entry_is_proved_by_the_files_alone(scene: Scene) -> None:
    scene.write(300)
    known = scene.advance()
    for index, (_, envelope) in enumerate(scene.shelf.log.envelopes()):
        proof = proved(nodes_in(scene.folder.read, 300), index, known.checkpoint, known.note)
        assert verify_proof(proof, envelope, [LOG.key]) == known.checkpoint


def test_many_rounds_never_contradict_each_other(scene: Scene) -> None:
    for number in (1, 2, 250, 3, 1, 255, 1, 300, 1):
        scene.write(number)
        scene.advance()
        scene.begin_again() if number % 2 else None
    assert scene.published[-1].size == 814


def test_nothing_new_is_not_signed_again(scene: Scene) -> None:
    scene.write(3)
    assert scene.advance(at=7) == scene.advance(at=8)


@pytest.mark.parametrize("where", ["_sign", "_make_known"])
def test_a_signer_that_was_stopped_takes_nothing_back(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Before it writes what it took in, and between that and its making known."""
    scene.write(250)
    scene.advance()
    stopped, act = scene.sequencer, getattr(Sequencer, where)

    def meanwhile(*taken: Any) -> Any:
        if taken[0] is stopped:
            scene.write(20)
            scene.begin_again()
            scene.advance()
        return act(*taken)

    scene.write(10)
    monkeypatch.setattr(Sequencer, where, meanwhile)
    with pytest.raises(Overtaken, match="280 entries are signed, 260 were to be"):
        stopped.advance(8)
    scene.write(1)
    assert scene.advance().checkpoint.size == 281


def test_whoever_does_not_lead_makes_nothing_known(small: Scene) -> None:
    small.write(3)
    signed = small.advance()
    small.write(1)
    former = Sequencer(small.shelf.log, small.folder.path, small.memory, LOG, failing)
    with pytest.raises(Crash):
        former.advance(8)
    assert (former.signed, small.folder.read(CHECKPOINT)) == (signed, signed.note)


def test_a_long_log_is_signed_in_rounds(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequencer, "ROUND", 200)
    scene.write(500)
    sizes = []
    while scene.sequencer.is_behind:
        sizes.append(scene.advance().checkpoint.size)
    assert sizes == [200, 400, 500]


def test_partial_files_go_when_they_are_whole(scene: Scene) -> None:
    for number in (10, 250):
        scene.write(number)
        scene.advance()
    assert not (scene.folder.path / "tile/0/000.p").exists()
    assert (scene.folder.path / "tile/0/001.p/4").exists()


def failing(*_: object) -> Any:
    raise Crash


@pytest.mark.parametrize("where", ["settle", "_remember", "_publish", "superseded"])
def test_after_a_crash_it_goes_on_as_if_nothing_had_been(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """With new files, before they are remembered; remembered, before it is published; published, before old ones go."""
    scene.write(250)
    scene.advance()
    scene.write(20)
    owner = {"settle": Folder, "superseded": sequencer}.get(where, Sequencer)
    with monkeypatch.context() as patched:
        patched.setattr(owner, where, failing)
        with pytest.raises(Crash):
            scene.sequencer.advance(8)
    if where != "superseded":
        assert scene.folder.read(CHECKPOINT) == signed_note(scene.published[-1].text, LOG)
    scene.begin_again()
    scene.write(1)
    assert scene.advance().checkpoint.size == 271


@pytest.mark.parametrize("written", range(1, 9))
def test_after_a_crash_between_any_two_files_it_goes_on_in_the_same_process_too(
    small: Scene, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    small.write(250)
    small.advance()
    small.write(300)
    with monkeypatch.context() as patched:
        patched.setattr(Folder, "write", after(written, Folder.write))
        small.begin_again()
        with pytest.raises(Crash):
            small.sequencer.advance(8)
    assert small.advance().checkpoint.size == 550


def after(times: int, write: Callable[..., None]) -> Callable[..., None]:
    """So often it works."""
    left = iter(range(times - 1))

    def written(self: Folder, name: str, content: bytes) -> None:
        if next(left, None) is None:
            raise Crash
        write(self, name, content)

    return written


@pytest.mark.parametrize("gone", ["", "/tile/0", "/tile/0/001.p", "/tile/entries/001.p"])
def test_lost_files_are_made_anew(scene: Scene, gone: str) -> None:
    scene.write(300)
    scene.advance()
    shutil.rmtree(f"{scene.folder.path}{gone}")
    scene.begin_again()
    scene.write(1)
    assert scene.advance().checkpoint.size == 301


def test_files_that_are_lost_while_it_runs_are_made_anew(small: Scene) -> None:
    small.write(300)
    small.advance()
    shutil.rmtree(small.folder.path)
    with pytest.raises(FileNotFoundError):
        small.sequencer.advance(8)
    assert small.advance().checkpoint.size == 300


@pytest.mark.parametrize("name", ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"])
@pytest.mark.parametrize("content", [b"", b"\x00" * 1408, b"\x00" * 32])
def test_spoilt_files_are_made_anew(small: Scene, name: str, content: bytes) -> None:
    small.write(300)
    small.advance()
    small.folder.write(name, content)
    small.begin_again()
    small.write(1)
    assert small.advance().checkpoint.size == 301


def test_what_was_signed_is_known_from_what_was_published_if_it_is_lost(scene: Scene) -> None:
    scene.write(300)
    known = scene.advance()
    scene.memory.unlink()
    assert (scene.advance().note, scene.sequencer.signed) == (
        known.note,
        Signed(known.note, known.checkpoint, known.position, 0),
    )
    assert not scene.sequencer.is_behind
