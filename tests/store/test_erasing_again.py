"""Whoever is erased stays erased: after a crash at any step, and after an older copy came back."""

import shutil
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from domain.erasure import ErasureStep
from domain.event import Id
from domain.refusal import Refused
from service import build
from service.settings import Settings
from store.desk import Desk
from store.erased import sealed_under
from store.erasing import delete_sections, destroy_keys, erase_again, erasure_at, request, whole_person
from store.keys import Key
from store.sealing import Erased
from store.streams import Command
from tests.store.lives import DEMAND, WORDS, erase, first_text, person, ticket


class Crashed(Exception):
    """The process died here."""


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_after_a_crash_at_any_step_it_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, count: int, *, before: bool
) -> None:
    """The steps: keys destroyed, that stored, texts deleted, that stored."""
    cy = person(desk)
    mine, asked = ticket(desk, cy), Command(desk.new_id())
    request(desk, asked, whole_person(desk, cy), DEMAND)
    counted = sealed_under(desk, desk.keys.ids_of([cy]), desk.log.head())
    steps = iter(range(1, 5))

    def dying(do: Callable[..., Any], *arguments: Any, **facts: Any) -> Any:
        dies = next(steps) == count
        if dies and before:
            raise Crashed
        done = do(*arguments, **facts)
        if dies:
            raise Crashed
        return done

    with monkeypatch.context() as patch:
        for owner, name in ((type(desk.keys), "destroy"), (type(desk.log), "append"), (type(desk.log), "delete_under")):
            inner = getattr(owner, name)
            patch.setattr(owner, name, lambda *a, _inner=inner, **f: dying(_inner, *a, **f))
        with pytest.raises(Crashed):
            _go_on(desk, asked.id)
    _go_on(desk, asked.id)
    done = erasure_at(desk, asked.id)
    assert (done.step, done.sections, done.digest) == (ErasureStep.COMPLETED, 2, counted.digest)
    assert first_text(desk, mine, "text", cy) == Erased()
    assert list(desk.log.under(desk.keys.ids_of([cy]), desk.log.head())) == []


def _go_on(desk: Desk, stream: Id) -> None:
    destroy_keys(desk, stream)
    delete_sections(desk, stream)


def test_what_was_being_sealed_meanwhile_is_deleted_at_the_next_start(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    cy, living = person(desk), desk.keys.of_all

    def erased_meanwhile(owners: Collection[Id]) -> Mapping[Id, Key]:
        found = living(owners)
        monkeypatch.undo()
        erase(desk, whole_person(desk, cy))
        return found

    monkeypatch.setattr(desk.keys, "of_all", erased_meanwhile)
    mine = ticket(desk, cy)
    assert first_text(desk, mine, "text", cy) == Erased()
    assert len(list(desk.log.under(desk.keys.ids_of([cy]), desk.log.head()))) == 1
    erase_again(desk)
    assert list(desk.log.under(desk.keys.ids_of([cy]), desk.log.head())) == []


@pytest.mark.parametrize("knows_of_the_person", [True, False])
def test_an_older_copy_of_the_key_store_brings_nobody_back(
    sqlite_settings: Settings, tmp_path: Path, *, knows_of_the_person: bool
) -> None:
    desk, file = build.build_desk(sqlite_settings), sqlite_settings.data_dir / "keys.db"
    older = partial(shutil.copy, file, tmp_path / "older.db")
    older()
    cy = person(desk)
    mine = ticket(desk, cy)
    if knows_of_the_person:
        older()
    erase(desk, whole_person(desk, cy))
    desk.close()
    shutil.copy(tmp_path / "older.db", file)
    again = build.build_desk(sqlite_settings)
    assert again.keys.is_erased(cy)
    assert first_text(again, mine, "text", cy) == Erased()
    with pytest.raises(Refused, match="person_erased"):
        ticket(again, cy)
    again.close()


def test_neither_the_words_nor_what_was_sealed_of_them_is_in_any_file(sqlite_settings: Settings) -> None:
    desk = build.build_desk(sqlite_settings)
    cy = person(desk)
    for _ in range(40):
        ticket(desk, cy)
    keys = desk.keys.ids_of([cy])
    sealed = [row.ciphertext for each in desk.log.stored() for row in each.sections if row.key_id in keys]
    assert any(sealed[0] in path.read_bytes() for path in sqlite_settings.data_dir.iterdir())
    erase(desk, whole_person(desk, cy))
    for path in sqlite_settings.data_dir.iterdir():
        content = path.read_bytes()
        assert WORDS.encode() not in content
        assert not [row for row in sealed if row in content], path.name
    desk.close()
