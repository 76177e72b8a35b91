"""A port takes connections."""

import pytest

from domain.component import ComponentStatus
from domain.probe_kind import TcpCheck
from monitoring.probes import Why
from tests.monitoring.probes.serving import hanging, looked, looked_at
from tests.servers.ports import free_port


@pytest.mark.parametrize(("host", "at"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), ("127.0.0.1", "localhost")])
def test_a_port_that_takes_connections_is_good(host: str, at: str) -> None:
    seen = looked_at(hanging, lambda port: TcpCheck(f"{at}:{port}"), host=host)
    assert (seen.status, seen.why, seen.expires_at) == (ComponentStatus.OPERATIONAL, Why.NOTHING, None)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_a_closed_port_refuses(host: str) -> None:
    seen = looked(TcpCheck(f"{host}:{free_port()}"))
    assert (seen.status, seen.why) == (ComponentStatus.MAJOR_OUTAGE, Why.REFUSED)


def test_a_name_that_does_not_exist_is_unknown() -> None:
    seen = looked(TcpCheck("nobody.invalid:80"))
    assert (seen.status, seen.why) == (ComponentStatus.MAJOR_OUTAGE, Why.NAME_UNKNOWN)


@pytest.mark.parametrize("address", ["", "example.net", "example.net:0", "http://example.net"])
def test_an_address_that_is_none_tells_nothing(address: str) -> None:
    seen = looked(TcpCheck(address))
    assert (seen.status, seen.why) == (None, Why.ADDRESS_INVALID)
