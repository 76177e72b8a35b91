from pathlib import Path

from sqlalchemy import Engine, inspect, text

from projections import ALL
from projections.batch import prepare
from projections.database import sqlite_views
from projections.versions import retire, standing


def tables(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def with_former(engine: Engine) -> None:
    """As a former version left it."""
    prepare(engine, ALL)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO checkpoints VALUES ('desks_v1', 7, NULL, NULL)"))
        for name in ("desks_v1", "desks_v1_chairs", "desks_v10", "desks"):
            connection.execute(text(f"CREATE TABLE {name} (wood text)"))


def test_every_table_of_a_view_is_named_by_it() -> None:
    named = [(each.NAME, table) for each in ALL for table in each.METADATA.tables]
    assert [each for each in named if each[1] != each[0] and not each[1].startswith(f"{each[0]}_")] == []


def test_before_the_first_version_there_is_nothing(tmp_path: Path) -> None:
    engine = sqlite_views(tmp_path / "views.db")
    assert standing(engine) == {}
    engine.dispose()


def test_a_view_that_goes_takes_its_tables_and_nothing_else(tmp_path: Path) -> None:
    engine = sqlite_views(tmp_path / "views.db")
    with_former(engine)
    before = tables(engine)
    assert standing(engine)["desks_v1"] == 7
    assert sorted(retire(engine, ["desks_v1"])) == ["desks_v1", "desks_v1_chairs"]
    assert before - tables(engine) == {"desks_v1", "desks_v1_chairs"}
    assert standing(engine).keys() == {each.NAME for each in ALL}
    engine.dispose()


def test_nothing_that_goes_is_nothing(tmp_path: Path) -> None:
    engine = sqlite_views(tmp_path / "views.db")
    with_former(engine)
    assert retire(engine, []) == []
    engine.dispose()
