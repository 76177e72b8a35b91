"""An authority of the tests' own, and certificates as good or as bad as a test wants them."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@cache
def key() -> ec.EllipticCurvePrivateKey:
    """One for all: what is judged here is not whose key it is."""
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True)
class Authority:
    """Signs what it is asked to."""

    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...] = ()

    def chain(self, *names: str, days: float = 90, since: float = -1) -> list[x509.Certificate]:
        """A server's certificate for these names or addresses, from and for so many days, and what it shows with it."""
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a server")])
        shown = _builder(subject, self.certificate.subject, since, days).add_extension(
            x509.SubjectAlternativeName([_general(each) for each in names]), critical=False
        )
        return [shown.sign(key(), hashes.SHA256()), *self.above]

    def intermediate(self, days: float) -> "Authority":
        """One below this one."""
        certificate = _authority("an intermediate authority", self.certificate.subject, days)
        return Authority(certificate, (certificate,))


def root(name: str = "the authority", days: float = 900) -> Authority:
    """A new one."""
    return Authority(_authority(name, None, days))


def serving_with(chain: Sequence[x509.Certificate], folder: Path) -> ssl.SSLContext:
    """What a server shows this chain with."""
    file = folder / "server.pem"
    secret = key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + b"".join(pem(each) for each in chain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def end(certificate: x509.Certificate) -> int:
    """The instant at which it ends."""
    return int(certificate.not_valid_after_utc.timestamp()) * 1_000


def _authority(name: str, issuer: x509.Name | None, days: float) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = _builder(subject, issuer or subject, -1, days)
    return made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(
        key(), hashes.SHA256()
    )


def _builder(subject: x509.Name, issuer: x509.Name, since: float, days: float) -> x509.CertificateBuilder:
    today = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key().public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today + timedelta(days=since))
        .not_valid_after(today + timedelta(days=days))
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
