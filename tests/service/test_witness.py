"""A witness of a client: over HTTP as logs ask it, and by itself as `--once` does; it never cosigns two histories."""

import base64
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from audit.evidence import CHECKPOINT, Folder, empty
from audit.tlog.checkpoint import Checkpoint, opened
from audit.tlog.merkle import Hash, prove_consistency
from audit.tlog.note import read_key, signed, verified
from audit.tlog.tiles import tile_path
from audit.tlog.witness import Answer, Witness
from service import witness_once
from service.__main__ import glasno
from service.witness import MOST, Memory, app
from tests.audit.tlog.trees import LOG, ROOTS, WITNESS, node

AT = 1_700_000_000
FORGED = ROOTS[9]


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "kept")


@pytest.fixture
def client(memory: Memory) -> TestClient:
    return TestClient(app(Witness(WITNESS, {LOG.name: LOG.key}), memory, lambda: AT))


def note(size: int, root: Hash | None = None) -> bytes:
    return signed(Checkpoint(LOG.name, size, root or ROOTS[size]).text, LOG)


def asked(old: int, size: int, root: Hash | None = None) -> bytes:
    """What a log sends."""
    proof = prove_consistency(node, old, size) if 0 < old <= size else []
    lines = [f"old {old}", *(base64.b64encode(each).decode() for each in proof), "", ""]
    return "\n".join(lines).encode() + note(size, root)


def test_a_checkpoint_that_goes_on_is_cosigned_and_kept(client: TestClient, memory: Memory) -> None:
    for old, size in ((0, 3), (3, 7), (7, 7)):
        answer = client.post("/add-checkpoint", content=asked(old, size))
        assert answer.status_code == 200
        assert verified(note(size) + answer.content, [WITNESS.key]).signers == [(WITNESS.key, AT)]
    assert memory.note(LOG.name) == note(7)


def test_a_new_memory_outlives_a_loss_of_power(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    durable: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: durable.append(os.fstat(descriptor).st_ino))
    client.post("/add-checkpoint", content=asked(0, 3))
    assert {tmp_path.stat().st_ino, (tmp_path / "kept").stat().st_ino} <= {*durable}


def test_a_log_that_lost_count_is_told_from_where_to_go_on(client: TestClient) -> None:
    client.post("/add-checkpoint", content=asked(0, 3))
    answer = client.post("/add-checkpoint", content=asked(0, 7))
    assert (answer.status_code, answer.text, answer.headers["content-type"]) == (409, "3\n", "text/x.tlog.size")


def test_another_tree_of_the_same_size_is_refused_loudly(
    client: TestClient, memory: Memory, caplog: pytest.LogCaptureFixture
) -> None:
    client.post("/add-checkpoint", content=asked(0, 7))
    with caplog.at_level(logging.CRITICAL):
        assert client.post("/add-checkpoint", content=asked(7, 7, FORGED)).status_code == 409
    assert note(7).decode() in caplog.text
    assert note(7, FORGED).decode() in caplog.text
    assert memory.note(LOG.name) == note(7)


@pytest.mark.parametrize(("body", "status"), [(b"", 400), (b"x" * (MOST + 1), 413), (asked(0, 3) + b"x", 400)])
def test_what_is_no_request_is_refused(client: TestClient, body: bytes, status: int) -> None:
    assert client.post("/add-checkpoint", content=body).status_code == status


def test_a_log_that_is_not_watched_is_not_cosigned(memory: Memory) -> None:
    stranger = TestClient(app(Witness(WITNESS, {}), memory, lambda: AT))
    assert stranger.post("/add-checkpoint", content=asked(0, 3)).status_code == 404
    assert memory.checkpoint(LOG.name) is None


def test_of_two_histories_that_come_at_once_one_is_cosigned(memory: Memory) -> None:
    clients = [TestClient(app(Witness(WITNESS, {LOG.name: LOG.key}), memory, lambda: AT)) for _ in range(8)]
    bodies = [asked(0, 7, root) for root in (None, FORGED)] * 4
    with ThreadPoolExecutor(8) as pool:
        answers = [*pool.map(lambda each, body: each.post("/add-checkpoint", content=body), clients, bodies)]
    assert sum(each.status_code == 200 for each in answers) == 1


Look = Callable[..., Result]


@pytest.fixture
def site(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "site")


@pytest.fixture
def once(tmp_path: Path, site: Folder) -> Look:
    def look(*words: str) -> Result:
        own = ["--key", str(tmp_path / "w.key"), "--name", "acme.example/w", "--keep", str(tmp_path / "kept")]
        where = words or ("--log", LOG.key.text, "--once", str(site.path))
        return CliRunner().invoke(glasno, ["audit", "witness", *own, *where])

    return look


def publish(site: Folder, size: int, root: Hash | None = None, first: int = 0) -> bytes:
    """The tree of the entries from `first` on, in files."""
    writer = empty(site.write)
    for number in range(first, first + size):
        writer.append(b"%d" % number)
    writer.flush()
    told = note(size, root or writer.root)
    site.write(CHECKPOINT, told)
    return told


def test_whoever_looks_keeps_what_was_seen_and_cosigns_it(once: Look, site: Folder) -> None:
    for size in (3, 299, 299):
        told = publish(site, size)
        cosigned = once()
        assert cosigned.exit_code == 0, cosigned.stderr
        key = read_key(cosigned.stderr.splitlines()[0].rpartition(" ")[2])
        assert cosigned.stdout.encode().startswith(told)
        assert [signer for signer, _ in opened(cosigned.stdout.encode(), [key, LOG.key])[1].signers] == [LOG.key, key]


@pytest.mark.parametrize("size", [7, 20])
def test_a_fork_is_refused_with_both_notes(once: Look, site: Folder, size: int) -> None:
    kept = publish(site, 7)
    once()
    other = publish(site, size, first=100)
    refused = once()
    assert refused.exit_code == 1
    assert "two histories" in refused.stderr
    assert kept.decode() in refused.stderr
    assert other.decode() in refused.stderr
    publish(site, 7)
    assert once().exit_code == 0


def test_another_process_that_was_faster_is_no_fork(once: Look, site: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(site, 7)
    monkeypatch.setattr(witness_once, "add", lambda *_, **__: Answer(HTTPStatus.CONFLICT, "9\n"))
    refused = once()
    assert "faster" in refused.stderr
    assert "histories" not in refused.stderr


def test_a_log_that_went_back_is_not_cosigned(once: Look, site: Folder) -> None:
    publish(site, 20)
    once()
    publish(site, 7)
    assert "went back" in once().stderr


def test_tiles_of_another_tree_say_nothing_of_the_log(once: Look, site: Folder) -> None:
    publish(site, 7)
    once()
    publish(site, 20, ROOTS[19])
    assert "nothing can be told" in once().stderr


def test_what_cannot_be_read_or_is_not_signed_is_told(once: Look, site: Folder) -> None:
    assert "no folder" in once().stderr
    publish(site, 7)
    assert "cannot be looked at" in once("--log", WITNESS.key.text, "--once", str(site.path)).stderr
    once()
    publish(site, 20)
    (site.path / tile_path(0, 0, 20)).unlink()
    assert once().exit_code == 1


def test_a_checkpoint_of_another_log_under_the_same_key_is_refused(once: Look, site: Folder) -> None:
    publish(site, 7)
    site.write(CHECKPOINT, signed(Checkpoint("other.example/log", 7, ROOTS[7]).text, LOG))
    assert "other.example/log" in once().stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--log", LOG.key.text), "either --listen"),
        (("--log", LOG.key.text, "--once", "x", "--listen", "127.0.0.1:1"), "either --listen"),
        (("--log", "nonsense", "--once", "x"), "--log"),
        (("--log", LOG.key.text, "--listen", "nowhere"), "HOST:PORT"),
        (("--log", LOG.key.text, "--log", WITNESS.key.text, "--once", "x"), "one log"),
        (("--log", LOG.key.text, "--name", "a b", "--once", "x"), "--name"),
        (("--log", LOG.key.text, "--key", "/dev/null/key", "--once", "x"), "--key"),
    ],
)
def test_mistakes_are_told_in_words(once: Look, words: tuple[str, ...], told: str) -> None:
    result = once(*words)
    assert result.exit_code != 0
    assert told in result.stderr
