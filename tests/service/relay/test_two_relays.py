"""Two relays at once: the stream takes the messages of one of them, and when that one is gone, of the other."""

import signal
from subprocess import Popen

from store.desk import Desk
from tests.servers.nats import Nats
from tests.service.relay.happening import happen
from tests.service.relay.wire import LIMIT, await_equal, line, relaying, says, until

STANDS_BY = "another relay writes to the stream GLASNO: this one stands by\n"


def stood_back(desk: Desk, *relays: Popen[str]) -> Popen[str]:
    """Which of the relays is the first to stand by; something happens until it is clear."""

    def found() -> Popen[str] | None:
        happen(desk)
        return next((each for each in relays if says(each)), None)

    relay = until(found)
    assert line(relay, of_errors=True) == STANDS_BY
    return relay


def await_both(*relays: Popen[str]) -> None:
    for each in relays:
        line(each)
        assert line(each).startswith("relaying to the stream GLASNO")


def test_one_of_two_relays_stands_by_and_takes_over(desk: Desk, environ: dict[str, str], server: Nats) -> None:
    with relaying(environ) as first, relaying(environ) as second:
        await_both(first, second)
        standing = stood_back(desk, first, second)
        await_equal(server, desk)
        leading = first if standing is second else second
        leading.kill()
        leading.wait(LIMIT)
        happen(desk, 5)
        await_equal(server, desk)
        assert standing.poll() is None


def test_a_relay_that_slept_while_another_took_over_stands_by(
    sqlite_desk: Desk, sqlite_environ: dict[str, str], server: Nats
) -> None:
    with relaying(sqlite_environ) as first, relaying(sqlite_environ) as second:
        await_both(first, second)
        standing = stood_back(sqlite_desk, first, second)
        leading = first if standing is second else second
        leading.send_signal(signal.SIGSTOP)
        happen(sqlite_desk, 5)
        await_equal(server, sqlite_desk)
        leading.send_signal(signal.SIGCONT)
        stood_back(sqlite_desk, leading, standing)
        await_equal(server, sqlite_desk)
