"""What proves that a ticket's events stand in the log: for whoever holds a receipt, or wants no word for it."""

import base64
import logging
from collections.abc import Sequence
from typing import Annotated, Any, Final, TypeAlias

from fastapi import Depends, Query
from pydantic import Field

from api.deps import Found, TheProving, TheTicket
from api.problems import problems
from api.reading import Limit, Reader, reading_now
from api.tickets.routing import ticket_routes
from api.types import Out
from audit.disclosed import TO_CLIENTS
from audit.proving import Proving, Published
from audit.tlog.merkle import NotProved, leaf_hash
from audit.tlog.note import Malformed, Unverified
from audit.tlog.proof import verify_proof
from audit.tlog.tiles import BrokenTile
from domain.access import Act
from domain.refusal import Refused
from projections import entries
from projections.entries import entries_at
from store.log import Recorded

LOGGER: Final = logging.getLogger("glasno.api")

router = ticket_routes("trail")

EntriesReader: TypeAlias = Annotated[Reader, Depends(reading_now(entries.NAME))]
Base64: TypeAlias = str


class ProofOut(Out):
    """One event."""

    position: int
    name: str = Field(examples=["ticket.opened"])
    entry: Base64 = Field(description="What stands in the log, in base64: others see no more of it than this")
    leaf: Base64 = Field(description="Its leaf hash, as in the receipt")
    proof: str | None = Field(description="C2SP tlog-proof; None while no signed checkpoint covers it")


class Proofs(Out):
    """Events with their proofs, oldest first."""

    key: str | None = Field(description="The verifier key of the log, to be compared with the one you were told")
    proofs: list[ProofOut]
    next_after: int | None = Field(description="`after` of the next page; None if this is the last one")


@router.get("/proofs", summary="What proves it", operation_id="getProofs", responses=problems(503))
def get_proofs(
    *,
    found: TheTicket,
    reader: EntriesReader,
    proving: TheProving,
    after: Annotated[int, Query(ge=0, le=2**62, description="`next_after` of the page before")] = 0,
    limit: Limit = 100,
) -> Proofs:
    """Of each event that the caller may see: its entry, and the proof that it is in the log.

    A receipt is redeemed here: within its seconds the proof of its leaf is not None. An entry and its proof are
    verified by any program that knows C2SP tlog-proof, without asking this desk.
    """
    following = [each for each in _seen(found) if each.position > after]
    shown = following[:limit]
    with reader.open(including=shown[-1].position if shown else 0) as reading:
        indexes = [entries_at(reading.connection, each.position) - 1 for each in shown]
    proofs = _proofs(proving, shown, indexes) if proving else [None] * len(shown)
    return Proofs(
        key=proving.key.text if proving else None,
        proofs=[_out(each, proof) for each, proof in zip(shown, proofs, strict=True)],
        next_after=shown[-1].position if len(following) > limit else None,
    )


def _seen(found: Found) -> Sequence[Recorded[Any]]:
    """The whole trail for whoever may read it, else what a client is told of."""
    whole = Act.READ_TRAIL in found.rights.act
    return [each for each in found.past if whole or each.envelope.name in TO_CLIENTS]


def _proofs(proving: Proving, shown: Sequence[Recorded[Any]], indexes: Sequence[int]) -> list[bytes | None]:
    """Of each, so far as it is covered; they hold, else `Refused`: the evidence is not what the log says."""
    try:
        published = proving.published()
        return [_proof(proving, published, *each) for each in zip(shown, indexes, strict=True)]
    except (BrokenTile, Malformed, NotProved, OSError, Unverified) as fault:
        LOGGER.error("the evidence is damaged, run `glasno check`: %s", fault)  # noqa: TRY400 -- the words are enough
        raise Refused("evidence_damaged") from None


def _proof(proving: Proving, published: Published | None, recorded: Recorded[Any], index: int) -> bytes | None:
    proof = published.proof(index) if published else None
    if proof:
        verify_proof(proof, recorded.raw, [proving.key])
    return proof


def _out(recorded: Recorded[Any], proof: bytes | None) -> ProofOut:
    return ProofOut(
        position=recorded.position,
        name=recorded.envelope.name,
        entry=base64.b64encode(recorded.raw).decode(),
        leaf=base64.b64encode(leaf_hash(recorded.raw)).decode(),
        proof=proof.decode() if proof else None,
    )
