"""Key files: made at the first start, readable by their owner alone, never overwritten."""

import os
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.evidence import persist
from audit.tlog.note import Signer
from service.settings import Misconfigured

SIZE: Final = 32


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


def signer_of(origin: str, path: Path) -> Signer:
    """Who signs the log of that name, with the key of a key file."""
    return Signer(origin, Ed25519PrivateKey.from_private_bytes(key_of(path)))


def _make(path: Path) -> None:
    """Written aside and linked: of two processes that start at once both read the same key, and it is whole.

    It outlives a loss of power: what it signs or seals does, too.
    """
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
    persist(path.parent)
