"""Where evidence comes from: a folder, or a site, which may be down, slow, or keep things to itself."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import sleep

import pytest

from audit.verifier import source
from audit.verifier.report import Fault
from audit.verifier.signed import Demand
from audit.verifier.source import FolderSource, Unavailable, WebSource, source_of
from audit.verifier.verify import verify
from tests.audit.verifier.forging import SIGNER, Evidence


class Quiet(SimpleHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012 -- each test empties it

    def do_GET(self) -> None:
        Quiet.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


class Broken(BaseHTTPRequestHandler):
    """Answers with the status that the path names; 0: not for a second, 1: with less than it announces."""

    def do_GET(self) -> None:
        status = int(self.path.rpartition("/")[2])
        if status == 0:
            sleep(1)
        self.send_response(status if status > 1 else 200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        if status == 1:
            self.wfile.write(b"two")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(handler: object) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:  # type: ignore[arg-type]
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def site(evidence: Evidence) -> Iterator[str]:
    """The folder that holds the evidence, as any server of files serves it."""
    Quiet.asked.clear()
    with serving(partial(Quiet, directory=str(evidence.folder.parent))) as address:
        yield address


def test_a_site_is_verified_by_its_address_or_that_of_its_evidence(site: str) -> None:
    for address in (site, f"{site}/", f"{site}/evidence"):
        assert verify(source_of(address), Demand(SIGNER.key)).findings == []


def test_a_file_of_a_site_is_fetched_once(site: str) -> None:
    verify(WebSource(site), Demand(SIGNER.key))
    assert len(Quiet.asked) == len({*Quiet.asked}) == 2


def test_a_folder_is_that_of_the_evidence_or_the_one_above(evidence: Evidence) -> None:
    for folder in (evidence.folder, evidence.folder.parent):
        assert verify(source_of(str(folder)), Demand(SIGNER.key)).findings == []


def test_a_site_may_keep_its_entries_to_itself(evidence: Evidence, site: str) -> None:
    shutil.rmtree(evidence.folder / "tile" / "entries")
    report = verify(WebSource(site), Demand(SIGNER.key))
    assert report.findings == []
    assert any("the entries are not published" in each for each in report.unproven)


def test_a_tree_without_entries_is_verified_all_the_same(evidence: Evidence) -> None:
    shutil.rmtree(evidence.folder / "tile" / "entries")
    held = evidence.checkpoint(20)
    assert evidence.faults(held=held) == set()
    leaves = next(path for path in (evidence.folder / "tile" / "0").rglob("*") if path.is_file())
    leaves.write_bytes(bytes(len(leaves.read_bytes())))
    assert evidence.faults(held=held) == {Fault.ROOT, Fault.FORK}


def test_without_entries_somebody_has_to_tell_the_key(evidence: Evidence) -> None:
    shutil.rmtree(evidence.folder / "tile" / "entries")
    report = evidence.verified(key=None)
    assert report.is_clean
    assert any(each.startswith("who signed") for each in report.unproven)


@pytest.mark.parametrize("status", [403, 404])
def test_what_a_site_does_not_show_is_not_there(status: int) -> None:
    with serving(Broken) as address, pytest.raises(FileNotFoundError):
        WebSource(address).read(str(status))


@pytest.mark.parametrize(("status", "said"), [(500, "answers 500"), (1, "cannot be fetched"), (0, "cannot be fetched")])
def test_a_site_that_fails_cannot_be_verified(monkeypatch: pytest.MonkeyPatch, status: int, said: str) -> None:
    monkeypatch.setattr(source, "SECONDS", 0.3)
    with serving(Broken) as address, pytest.raises(Unavailable, match=said):
        WebSource(address).read(str(status))


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "https://no host", "http://[", "http://127.0.0.1:x"])
def test_a_site_that_is_not_there_cannot_be_verified(address: str) -> None:
    with pytest.raises(Unavailable):
        source_of(address).read("checkpoint")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").mkdir()
    with pytest.raises(Unavailable, match="Is a directory"):
        FolderSource(tmp_path).read("checkpoint")


def test_whoever_keeps_the_files_cannot_show_two_versions(evidence: Evidence) -> None:
    """One for the tree, and another one for the figures."""

    class Fickle(FolderSource):
        def read(self, name: str) -> bytes:
            content = super().read(name)
            seen.append(name)
            return content if seen.count(name) < 3 else content.replace(b'"breached"', b'"resolved"')

    seen: list[str] = []
    report = verify(Fickle(evidence.folder), Demand(SIGNER.key))
    assert [each.fault for each in report.findings] == [Fault.MISSING]
    assert "another one than it was" in report.findings[0].what
