"""A DNS server of the tests' own, over UDP and TCP."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TypeAlias

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from tests.monitoring.probes.serving import serving

Zone: TypeAlias = Mapping[tuple[str, str], list[str]]
"""Records by name and type."""
Reply: TypeAlias = Callable[[bytes], bytes]
"""What a question is answered with; empty: nothing."""


@contextmanager
def resolving(reply: Reply, by_tcp: Reply | None = None) -> Iterator[int]:
    """The port of a server that replies like this; over TCP the same, if nothing else is said."""
    with (
        serving(lambda link: _by_tcp(link, by_tcp or reply)) as port,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        udp.bind(("127.0.0.1", port))
        replying = Thread(target=_by_udp, args=(udp, reply))
        replying.start()
        try:
            yield port
        finally:
            with suppress(OSError):  # it is not connected, and wakes all the same
                udp.shutdown(socket.SHUT_RDWR)
            replying.join()


def from_zone(zone: Zone) -> Reply:
    """As an authoritative server replies; it follows CNAMEs within its zone."""

    def reply(question: bytes) -> bytes:
        asked = dns.message.from_wire(question)
        answer = dns.message.make_response(asked)
        name, kind = asked.question[0].name.to_text(omit_final_dot=True).lower(), asked.question[0].rdtype.name
        if alias := zone.get((name, "CNAME"), [])[: kind != "CNAME"]:
            answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", alias[0]))
            name = alias[0].removesuffix(".")
        if not any(each == name for each, _ in zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        if records := zone.get((name, kind)):
            answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *records))
        return answer.to_wire()

    return reply


def failing(code: dns.rcode.Rcode) -> Reply:
    """The same code to every question."""

    def reply(question: bytes) -> bytes:
        answer = dns.message.make_response(dns.message.from_wire(question))
        answer.set_rcode(code)
        return answer.to_wire()

    return reply


def cut(question: bytes) -> bytes:
    """An answer that was too long for a datagram."""
    answer = dns.message.make_response(dns.message.from_wire(question))
    answer.flags |= dns.flags.TC
    return answer.to_wire()


def silent(_: bytes) -> bytes:
    """Nothing."""
    return b""


def _by_udp(udp: socket.socket, reply: Reply) -> None:
    while True:
        question, asker = udp.recvfrom(65_535)
        if not question:
            return
        if answer := reply(question):
            udp.sendto(answer, asker)


def _by_tcp(link: socket.socket, reply: Reply) -> None:
    """RFC 1035, 4.2.2: two bytes of length before each message."""
    length = int.from_bytes(link.recv(2, socket.MSG_WAITALL))
    answer = reply(link.recv(length, socket.MSG_WAITALL))
    link.sendall(len(answer).to_bytes(2) + answer)
