"""Which code says what happened."""

import errno
from socket import EAI_AGAIN, EAI_FAIL, EAI_NODATA, EAI_NONAME, gaierror

import pytest

from monitoring.probes import Why
from monitoring.probes.faults import reason_of


def attempts(*faults: OSError) -> OSError:
    """What comes of a name with several addresses."""
    fault = OSError("all attempts failed")
    fault.__cause__ = ExceptionGroup("attempts", faults)
    return fault


def test_of_several_attempts_the_one_that_says_most_counts() -> None:
    no_way = OSError(errno.ENETUNREACH, "no way")
    assert reason_of(attempts(no_way, ConnectionRefusedError())) == (Why.REFUSED, "")
    assert reason_of(attempts(ConnectionResetError(), no_way)) == (Why.LOST, "")
    assert reason_of(attempts(no_way, no_way)) == (Why.UNREACHABLE, "ENETUNREACH")


def test_what_it_came_from_is_found_though_it_was_hidden() -> None:
    with pytest.raises(RuntimeError) as caught:
        raise_hidden()
    assert reason_of(caught.value) == (Why.REFUSED, "")


def raise_hidden() -> None:
    try:
        raise ConnectionRefusedError
    except OSError:
        raise RuntimeError from None


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
def test_what_has_run_out_here_is_our_own_fault(number: int) -> None:
    assert reason_of(OSError(number, "")) == (Why.PROBER_FAILED, errno.errorcode[number])


def test_so_is_whatever_nobody_thought_of() -> None:
    assert reason_of(KeyError("x")) == (Why.PROBER_FAILED, "KeyError")
    assert reason_of(OSError("odd")) == (Why.PROBER_FAILED, "OSError")


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (EAI_NONAME, Why.NAME_UNKNOWN),
        (EAI_NODATA, Why.NAME_UNKNOWN),
        (EAI_AGAIN, Why.NAME_UNRESOLVED),
        (EAI_FAIL, Why.NAME_UNRESOLVED),
    ],
)
def test_a_name_is_unknown_only_if_a_resolver_said_so(number: int, why: Why) -> None:
    assert reason_of(gaierror(number, "")) == (why, "")


def test_time_that_ran_out_is_all_that_counts() -> None:
    late = TimeoutError()
    late.__context__ = ConnectionRefusedError()
    assert reason_of(late) == (Why.TIMED_OUT, "")
