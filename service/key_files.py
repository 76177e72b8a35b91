"""Key files: made at the first start, readable by their owner alone, never overwritten."""

import base64
import hashlib
import os
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.settings import Misconfigured

SIZE: Final = 32
ED25519: Final = b"\x01"
"""The signature type of C2SP signed-note for Ed25519."""


def key_of(path: Path) -> bytes:
    """The 32 bytes of a key file, made if it is not there; refused if others could read it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise Misconfigured(f"{path} can be read by others: chmod 600 {path}")
    try:
        secret = bytes.fromhex(path.read_bytes().decode("ascii"))
    except ValueError:
        secret = b""
    if len(secret) != SIZE:
        raise Misconfigured(f"{path} does not hold {2 * SIZE} hexadecimal digits: restore it from its backup")
    return secret


def verifier_key(origin: str, secret: bytes) -> str:
    """The public half of the log's key as a C2SP signed-note verifier key: `name+key id+base64(type, public key)`."""
    public = ED25519 + Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    key_id = hashlib.sha256(f"{origin}\n".encode() + public).digest()[:4].hex()
    return f"{origin}+{key_id}+{base64.b64encode(public).decode()}"


def _make(path: Path) -> None:
    """Written aside and linked: of two processes that start at once both read the same key, and it is whole."""
    descriptor, aside = mkstemp(dir=path.parent, prefix=f"{path.name}.")
    with os.fdopen(descriptor, "w") as file:
        file.write(os.urandom(SIZE).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        Path(aside).unlink()
