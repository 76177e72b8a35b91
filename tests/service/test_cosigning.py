"""The log asks its witnesses; whatever they answer, the checkpoint stays published and nothing wrong is added to it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import create_server
from threading import Thread
from time import monotonic, sleep

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.testclient import TestClient

from audit.evidence import CHECKPOINT, Folder, empty
from audit.tlog.checkpoint import Checkpoint
from audit.tlog.note import COSIGNATURE, Signer, read_key, read_note, signed, verified
from audit.tlog.policy import read_policy
from audit.tlog.witness import Answer, Witness
from projections.notices import STAFF
from service import cosigning
from service.build import build_desk
from service.commands.serve import serve
from service.cosigning import Cosigning, Post, posted
from service.evidence import Signing, folder_of, log_of
from service.settings import Misconfigured, Settings, read_settings
from service.webhooks import set_address
from service.witness import Memory, add, app
from tests.audit.tlog.trees import LOG, WITNESS

AT = 1_700_000_000
OTHER = Signer("other.example", Ed25519PrivateKey.from_private_bytes(bytes([2] * 32)), COSIGNATURE)
POLICY = read_policy(f"log {LOG.key.text}\nwitness w {WITNESS.key.text} http://w/\nwitness other {OTHER.key.text}\n")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "evidence")


@pytest.fixture
def witness(tmp_path: Path) -> Post:
    """A real one, without a network."""
    client = TestClient(app(Witness(WITNESS, {LOG.name: LOG.key}), Memory(tmp_path / "kept"), lambda: AT))

    def post(address: str, body: bytes) -> tuple[int, bytes]:
        assert address == "http://w/add-checkpoint"
        answer = client.post("/add-checkpoint", content=body)
        return answer.status_code, answer.content

    return post


def publish(folder: Folder, size: int) -> bytes:
    writer = empty(folder.write)
    for number in range(size):
        writer.append(b"%d" % number)
    writer.flush()
    note = signed(Checkpoint(LOG.name, size, writer.root).text, LOG)
    folder.write(CHECKPOINT, note)
    return note


def cosigners(folder: Folder) -> list[tuple[str, int | None]]:
    found = verified(folder.read(CHECKPOINT), [LOG.key, WITNESS.key]).signers
    return [(key.name, at) for key, at in found]


BOTH = [(LOG.name, None), (WITNESS.name, AT)]


def test_each_checkpoint_is_published_with_the_cosignature_of_the_witness(folder: Folder, witness: Post) -> None:
    asking = Cosigning(folder, LOG.key, POLICY, witness)
    for size in (3, 300, 301):
        publish(folder, size)
        asking.cosign()
        assert cosigners(folder) == BOTH


def test_what_is_cosigned_is_not_asked_for_again(folder: Folder, witness: Post) -> None:
    publish(folder, 3)
    Cosigning(folder, LOG.key, POLICY, witness).cosign()
    cosigned = folder.read(CHECKPOINT)
    Cosigning(folder, LOG.key, POLICY, answering(500, b"")).cosign()
    assert folder.read(CHECKPOINT) == cosigned


def test_a_log_that_forgot_how_far_the_witness_is_asks_it(folder: Folder, witness: Post) -> None:
    for size in (3, 300):
        publish(folder, size)
        Cosigning(folder, LOG.key, POLICY, witness).cosign()
    assert cosigners(folder) == BOTH


def test_a_newer_checkpoint_that_was_published_meanwhile_stays(folder: Folder, witness: Post) -> None:
    """By another process: this one had been stopped while it asked."""
    publish(folder, 3)

    def post(address: str, body: bytes) -> tuple[int, bytes]:
        answer = witness(address, body)
        publish(folder, 300)
        return answer

    Cosigning(folder, LOG.key, POLICY, post).cosign()
    assert folder.read(CHECKPOINT) == publish(folder, 300)


def test_before_the_first_signature_nobody_is_asked(folder: Folder) -> None:
    Cosigning(folder, LOG.key, POLICY, answering(500, b"")).cosign()


def answering(status: int, body: bytes) -> Post:
    return lambda _, __: (status, body)


def unreachable(_: str, __: bytes) -> tuple[int, bytes]:
    raise OSError("nobody is there")


FORGED = signed("another text\n", WITNESS).partition(b"\n\n")[2]


@pytest.mark.parametrize(
    "post",
    [
        unreachable,
        *(answering(*each) for each in ((500, b"oops"), (404, b""), (409, b"99999\n"), (409, b"another tree\n"))),
        *(answering(200, each) for each in (b"", b"\n\n", b"nonsense", FORGED, b"\xff\n", b"\n\nx\n\n" + FORGED)),
    ],
)
def test_a_witness_that_answers_anything_else_spoils_nothing(
    folder: Folder, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    note, asking = publish(folder, 3), Cosigning(folder, LOG.key, POLICY, post)
    with caplog.at_level(logging.WARNING):
        asking.cosign()
        asking.cosign()
    assert folder.read(CHECKPOINT) == note
    assert caplog.text.count("the witness w does not cosign") == 1


def test_of_an_answer_only_the_cosignature_is_published(folder: Folder, witness: Post) -> None:
    note = publish(folder, 3)

    def talkative(address: str, body: bytes) -> tuple[int, bytes]:
        status, line = witness(address, body)
        return status, FORGED + b"and more\n" + line + b"\n\n"

    Cosigning(folder, LOG.key, POLICY, talkative).cosign()
    assert folder.read(CHECKPOINT).startswith(note)
    assert len(read_note(folder.read(CHECKPOINT)).signatures) == 2


@contextmanager
def served(answer: Callable[[bytes], tuple[int, bytes]]) -> Iterator[str]:
    """The address of a server that answers so."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        log_message: Callable[..., None] = lambda *_: None

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("status", [200, 409])
def test_witnesses_are_asked_over_http(status: int) -> None:
    with served(lambda body: (status, body)) as address:
        assert posted(address, b"old 3") == (status, b"old 3")


def test_nobody_answers_where_nobody_is() -> None:
    with served(lambda body: (200, body)) as address:
        pass
    with pytest.raises(OSError, match="no_answer"):
        posted(address, b"")


@pytest.mark.parametrize("line", [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_a_witness_that_speaks_no_http_or_drips_is_not_waited_for(line: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cosigning, "PATIENCE", 0.4)
    with dripping(line) as address, suppress(OSError):
        begun = monotonic()
        posted(address, b"")
    assert monotonic() - begun < 2


@contextmanager
def dripping(line: bytes) -> Iterator[str]:
    """The address of a server that begins with a line, and goes on byte by byte."""
    with create_server(("127.0.0.1", 0)) as door:

        def drip() -> None:
            link, _ = door.accept()
            with link, suppress(OSError):
                link.sendall(line)
                for _ in range(50):
                    sleep(0.1)
                    link.sendall(b"x")

        Thread(target=drip, daemon=True).start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}"


@pytest.mark.parametrize("address", ["witness.example", "http://nobody@w/", "ftp://w"])
def test_an_address_that_is_none_is_no_answer(address: str) -> None:
    with pytest.raises(OSError, match="address_invalid"):
        posted(address, b"")


def test_whoever_signs_asks_the_witnesses_that_the_settings_name(sqlite_settings: Settings, tmp_path: Path) -> None:
    with closing(build_desk(sqlite_settings)) as desk:
        log = read_key(log_of(desk).log_key)
        watching, kept = Witness(WITNESS, {log.name: log}), Memory(tmp_path / "kept")
        with served(lambda body: answered(add(watching, kept, body, at=AT))) as address:
            (tmp_path / "witnesses").write_text(f"witness w {WITNESS.key.text} {address}\n")
            signing = Signing(sqlite_settings.model_copy(update={"witnesses": tmp_path / "witnesses"}), desk)
            for _ in range(2):
                set_address(desk, STAFF, f"https://{desk.new_id()}.example.org/")
                signing.look()
        note = Folder(folder_of(sqlite_settings)).read(CHECKPOINT)
        assert [key for key, _ in verified(note, [log, WITNESS.key]).signers] == [log, WITNESS.key]
        Signing(sqlite_settings, desk).look()
        assert Folder(folder_of(sqlite_settings)).read(CHECKPOINT) == note


def test_the_log_is_not_asked_to_be_its_own_witness(sqlite_settings: Settings, tmp_path: Path) -> None:
    with closing(build_desk(sqlite_settings)) as desk:
        (tmp_path / "witnesses").write_text(f"witness self {log_of(desk).log_key} http://self/\n")
    listen = {f"GLASNO_{each}": "127.0.0.1:0" for each in ("LISTEN", "METRICS_LISTEN")}
    of_desk = {"GLASNO_DATA_DIR": str(sqlite_settings.data_dir), "GLASNO_WITNESSES": str(tmp_path / "witnesses")}
    told = CliRunner().invoke(serve, env=listen | of_desk)
    assert (told.exit_code, "Error: GLASNO_WITNESSES: self has the key of this log" in told.stderr) == (1, True)


def answered(answer: Answer) -> tuple[int, bytes]:
    return answer.status, answer.body.encode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        ("witness w nonsense", "line 1"),
        (f"witness w {WITNESS.key.text}", "witness NAME VKEY URL"),
    ],
)
def test_a_file_of_witnesses_that_cannot_be_used_is_told_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, words: str
) -> None:
    file = tmp_path / "witnesses"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("GLASNO_WITNESSES", str(file))
    with pytest.raises(Misconfigured, match=f"GLASNO_WITNESSES: .*{words}"):
        read_settings()
