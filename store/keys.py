"""Keys: one of the desk, one of each person, wrapped by a master key and kept in a database of their own.

A key is committed before the events that use it (a key without events is harmless). Destroying a person's key is what
erases the person; the row stays and says so. A key that was never here is a fault, never an erasure.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    Index,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    insert,
    update,
)
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.schema import CreateIndex, CreateTable

from domain.event import Id
from domain.instant import Instant
from domain.refusal import Refused
from store.lease import steady
from store.shared import Asked, Shared

DESK: Final = "desk"
"""The owner of the key of all `facts`: it is never destroyed."""

AMONG: Final = {"postgresql": "= ANY(%s)", "sqlite": "IN (SELECT value FROM json_each(?))"}
"""How each database is told many values at once."""

REMEMBERED: Final = 10.0
"""Seconds that a key is remembered for reading, those included in which the machine sleeps. One that another process
destroyed opens nothing after that; by then what it sealed is deleted, too."""
ROOM: Final = 20_000
"""Keys that are remembered at the most."""

KEYS: Final = Table(
    "keys",
    MetaData(),
    Column("key_id", String(32), primary_key=True),
    Column("owner", String(32), nullable=False),
    Column("wrapped", LargeBinary),
    Column("destroyed_at", BigInteger),
)
LIVES: Final = "AND destroyed_at IS NULL"
DESTROYED: Final = "AND destroyed_at IS NOT NULL"

# One living key an owner: of two processes that make it at once, one finds the other's.
LIVING: Final = Index(
    "keys_living",
    KEYS.c.owner,
    unique=True,
    sqlite_where=KEYS.c.destroyed_at.is_(None),
    postgresql_where=KEYS.c.destroyed_at.is_(None),
)


class KeyMissing(Exception):
    """The key store has never had this key: it is the wrong store, or an old copy of it. Nothing was erased."""

    @classmethod
    def of(cls, key_id: Id) -> "KeyMissing":
        return cls(f"key {key_id} is not in the key store: restore the newest copy of the key store")


class WrongMaster(Exception):
    """The master key does not open this key store: one of the two files is not the desk's."""


@dataclass(frozen=True)
class Key:
    """A data key of 256 bits, in clear, for as long as it is needed."""

    key_id: Id
    secret: bytes

    @cached_property
    def cipher(self) -> AESGCM:
        """What seals and opens with it: made once, for that takes as long as to open a section."""
        return AESGCM(self.secret)


class Keys:
    """The key store."""

    def __init__(self, engine: Engine, master: bytes, random: Callable[[int], bytes]) -> None:
        self._engine = engine
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._master = AESGCM(master)
        self._random = random
        self._desk: Key | None = None
        self._asking: Shared[Collection[Id], Mapping[Id, Key]] = Shared(self._answer)
        self._remembered: dict[Id, Key] = {}
        self._since = steady()
        _create_tables(engine)

    @property
    def desk(self) -> Key:
        """The key of the desk, made if there is none yet."""
        self._desk = self._desk or self.of(DESK)
        return self._desk

    def of(self, owner: Id) -> Key:
        """The living key of an owner, made if there is none yet; an erased person gets no new one."""
        return self.of_all({owner})[owner]

    def of_all(self, owners: Collection[Id]) -> Mapping[Id, Key]:
        """The living keys of many owners; those that are missing are made in one commit."""
        known = self._asking.ask(owners) if owners else {}
        missing = [owner for owner in owners if owner not in known]
        return {**known, **self._made(missing)} if missing else known

    def opened(self, key_id: Id) -> Key | None:
        """The key of that id, or None if it was destroyed; `KeyMissing` if it is unknown."""
        if self._desk and key_id == self._desk.key_id:
            return self._desk
        found = self.opened_all({key_id})
        if key_id not in found:
            raise KeyMissing.of(key_id)
        return found[key_id]

    def opened_all(self, key_ids: Collection[Id]) -> Mapping[Id, Key | None]:
        """The keys of these ids, None for those that were destroyed; who is unknown is left out."""
        remembered = self._lately()
        found: dict[Id, Key | None] = {each: remembered[each] for each in key_ids if each in remembered}
        if missing := [each for each in key_ids if each not in found]:
            for row in self._rows(missing, "", "key_id"):
                found[row.key_id] = key = row.wrapped and self._unwrapped(row.key_id, row.wrapped)
                if key:
                    remembered[row.key_id] = key
        return found

    def is_erased(self, owner: Id) -> bool:
        """Whether the owner had a key that was destroyed."""
        return owner in self.erased({owner})

    def erased(self, owners: Collection[Id]) -> frozenset[Id]:
        """Those of the owners who had a key that was destroyed."""
        return frozenset(row.owner for row in self._rows(owners, DESTROYED))

    def destroy(self, owner: Id, at: Instant) -> None:
        """Forget the owner's key for ever; doing it again changes nothing."""
        if not self.is_erased(owner):
            self.of(owner)  # whoever never had a key gets one: its destruction is what says that they were erased
        with self._engine.begin() as connection:
            living = KEYS.c.owner == owner, KEYS.c.destroyed_at.is_(None)
            connection.execute(update(KEYS).where(*living).values(wrapped=None, destroyed_at=at))
        self._remembered = {}

    def ids_of(self, owners: Collection[Id]) -> list[Id]:
        """The ids of all keys that these owners ever had, ascending."""
        return sorted(row.key_id for row in self._rows(owners))

    def not_erased(self, owners: Collection[Id]) -> list[Id]:
        """Those of the owners whose destruction this store does not know of, because it is an older copy."""
        rows = self._rows(owners)
        erased = {row.owner for row in rows if row.wrapped is None}
        living = {row.owner for row in rows if row.wrapped is not None}
        return sorted(set(owners) - (erased - living))

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    def _answer(self, batch: Sequence[Asked[Collection[Id], Mapping[Id, Key]]]) -> None:
        """For all who ask at once; each time anew, for under the key of whoever was erased nothing may be sealed."""
        found = self._living({owner for each in batch for owner in each.question})
        for each in batch:
            each.answer.set_result({owner: found[owner] for owner in each.question if owner in found})

    def _living(self, owners: Collection[Id]) -> Mapping[Id, Key]:
        rows = self._rows(owners, LIVES)
        return {row.owner: self._unwrapped(row.key_id, row.wrapped) for row in rows}

    def _made(self, owners: Collection[Id]) -> Mapping[Id, Key]:
        for erased in self._rows(owners, DESTROYED):
            raise Refused("person_erased", person=erased.owner)
        made = {owner: Key(self._random(16).hex(), self._random(32)) for owner in owners}
        rows = [{"key_id": key.key_id, "owner": owner, "wrapped": self._wrapped(key)} for owner, key in made.items()]
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(KEYS), rows)
        except IntegrityError:
            return self.of_all(owners)
        return made

    def _lately(self) -> dict[Id, Key]:
        """Keys that were asked for not long ago. They are only ever forgotten all at once.

        Whoever asked before that remembers what it was told for nobody: it may have been destroyed meanwhile.
        """
        now = steady()
        if now - self._since > REMEMBERED or len(self._remembered) >= ROOM:
            self._remembered, self._since = {}, now
        return self._remembered

    def _rows(self, named: Collection[Id], condition: str = "", column: str = "owner") -> Sequence[Row[Any]]:
        """The rows of these owners, or of other values of a column: one statement, in the driver's own words.

        It is asked all the time, and to make the statement anew each time is most of the work.
        """
        among = AMONG[self._engine.dialect.name]
        values = [*named] if "ANY" in among else json.dumps([*named])
        with self._reading.connect() as connection:
            found = connection.exec_driver_sql(f"SELECT * FROM keys WHERE {column} {among} {condition}", (values,))  # noqa: S608 -- our own words
            return found.all()

    def _wrapped(self, key: Key) -> bytes:
        nonce = self._random(12)
        return nonce + self._master.encrypt(nonce, key.secret, key.key_id.encode())

    def _unwrapped(self, key_id: Id, wrapped: bytes) -> Key:
        try:
            return Key(key_id, self._master.decrypt(wrapped[:12], wrapped[12:], key_id.encode()))
        except InvalidTag:
            raise WrongMaster(
                "the master key file does not open the key store: restore the one it was made with"
            ) from None


def _create_tables(engine: Engine) -> None:
    """Of two processes that make the table at once PostgreSQL lets one fail, which then finds it made."""
    try:
        _create_missing(engine)
    except (IntegrityError, ProgrammingError):
        _create_missing(engine)


def _create_missing(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(CreateTable(KEYS, if_not_exists=True))
        connection.execute(CreateIndex(LIVING, if_not_exists=True))
