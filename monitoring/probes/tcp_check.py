"""A port takes connections."""

from anyio import connect_tcp

from domain.component import ComponentStatus
from domain.probe_kind import TcpCheck, host_and_port
from monitoring.probes.look import Look, Why


async def look_at_tcp(check: TcpCheck) -> Look:
    """A connection is made, and closed again; raises what the network raises."""
    place = host_and_port(check.address)
    if place is None:
        return Look(None, Why.ADDRESS_INVALID)
    async with await connect_tcp(place.host, place.port):
        return Look(ComponentStatus.OPERATIONAL)
