"""Whoever was erased does not come back with an older copy, neither in words nor as what was sealed of them."""

import json
import shutil
from pathlib import Path

import pytest

from domain.component import Through
from domain.erasure import ErasureStep, Ground
from domain.event import Content, Id
from domain.incident import IncidentStatus, Update, open_incident
from domain.organisation import register as register_organisation
from domain.person import Right
from service import build
from service.settings import Settings
from service.since_backup import NotRestored
from store.desk import Desk
from store.erasing import (
    announcement,
    destroy_keys,
    erasure_at,
    erasure_of,
    organisation,
    request,
    whole_person,
)
from store.people import merge
from store.sealing import Erased
from store.streams import Command
from tests.service.backups import ENGINES, Fresh, desk_of, fresh_desks, note_of, put_back, reseal, sign, take, ticking
from tests.store.lives import DEMAND, WORDS, act, erase, first_text, person, ticket


@pytest.fixture(autouse=True)
def _ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "now", ticking())


@pytest.fixture
def fresh(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Fresh:
    return fresh_desks(settings, tmp_path, lambda: request.getfixturevalue("postgres"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def sealed_of(desk: Desk, owner: Id) -> list[bytes]:
    keys = desk.keys.ids_of([owner])
    return [row.ciphertext for each in desk.log.stored() for row in each.sections if row.key_id in keys]


@pytest.mark.parametrize("engine", ENGINES)
def test_whoever_was_erased_since_is_erased_again(settings: Settings, fresh: Fresh, root: Path, engine: str) -> None:
    with desk_of(settings) as desk:
        cy = person(desk, mail="cy@example.org")
        mine = [ticket(desk, cy) for _ in range(40)]
        sealed = sealed_of(desk, cy)
        older = take(settings, root)
        assert sealed[0] in (older / "log.db").read_bytes()
        erase(desk, whole_person(desk, cy))
    take(settings, root)
    target = fresh(engine)
    done = put_back(target, older)
    assert (done.requested, done.keys) == (1, 1)
    with desk_of(target) as desk:
        again = erasure_at(desk, erasure_of(desk, whole_person(desk, cy)) or "")
        assert (again.step, again.ground) == (ErasureStep.COMPLETED, Ground.CONSENT_WITHDRAWN)
        assert [each.event.number for each in desk.log.erasures()] == ["17-2026"]
        assert {first_text(desk, each, "text", cy) for each in mine} == {Erased()}
        assert sealed_of(desk, cy) == []
        assert not desk.people.load(cy)[0].is_active
    for path in [each for each in target.data_dir.rglob("*") if each.is_file()]:
        content = path.read_bytes()
        assert WORDS.encode() not in content
        assert not [row for row in sealed if row in content], path.name


def test_keys_of_an_older_copy_are_destroyed_again(sqlite_settings: Settings, fresh: Fresh, root: Path) -> None:
    with desk_of(sqlite_settings) as desk:
        cy = person(desk)
        older = take(sqlite_settings, root)
        mine = ticket(desk, cy)
        erase(desk, whole_person(desk, cy))
    folder = take(sqlite_settings, root)
    shutil.copy(older / "keys.db", folder / "keys.db")
    reseal(folder)
    target = fresh("sqlite")
    done = put_back(target, folder)
    assert (done.requested, done.keys) == (0, 1)
    with desk_of(target) as desk:
        assert first_text(desk, mine, "text", cy) == Erased()


def test_what_was_asked_for_when_the_backup_was_taken_is_completed(
    sqlite_settings: Settings, fresh: Fresh, root: Path
) -> None:
    with desk_of(sqlite_settings) as desk:
        cy = person(desk)
        ticket(desk, cy)
        request(desk, asked := Command(desk.new_id()), whole_person(desk, cy), DEMAND)
        folder = take(sqlite_settings, root)
        destroy_keys(desk, asked.id)
    target = fresh("sqlite")
    put_back(target, folder)
    with desk_of(target) as desk:
        assert erasure_at(desk, asked.id).step is ErasureStep.COMPLETED
        assert sealed_of(desk, cy) == []


def test_everything_that_is_erased_is_erased_again(sqlite_settings: Settings, fresh: Fresh, root: Path) -> None:
    with desk_of(sqlite_settings) as desk:
        firm, words = desk.name("organisation", "acme"), desk.new_id()
        act(desk, "organisations", firm, register_organisation, name=Content(firm, {"name": WORDS}))
        first = Update(desk.new_id(), IncidentStatus.RESOLVED, {"en": WORDS})
        act(
            desk, "incidents", words, open_incident,
            stream=words, title={"en": WORDS}, first=first, known=frozenset(), through=Through.PERSON,
        )  # fmt: skip
        older = take(sqlite_settings, root)
        erase(desk, organisation(desk, firm))
        erase(desk, announcement(desk, words))
    take(sqlite_settings, root)
    target = fresh("sqlite")
    assert put_back(target, older).requested == 2
    with desk_of(target) as desk:
        assert first_text(desk, firm, "name", firm) == first_text(desk, words, "title", words) == Erased()


def test_a_duplicate_that_was_joined_since_is_erased_with_the_person(
    sqlite_settings: Settings, fresh: Fresh, root: Path
) -> None:
    with desk_of(sqlite_settings) as desk:
        cy, double = person(desk), person(desk)
        older = take(sqlite_settings, root)
        merge(desk, Command(desk.new_id()), double, into=cy, at=desk.now())
        erase(desk, whole_person(desk, cy))
    take(sqlite_settings, root)
    target = fresh("sqlite")
    assert put_back(target, older).keys == 2
    with desk_of(target) as desk:
        assert first_text(desk, double, "name", double) == Erased()


def test_whoever_came_later_is_not_asked_for(sqlite_settings: Settings, fresh: Fresh, root: Path) -> None:
    older = take(sqlite_settings, root)
    with desk_of(sqlite_settings) as desk:
        erase(desk, whole_person(desk, person(desk)))
    take(sqlite_settings, root)
    target = fresh("sqlite")
    assert put_back(target, older).requested == 0
    with desk_of(target) as desk:
        assert desk.log.erasures() == []


def test_the_last_administrator_is_erased_again(sqlite_settings: Settings, fresh: Fresh, root: Path) -> None:
    with desk_of(sqlite_settings) as desk:
        adam = person(desk, Right.ADMINISTRATOR)
        older = take(sqlite_settings, root)
        erase(desk, whole_person(desk, adam))
    take(sqlite_settings, root)
    assert put_back(fresh("sqlite"), older).requested == 1


def test_without_a_list_of_erasures_nobody_knows_of_them(sqlite_settings: Settings, fresh: Fresh, root: Path) -> None:
    folder = take(sqlite_settings, root)
    (root / "erasures.json").unlink()
    assert put_back(fresh("sqlite"), folder).requested is None


def test_erasures_of_another_desk_are_not_taken_for_this_ones(
    sqlite_settings: Settings, fresh: Fresh, root: Path
) -> None:
    folder, path = take(sqlite_settings, root), root / "erasures.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"desk": "1" * 32}))
    with pytest.raises(NotRestored, match="of another desk"):
        put_back(fresh("sqlite"), folder)


def test_erasing_again_makes_no_history_that_contradicts_the_one_that_was_signed(
    sqlite_settings: Settings, fresh: Fresh, root: Path
) -> None:
    with desk_of(sqlite_settings) as desk:
        cy = person(desk)
        sign(sqlite_settings, desk)
        older = take(sqlite_settings, root)
        erase(desk, whole_person(desk, cy))
    take(sqlite_settings, root)
    target = fresh("sqlite")
    done = put_back(target, older, note_of(sqlite_settings))
    assert (done.requested, done.held.missing, done.held.contradicts) == (1, 0, False)
    with desk_of(target) as desk:
        assert sign(target, desk) > done.held.events
