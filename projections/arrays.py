"""Arrays as PostgreSQL takes them in binary (`array_send`): a column of many rows is one parameter.

The driver would choose a type for each array by its values, and look at each of these twice.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from struct import Struct
from typing import Any, Final

from psycopg import adapters
from psycopg.adapt import Dumper
from psycopg.pq import Format
from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Text

LENGTH: Final = Struct(">i").pack
LONG: Final = Struct(">iq").pack
INTEGER: Final = Struct(">ii").pack
NULL: Final = LENGTH(-1)
TRUTH: Final[Mapping[int | None, bytes]] = {None: NULL, 0: b"\0\0\0\1\0", 1: b"\0\0\0\1\1"}
"""SQLite has numbers for them."""
HEAD: Final = Struct(">iiIii").pack
"""Dimensions, whether there are nulls, the type of the elements, how many, and the number of the first one."""


class Array(bytes):
    """The values of a column; of which type it is tells the statement."""


class ArrayDumper(Dumper):
    """As it is."""

    format = Format.BINARY

    def dump(self, obj: Any) -> bytes:
        return bytes(obj)


adapters.register_dumper(Array, ArrayDumper)


def array(column: Column[Any], values: Sequence[Any]) -> Array:
    """The values of a column, one from each row."""
    of, cells = KINDS[type(column.type)]
    return Array(HEAD(1, 1, of, len(values), 1) + b"".join(cells(values)))


def _texts(values: Sequence[str | None]) -> Iterable[bytes]:
    written = [None if each is None else each.encode() for each in values]
    return [NULL if each is None else LENGTH(len(each)) + each for each in written]


def _longs(values: Sequence[int | None]) -> Iterable[bytes]:
    return [NULL if each is None else LONG(8, each) for each in values]


def _integers(values: Sequence[int | None]) -> Iterable[bytes]:
    return [NULL if each is None else INTEGER(4, each) for each in values]


def _truths(values: Sequence[int | None]) -> Iterable[bytes]:
    return [TRUTH[each] for each in values]


KINDS: Final[Mapping[type, tuple[int, Callable[[Sequence[Any]], Iterable[bytes]]]]] = {
    String: (1043, _texts),
    Text: (25, _texts),
    BigInteger: (20, _longs),
    Integer: (23, _integers),
    Boolean: (16, _truths),
}
"""By kind of column the number of its type (`pg_type.dat`), and its values, each behind its length."""
