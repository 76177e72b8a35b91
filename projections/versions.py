"""Views of other versions of the code: which there are, and how those go that nobody needs any more.

The tables of a view are named by it, so that whoever does not know the view knows its tables.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import Engine, MetaData, Table, delete, inspect, select

from projections.batch import CHECKPOINTS
from projections.database import for_writing


def standing(engine: Engine) -> Mapping[str, int]:
    """The views that there are, of whatever version, and the position that each has reached."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(CHECKPOINTS.name):
            return {}
        return {row.name: row.position for row in connection.execute(select(CHECKPOINTS))}


def retire(engine: Engine, names: Collection[str]) -> list[str]:
    """Drop these views, all in one transaction; their tables."""
    with for_writing(engine).begin() as connection:
        tables = [each for each in inspect(connection).get_table_names() if _is_of(each, names)]
        MetaData().drop_all(connection, [Table(each, MetaData()) for each in tables])
        connection.execute(delete(CHECKPOINTS).where(CHECKPOINTS.c.name.in_(names)))
    return tables


def _is_of(table: str, names: Collection[str]) -> bool:
    return any(table == name or table.startswith(f"{name}_") for name in names)
