"""Erasures: asked for by administrators, carried out by the desk itself."""

from typing import Annotated, Any, Final

from fastapi import Body, Depends, Path
from pydantic import Field

from api.deps import TheAsker, TheDesk
from api.problems import problems
from api.reading import Reader, reading_now
from api.receipts import TheRequest, once
from api.routing import routes
from api.types import IdIn, In, InstantOut, Out
from domain.erasure import ErasedKind, ErasureStep, Ground
from domain.event import Id
from domain.refusal import Refused
from domain.token import TokenScope
from projections import erasures
from store.desk import Desk
from store.erasing import Demand, Whom, erasure_at, erasure_of, request, whole_person

router = routes("/v1", "erasures", 400, 401, 403, 422, 429, 503)

WITHDRAWN: Final = {"value": {"ground": "consent_withdrawn", "number": "17-2026"}}


class ErasureIn(In):
    """On what ground."""

    ground: Ground
    number: str | None = Field(
        default=None, description="Of the request in a registry, without spaces", examples=["17-2026"]
    )


class ErasureOut(Out):
    """An erasure. Whose it was, nothing but the desk's own facts says any more."""

    id: Id
    kind: ErasedKind
    ground: Ground
    state: ErasureStep
    requested_at: InstantOut
    completed_at: InstantOut | None
    keys: int | None = Field(description="Destroyed; None until they are")
    sections: int | None = Field(description="Sealed texts that nobody can read any more; None until then")
    digest: str | None = Field(description="SHA-256 of the digests by which the log knows them; None until then")


@router.post(
    "/people/{person}/erasure",
    status_code=202,
    summary="Erase a person",
    operation_id="erasePerson",
    responses=problems(404, 409, 413),
)
def post_erasure(
    *,
    desk: TheDesk,
    asker: TheAsker,
    asked: TheRequest,
    reader: Annotated[Reader, Depends(reading_now(erasures.NAME))],
    person: Annotated[IdIn, Path()],
    body: Annotated[ErasureIn, Body(openapi_examples={"withdrawn": WITHDRAWN})],
) -> ErasureOut:
    """Everything that the person wrote, and what was written to them, for ever; also all duplicates of the person.

    It cannot be taken back. What was asked for before is answered as it stands.
    """
    whom = _person(desk, asker, person)
    if not erasure_of(desk, whom):
        with reader.open(including=desk.log.head()) as reading:
            others = erasures.administrators(reading.connection)
        demand = Demand(body.ground, asker.at, body.number or "", asker.caller.person, others)
        once(desk, asked, desk.erasures, asked.command, lambda to: request(desk, to, whom, demand))
    return _out(desk, whom)


@router.get("/people/{person}/erasure", summary="How far it is", operation_id="getErasure", responses=problems(404))
def get_erasure(desk: TheDesk, asker: TheAsker, person: Annotated[IdIn, Path()]) -> ErasureOut:
    """As of now."""
    return _out(desk, _person(desk, asker, person))


def _person(desk: Desk, asker: TheAsker, person: Id) -> Whom:
    asker.demand(TokenScope.PEOPLE_WRITE)
    try:
        return whole_person(desk, person)
    except Refused:
        raise Refused("not_found") from None


def _out(desk: Desk, whom: Whom) -> ErasureOut:
    stream = erasure_of(desk, whom)
    if stream is None:
        raise Refused("erasure_unknown")
    known = erasure_at(desk, stream)
    counted: dict[str, Any] = {"keys": known.keys, "sections": known.sections, "digest": known.digest}
    return ErasureOut(
        id=stream,
        kind=known.kind,
        ground=known.ground,
        state=known.step,
        requested_at=known.requested_at,
        completed_at=known.completed_at,
        **(dict.fromkeys(counted) if known.step is ErasureStep.REQUESTED else counted),
    )
