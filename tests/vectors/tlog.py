"""The families of the transparency log: trees, proofs, signed notes, keys and witnesses."""

import base64
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.tlog.checkpoint import Checkpoint, read_checkpoint
from audit.tlog.merkle import (
    Edge,
    NotProved,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from audit.tlog.note import COSIGNATURE, Malformed, Signer, Unverified, read_key, verified
from audit.tlog.witness import Witness
from tests.vectors.outcome import Failed, Outcome, Passed

Case = dict[str, Any]


def run_roots(case: Case) -> Outcome:
    match case["op"]:
        case "leaf_hash":
            got, expected = leaf_hash(bytes.fromhex(case["data_hex"])), case["hash"]
        case "node_hash":
            got, expected = node_hash(*(bytes.fromhex(case[f"{side}_hex"]) for side in ("left", "right"))), case["hash"]
        case _:
            got, expected = _root([bytes.fromhex(each) for each in case["leaves_hex"]]), case["root"]
    return _compared(expected, got.hex())


def run_inclusion(case: Case) -> Outcome:
    facts = {"leaf": bytes.fromhex(case["leaf_hash"]), "root": bytes.fromhex(case["root"])}
    proof = [bytes.fromhex(each) for each in case["proof"]]
    try:
        verify_inclusion(proof, index=case["index"], size=case["size"], **facts)
    except NotProved:
        return _compared(case["valid"], got=False)
    return _compared(case["valid"], got=True)


def run_consistency(case: Case) -> Outcome:
    roots = {"old_root": bytes.fromhex(case["root1"]), "new_root": bytes.fromhex(case["root2"])}
    proof = [bytes.fromhex(each) for each in case["proof"]]
    try:
        verify_consistency(proof, old=case["size1"], new=case["size2"], **roots)
    except NotProved:
        return _compared(case["valid"], got=False)
    return _compared(case["valid"], got=True)


def run_note(case: Case) -> Outcome:
    """Whether it is verified, by whom, and the checkpoint that it is said to be."""
    expected = {"names": case["verified_names"], "checkpoint": case.get("checkpoint")}
    try:
        found = verified(base64.b64decode(case["note_base64"]), map(read_key, case["vkeys"]))
    except (Malformed, Unverified):
        return _compared(case["valid"], got=False)
    checkpoint = _told(read_checkpoint(found.text)) if case.get("checkpoint") else None
    return _compared(expected, {"names": [key.name for key, _ in found.signers], "checkpoint": checkpoint})


def run_vkey(case: Case) -> Outcome:
    try:
        read_key(case["vkey"])
    except Malformed:
        return _compared(case["valid"], got=False)
    return _compared(case["valid"], got=True)


@dataclass
class Memory:
    """What a witness keeps."""

    newest: dict[str, Checkpoint] = field(default_factory=dict)

    def store(self, new: Checkpoint, _: Checkpoint | None) -> bool:
        self.newest[new.origin] = new
        return True


def run_witness(case: Case) -> Outcome:
    """The statuses of its requests, in their order."""
    signer = Signer("witness.example", Ed25519PrivateKey.from_private_bytes(bytes(32)), COSIGNATURE)
    witness = Witness(signer, {each["origin"]: read_key(each["vkey"]) for each in case["logs"]})
    memory = Memory()
    got = [
        witness.add(step["request"].encode(), at=1, known=memory.newest.get, store=memory.store).status.value
        for step in case["steps"]
    ]
    return _compared([step.get("status_c2sp", step["status"]) for step in case["steps"]], got)


def _root(leaves: list[bytes]) -> bytes:
    edge = Edge()
    for leaf in leaves:
        edge.append(leaf_hash(leaf))
    return edge.root


def _told(checkpoint: Checkpoint) -> dict[str, Any]:
    return {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()}


def _compared(expected: Any, got: Any) -> Outcome:
    return Passed() if expected == got else Failed(expected, got)
