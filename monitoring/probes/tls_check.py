"""A port shows a certificate that is good."""

from domain.instant import Instant
from domain.probe_kind import HTTPS_PORT, TlsCheck, host_and_port
from monitoring.probes.certificate import context, expiry, good_until, handshake
from monitoring.probes.look import Look, Why


async def look_at_tls(check: TlsCheck, now: Instant) -> Look:
    """A handshake, and nothing more; raises what the network and the handshake raise."""
    place = host_and_port(check.address, HTTPS_PORT)
    if place is None:
        return Look(None, Why.ADDRESS_INVALID)
    tls = await handshake(place.host, place.port, check.name or place.host, context(now))
    return good_until(expiry(tls), check.certificate_days, now)
