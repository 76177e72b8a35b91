"""A log that cannot be signed any more, and what follows it: as it says, or as somebody would like it to be."""

import base64
from dataclasses import replace
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.evidence import Folder
from audit.tlog.merkle import prove_consistency
from audit.tlog.note import Signer
from audit.tlog.succession import endorsed
from audit.tlog.tiles import nodes_in
from domain.canonical import canonical, parse
from domain.desk import DeskLogSucceeded, Ending
from tests.audit.verifier.forging import ORIGIN, SIGNER, Evidence, digest_of

NEW: Final = Signer(f"{ORIGIN}/2", Ed25519PrivateKey.from_private_bytes(b"n" * 32))
THIRD: Final = Signer(f"{ORIGIN}/3", Ed25519PrivateKey.from_private_bytes(b"t" * 32))
KEPT: Final = 30
"""Of its entries; the last of them is in clear."""


def statement(former: Evidence, kept: int = KEPT, signer: Signer = SIGNER, to: Signer = NEW) -> DeskLogSucceeded:
    """What is to be said of it: all of that is so."""
    size, checkpoint = len(former.entries), former.checkpoint()
    proof = prove_consistency(nodes_in(Folder(former.folder).read, size), kept, size) if kept else []
    said = DeskLogSucceeded(
        at=parse(former.entries[KEPT - 1])["at"],
        number=int(to.name.rpartition("/")[2]),
        because=Ending.LOSS,
        former_origin=signer.name,
        former_key=signer.key.text,
        former_size=size,
        former_root=base64.b64encode(checkpoint.root).decode(),
        kept=kept,
        proof=tuple(base64.b64encode(each).decode() for each in proof),
        origin=to.name,
        log_key=to.key.text,
        endorsement="",
    )
    return endorsed(said, signer)


def stated(former: Evidence, said: DeskLogSucceeded, to: Signer = NEW, kept: int = 0) -> Evidence:
    """The log with that statement behind what is kept in truth, published under its new name."""
    entries = former.entries[: kept or said.kept]
    desk, latest = parse(entries[0])["tk"], max(parse(each).get("rec", 0) for each in entries)
    told = {"sv": 1 + sum(parse(each).get("tk") == desk for each in entries), "ty": "desk.log_succeeded", "tk": desk}
    values: dict[str, Any] = vars(said) | {"because": said.because.value, "proof": [*said.proof]}
    common = {"_sd": [digest_of(values)], "v": 1, "at": said.at, "rec": latest, "src": "live"}
    folder = former.folder / to.name.replace("/", "-")
    return Evidence((*entries, canonical(common | told | values)), folder).publish(to, to.name)


def succeeded(former: Evidence, **changes: Any) -> Evidence:
    """Lost from there on; with other values than the true ones, which the former key signs as well."""
    return stated(former, endorsed(replace(statement(former), **changes), SIGNER), kept=KEPT)
