"""What anybody gets under `/evidence/`, and what nobody does."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from api.language import preferred
from api.subscriptions import reception_of
from audit.evidence import names_of
from audit.one_file import one_file
from audit.tlog.checkpoint import Checkpoint, opened
from audit.tlog.merkle import leaf_hash, root_of
from audit.tlog.note import read_key
from audit.tlog.tiles import WIDTH, bundle_path, hashes_of, nodes_in, tile_path, unpacked
from service.build import build_desk
from service.evidence import Signing, log_of
from service.evidence_site import evidence_site
from service.settings import Settings
from service.views import views_of
from status_page.serving import Site
from store.desk import Desk

PRIVATE = ["contract", "checkpoints"]


@pytest.fixture
def desk(sqlite_settings: Settings) -> Iterator[Desk]:
    with closing(build_desk(sqlite_settings)) as built:
        yield built


@pytest.fixture
def client(sqlite_settings: Settings, desk: Desk) -> Iterator[TestClient]:
    """At the level `public`."""
    Signing(sqlite_settings, desk).look()
    yield from site_of(sqlite_settings.model_copy(update={"evidence": "public"}), desk)


def site_of(settings: Settings, desk: Desk) -> Iterator[TestClient]:
    views = views_of(settings, desk)
    reception = reception_of(desk, views, offers_mail=False)
    also = evidence_site(settings, desk)
    site = Site(desk, views, preferred, "https://status.example.org", reception, also=also)
    yield TestClient(site.over(PlainTextResponse("of the desk", 404)))
    views.engine.dispose()


def read(client: TestClient, name: str) -> bytes:
    answer = client.get(f"/evidence/{name}")
    assert answer.status_code == 200, name
    return bytes(answer.content)


def newest(client: TestClient) -> Checkpoint:
    return opened(read(client, "checkpoint"), [read_key(client.get("/evidence/log.vkey").text.strip())])[0]


def test_a_stranger_reads_the_whole_tree_and_every_entry(client: TestClient, desk: Desk) -> None:
    checkpoint = newest(client)
    assert root_of(nodes_in(lambda name: read(client, name), checkpoint.size), checkpoint.size) == checkpoint.root
    width = checkpoint.size
    assert width < WIDTH
    entries = unpacked(read(client, bundle_path(0, width)), width)
    assert entries == [envelope for _, envelope in desk.log.envelopes()]
    assert [*map(leaf_hash, entries)] == hashes_of(read(client, tile_path(0, 0, width)), width)


def test_the_key_is_the_one_that_the_log_was_founded_with(client: TestClient, desk: Desk) -> None:
    assert client.get("/evidence/log.vkey").text == f"{log_of(desk).log_key}\n"


def test_a_checkpoint_is_asked_for_each_time_and_a_tile_once(client: TestClient) -> None:
    tile = next(names_of(newest(client).size))
    assert client.get("/evidence/checkpoint").headers["cache-control"] == "no-cache"
    headers = client.get(f"/evidence/{tile}").headers
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (headers["content-type"], headers["access-control-allow-origin"]) == ("application/octet-stream", "*")


@pytest.mark.parametrize("level", PRIVATE)
def test_entries_are_for_nobody_unless_they_are_published(sqlite_settings: Settings, desk: Desk, level: str) -> None:
    Signing(sqlite_settings, desk).look()
    for client in site_of(sqlite_settings.model_copy(update={"evidence": level}), desk):
        size = newest(client).size
        refused = client.get(f"/evidence/{bundle_path(0, size)}")
        assert refused.status_code == 403
        assert "Published: signed checkpoints and the tree" in refused.text
        assert "Опубликовано" in refused.text
        assert read(client, tile_path(0, 0, size))


@pytest.mark.parametrize(("level", "words"), [("public", "recompute every figure"), ("contract", "by contract")])
def test_the_page_says_what_is_published_and_how_it_is_verified(
    sqlite_settings: Settings, desk: Desk, level: str, words: str
) -> None:
    named = {"evidence": level, "public_url": "https://status.example.org/"}
    for client in site_of(sqlite_settings.model_copy(update=named), desk):
        text = client.get("/evidence/").text
        assert words in text
        assert log_of(desk).log_key in text
        assert "glasno audit verify https://status.example.org/evidence --key KEY<" in text
        assert client.get("/evidence").text == text


def test_what_is_not_signed_yet_is_not_there(sqlite_settings: Settings, desk: Desk) -> None:
    for client in site_of(sqlite_settings, desk):
        assert client.get("/evidence/checkpoint").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "tile/0/000.p/256", "tile/0/000.p/0", "tile/0/000.p", "tile/0/x000", "tile/00/000", "tile/0/0000", "tile/0/٠٠٠",
        "tile/0/../../log.key", "tile/0/..%2f..%2flog.key", "..%2flog.key", "tile/0/000/../../../../log.key",
        "tile/entries/%2e%2e/%2e%2e/log.key", ".checkpoint.new", "checkpoint%00", "log.signed", "tile/0/000%0a",
        f"tile/0/{'x000/' * 1200}000",
    ],
)  # fmt: skip
def test_no_other_name_reaches_the_disk(client: TestClient, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} was read"))
    assert client.get(f"/evidence/{name}").status_code == 404


@pytest.mark.parametrize("name", ["tile/0/999", "tile/3/000", "tile/entries/x001/000", "tile/0/000.p/255"])
def test_a_file_that_is_not_there_is_missing(client: TestClient, name: str) -> None:
    assert client.get(f"/evidence/{name}").status_code == 404


def test_files_are_read_and_not_written(client: TestClient) -> None:
    answer = client.post("/evidence/checkpoint")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    head = client.head("/evidence/checkpoint")
    assert (head.content, int(head.headers["content-length"])) == (b"", len(read(client, "checkpoint")))


def test_the_verifier_is_there_as_one_file(sqlite_settings: Settings, desk: Desk) -> None:
    for client in site_of(sqlite_settings, desk):
        answer = client.get("/evidence/verify.pyz")
        assert (answer.content, answer.headers["content-type"]) == (one_file(), "application/zip")
