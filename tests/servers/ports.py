"""Ports for servers that are started later, or killed and started again."""

import socket
from contextlib import suppress
from random import SystemRandom
from typing import Final

RANGE: Final = range(20_000, 32_000)
"""Below the ports that Linux gives to whoever connects (ip_local_port_range, ip(7)): nobody has one meanwhile."""


def free_port() -> int:
    """A port of the loopback interface that nobody listens at."""
    while True:
        with suppress(OSError), socket.create_server(("127.0.0.1", SystemRandom().choice(RANGE))) as door:
            return int(door.getsockname()[1])
