"""Statements that are asked all the time: worked out once, for that takes several times as long as to ask them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect


@dataclass(frozen=True)
class Ready:
    """A statement as the driver takes it."""

    text: str
    names: Sequence[str]
    """The parameters in their order, for a driver that knows no names."""
    known: Mapping[str, Any]
    """The values that stand in the statement itself."""

    def ask(self, connection: Connection, meant: Mapping[Any, Any], **values: Any) -> Sequence[Sequence[Any]]:
        """All rows, with these values for those that it was made without, and with what is meant by stand-ins."""
        given: Any = {**{name: meant.get(value, value) for name, value in self.known.items()}, **values}
        given = tuple(given[name] for name in self.names) if self.names else given
        return connection.exec_driver_sql(self.text, given).all()


def ready(statement: ClauseElement, dialect: Dialect) -> Ready:
    """As text; lists of values are written out."""
    compiled: Any = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    return Ready(str(compiled), tuple(compiled.positiontup or ()), compiled.construct_params(_check=False))
