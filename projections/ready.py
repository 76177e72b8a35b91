"""Statements that are asked all the time: worked out once, for that takes several times as long as to ask them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import psycopg
from sqlalchemy import ClauseElement, Connection, Dialect

PLACE: Final = re.compile(r"%\((\w+)\)s((?:::\w+)?)")
"""Where the value of that name goes in a statement for PostgreSQL, and its type."""


@dataclass(frozen=True)
class Ready:
    """A statement as the driver takes it."""

    text: str | bytes
    """For PostgreSQL as its server takes it, in bytes."""
    names: Sequence[str]
    """The parameters in their order."""
    known: Mapping[str, Any]
    """The values that stand in the statement itself."""

    def ask(self, connection: Connection, meant: Mapping[Any, Any], **values: Any) -> Sequence[Sequence[Any]]:
        """All rows, with these values for those that it was made without, and with what is meant by stand-ins."""
        given = {**{name: meant.get(value, value) for name, value in self.known.items()}, **values}
        told = tuple(given[name] for name in self.names)
        if isinstance(self.text, str):
            return connection.exec_driver_sql(self.text, told).all()
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        try:
            with psycopg.RawCursor(driver) as cursor:
                return cursor.execute(self.text, told, prepare=True, binary=True).fetchall()
        except psycopg.OperationalError:
            connection.invalidate()  # nobody else sees that it may be broken
            raise


def ready(statement: ClauseElement, dialect: Dialect) -> Ready:
    """As text; lists of values are written out."""
    compiled: Any = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    known = compiled.construct_params(_check=False)
    if dialect.name == "postgresql":
        names = [name for name, value in known.items() if not isinstance(value, int)]
        return Ready(_planned_once(str(compiled), names, known), names, known)
    return Ready(str(compiled), tuple(compiled.positiontup), known)


def _planned_once(text: str, names: Sequence[str], known: Mapping[str, Any]) -> bytes:
    """With numbers written out, and other values hidden from the planner, which else plans anew for each of them.

    It does for as long as it reckons that to be better, and for a statement of many parts takes longer than to ask it.
    """

    def placed(found: re.Match[str]) -> str:
        name, kind = found.groups()
        return f"(SELECT ${names.index(name) + 1}{kind})" if name in names else f"{known[name]}{kind}"

    return PLACE.sub(placed, text).encode()
