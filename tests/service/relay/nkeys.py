"""What nsc makes: an operator, an account that may use JetStream, and the credentials of a user of it."""

import base64
import binascii
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SEED: Final = 18 << 3
KINDS: Final = {"operator": 14 << 3, "account": 0, "user": 20 << 3}
UNLIMITED: Final = {
    "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": True, "conn": -1, "leaf": -1,
}  # fmt: skip
STORING: Final = {"mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1}


@dataclass(frozen=True)
class Party:
    """Somebody with a key."""

    kind: str
    key: Ed25519PrivateKey

    @property
    def name(self) -> str:
        """The public key."""
        return _checked(bytes([KINDS[self.kind]]) + self.key.public_key().public_bytes_raw())

    @property
    def seed(self) -> str:
        kind = KINDS[self.kind]
        return _checked(bytes([SEED | (kind >> 5), (kind & 31) << 3]) + self.key.private_bytes_raw())

    def token(self, other: "Party", **claims: Any) -> str:
        """What it says of somebody."""
        head = _part({"typ": "JWT", "alg": "ed25519-nkey"})
        nats = {"version": 2, "type": other.kind, **claims}
        body = _part({"jti": other.name, "iat": 1, "iss": self.name, "sub": other.name, "name": "x", "nats": nats})
        return f"{head}.{body}.{_coded(self.key.sign(f'{head}.{body}'.encode()))}"


def party(kind: str) -> Party:
    return Party(kind, Ed25519PrivateKey.generate())


def operated(credentials: Path) -> str:
    """The configuration of a server that lets in whoever has the credentials, which are written to the file."""
    operator, account, user = (party(kind) for kind in KINDS)
    system = party("account")
    known = {
        account.name: operator.token(account, limits=UNLIMITED | STORING),
        system.name: operator.token(system, limits=UNLIMITED),
    }
    credentials.write_text(
        f"-----BEGIN NATS USER JWT-----\n{account.token(user, subs=-1, data=-1, payload=-1)}\n"
        "------END NATS USER JWT------\n\n*** IMPORTANT ***\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{user.seed}\n------END USER NKEY SEED------\n"
    )
    return "\n".join(
        [
            f"operator: {operator.token(operator)}",
            f"system_account: {system.name}",
            "resolver: MEMORY",
            f"resolver_preload: {json.dumps(known)}",
        ]
    )


def _checked(raw: bytes) -> str:
    return base64.b32encode(raw + binascii.crc_hqx(raw, 0).to_bytes(2, "little")).decode().rstrip("=")


def _part(value: Any) -> str:
    return _coded(json.dumps(value).encode())


def _coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
