"""What proves that a ticket's events stand in the log: for whoever holds a receipt, or wants no word for it."""

import base64
from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Query
from pydantic import Field

from api.deps import Found, TheProving, TheTicket
from api.reading import Limit, Reader, reading_now
from api.tickets.routing import ticket_routes
from api.types import Out
from audit.disclosed import TO_CLIENTS
from audit.proving import Published
from audit.tlog.merkle import leaf_hash
from domain.access import Act
from projections import entries
from projections.entries import entries_at
from store.log import Recorded

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


@router.get("/proofs", summary="What proves it", operation_id="getProofs")
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
    shown, published = following[:limit], proving.published() if proving else None
    with reader.open(including=shown[-1].position if shown else 0) as reading:
        indexes = [entries_at(reading.connection, each.position) - 1 for each in shown]
    return Proofs(
        key=proving.key.text if proving else None,
        proofs=[_proof(each, index, published) for each, index in zip(shown, indexes, strict=True)],
        next_after=shown[-1].position if len(following) > limit else None,
    )


def _seen(found: Found) -> Sequence[Recorded[Any]]:
    """The whole trail for whoever may read it, else what a client is told of."""
    whole = Act.READ_TRAIL in found.rights.act
    return [each for each in found.past if whole or each.envelope.name in TO_CLIENTS]


def _proof(recorded: Recorded[Any], index: int, published: Published | None) -> ProofOut:
    proof = published.proof(index) if published else None
    return ProofOut(
        position=recorded.position,
        name=recorded.envelope.name,
        entry=base64.b64encode(recorded.raw).decode(),
        leaf=base64.b64encode(leaf_hash(recorded.raw)).decode(),
        proof=proof and proof.decode(),
    )
