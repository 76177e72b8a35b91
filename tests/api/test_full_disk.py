import psycopg.errors
import pytest

from domain.instant import SECOND
from tests.api.office import OPENING, Office


@pytest.fixture
def full(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """No database has space left; one that is full is left to tests/faults."""

    def append(*_: object) -> None:
        raise psycopg.errors.DiskFull("could not extend file: No space left on device")

    monkeypatch.setattr(office.desk.log, "append", append)


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(("language", "words"), [("en", "The disk of the desk is full"), ("ru", "нет места")])
def test_a_full_disk_is_told_in_words(office: Office, language: str, words: str) -> None:
    answer = office.ask("cy", "POST", "/v1/tickets", OPENING, Accept_Language=language)
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "storage_full", "2")
    assert words in answer.json()["detail"]


@pytest.mark.usefixtures("full")
def test_a_desk_that_could_store_nothing_is_not_ready_for_a_while(office: Office) -> None:
    assert office.ask(None, "GET", "/readyz").json()["reasons"] == []
    office.ask("cy", "POST", "/v1/tickets", OPENING)
    told = office.ask(None, "GET", "/readyz")
    assert (told.status_code, told.json()["reasons"]) == (503, ["a disk is full: nothing could be stored"])
    office.clock.now += 10 * SECOND
    assert office.ask(None, "GET", "/readyz").status_code == 200
