"""What questions cost on SQLite, told in facts that are the same on any machine: plans, and steps of its program."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, event


def plans(connection: Connection, ask: Callable[[], object]) -> Sequence[str]:
    """How each question that is asked meanwhile finds its rows."""
    told: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        told.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    ask()
    event.remove(connection, "before_cursor_execute", note)
    return [_plan(connection, *each) for each in told if each[0].startswith("SELECT")]


def steps(engine: Engine, ask: Callable[[], object]) -> int:
    """How many instructions (https://www.sqlite.org/opcode.html) all statements take meanwhile."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    def begin(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(count, 1)

    def end(connection: Any, _: Any) -> None:
        connection.set_progress_handler(None, 0)

    event.listen(engine, "checkout", begin)
    event.listen(engine, "checkin", end)
    ask()
    event.remove(engine, "checkout", begin)
    event.remove(engine, "checkin", end)
    return taken


def _plan(connection: Connection, statement: str, parameters: Any) -> str:
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return "; ".join(row.detail for row in rows)
