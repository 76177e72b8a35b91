"""Who is closed when: connections that wait for their clients, and too many of them."""

import resource
import socket
from dataclasses import dataclass, field
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import pytest

from service.patience import PATIENCE, SENDING, UNTAKEN, Visit, expect_taking, look_after, make_room, most


@dataclass(eq=False)
class Connection:
    """As the server sees it."""

    since: float | None = 0.0
    is_waiting: bool = True
    buffered: int = 0
    cycle: object = None
    ended: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.visit = Visit(self.since)
        self.transport: Any = SimpleNamespace(get_write_buffer_size=lambda: self.buffered)

    def cut(self) -> None:
        self.ended.append("cut")

    def refuse(self, status: HTTPStatus) -> None:
        self.ended.append(status)


def after(connection: Connection, *seconds: float) -> list[object]:
    for each in seconds:
        look_after({connection}, each)
    return connection.ended


def test_a_client_that_takes_too_long_with_its_request_is_told() -> None:
    assert after(Connection(), PATIENCE - 1) == []
    assert after(Connection(), PATIENCE + 1) == [HTTPStatus.REQUEST_TIMEOUT]


def test_a_request_that_is_being_answered_has_all_the_time_it_needs() -> None:
    assert after(Connection(is_waiting=False), 1, SENDING * 9) == []


def test_each_request_has_its_own_time() -> None:
    connection = Connection()
    after(connection, PATIENCE - 1)
    connection.cycle = "another"
    assert after(connection, PATIENCE + 1, 2 * PATIENCE) == []
    assert after(connection, 2 * PATIENCE + 2) == [HTTPStatus.REQUEST_TIMEOUT]


def test_after_an_answer_the_time_begins_anew() -> None:
    connection = Connection(is_waiting=False)
    after(connection, 100)
    connection.is_waiting = True
    assert after(connection, 101, 100 + PATIENCE) == []
    assert after(connection, 102 + PATIENCE) == [HTTPStatus.REQUEST_TIMEOUT]


def test_who_takes_an_answer_slowly_has_longer() -> None:
    assert after(Connection(buffered=1), PATIENCE + 1) == []
    assert after(Connection(buffered=1), SENDING + 1) == ["cut"]


def test_the_longest_waiting_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.patience.MOST", 20)
    waiting = [Connection(since=float(number)) for number in range(16)]
    busy = [Connection(since=None, is_waiting=False) for _ in range(5)]
    connections = {*waiting, *busy}
    make_room(connections)
    assert [bool(each.ended) for each in waiting] == [True] * 3 + [False] * 13
    assert connections == {*waiting[3:], *busy}
    make_room(connections)
    assert len(connections) == 18, "there is room now"


def test_where_nobody_else_waits_the_last_one_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.patience.MOST", 1)
    last, busy = Connection(), Connection(since=None, is_waiting=False)
    make_room({last, busy})
    assert (last.ended, busy.ended) == (["cut"], [])


def test_one_that_was_just_answered_has_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.patience.MOST", 1)
    idle, answered = Connection(), Connection(since=None)
    make_room({idle, answered})
    assert (idle.ended, answered.ended) == (["cut"], [])


def test_where_few_files_may_be_open_half_of_them_are_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (100, 100))
    assert most() == 50


def test_whoever_comes_through_the_door_has_to_take_what_it_is_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        expect_taking(door)
        with socket.create_connection(door.getsockname()), door.accept()[0] as inside:
            assert inside.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == UNTAKEN * 1000
