"""Probes: how each stands, for the staff. Where they look is in the desk file."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Header, Response
from pydantic import Field

from api.deps import Asker, TheAsker, TheDesk, TheViews
from api.language import Language, preferred
from api.probe_words import in_words
from api.routing import routes
from api.types import InstantOut, Out
from domain.component import ComponentStatus
from domain.configuration.probe import ProbeDefined
from domain.instant import Duration, Instant
from domain.person.state import Right
from domain.probe import silent_at
from domain.refusal import Refused
from domain.token import TokenScope
from monitoring.probes import Why, watches
from monitoring.probes.watches import Watched, seat_of

router = routes("/v1/probes", "components", 400, 401, 403, 422, 429, 503)

STAFF: Final = frozenset({Right.AGENT, Right.LEAD, Right.AUDITOR, Right.ADMINISTRATOR})
SCOPES: Final = frozenset({TokenScope.TICKETS_READ, TokenScope.COMPONENTS_WRITE})


class ProbeOut(Out):
    """A probe as one of those who look sees it, and what its newest look showed."""

    key: str
    prober: str = Field(description="Who looks: `desk`, or a prober elsewhere; a component has what most of them say")
    component: str = Field(description="Empty: it is of no component")
    kind: str = Field(examples=["http"])
    every: Duration = Field(description="Milliseconds from one look to the next")
    status: ComponentStatus | None = Field(description="What it says, confirmed; None while nothing is known")
    seen_at: InstantOut | None = Field(description="When it last saw anything")
    looked_at: InstantOut | None = Field(description="When it looked last")
    looked_status: ComponentStatus | None = Field(description="What that showed; None: nothing could be learned")
    why: Why
    words: str = Field(description="Why, in the caller's language", examples=["another HTTP status came (503)"])
    took: float = Field(description="Seconds that it took")
    expires_at: InstantOut | None = Field(description="When the certificate expires")
    number: int = Field(description="Results so far, those that never came included")
    missed: int = Field(description="Of these, how many never came, or were of looks that were not possible")
    failed: int = Field(description="And how many were not operational")


class Probes(Out):
    """All probes, by their keys and who looks."""

    items: list[ProbeOut]


@router.get("", summary="All probes", operation_id="listProbes")
def list_probes(
    desk: TheDesk,
    views: TheViews,
    asker: TheAsker,
    response: Response,
    accept_language: Annotated[str, Header()] = "",
) -> Probes:
    """As they stand now."""
    _demand_staff(asker)
    language = preferred(accept_language)
    response.headers.update({"Content-Language": language, "Vary": "Accept-Language"})
    defined = desk.configured.state().of(ProbeDefined)
    with views.engine.connect() as connection:
        known = watches.watched(connection)
    return Probes(items=probes_out(defined, known, asker.at, language))


def probes_out(
    defined: Mapping[str, ProbeDefined], known: Mapping[str, Watched], at: Instant, language: Language
) -> list[ProbeOut]:
    """All of them in words, once for each who looks."""
    found = [(defined[key], prober) for key in sorted(defined) for prober in defined[key].seats]
    return [_out(probe, prober, known.get(seat_of(probe.key, prober)), at, language) for probe, prober in found]


def _out(probe: ProbeDefined, prober: str, known: Watched | None, at: Instant, language: Language) -> ProbeOut:
    """Before its first look it has seen nothing."""
    known = known or Watched(seat_of(probe.key, prober), probe.component)
    watch, look = known.watch, known.look
    return ProbeOut(
        key=probe.key,
        prober=prober,
        component=probe.component,
        kind=probe.kind,
        every=probe.every,
        status=watch.status if at < silent_at(watch, probe.pace) else None,
        seen_at=watch.seen_at or None,
        looked_at=known.looked_at or None,
        looked_status=look.status,
        why=look.why,
        words=in_words(look, language) if known.looked_at else "",
        took=look.took,
        expires_at=look.expires_at,
        number=watch.number,
        missed=watch.missed,
        failed=watch.failed,
    )


def _demand_staff(asker: Asker) -> None:
    """Clients see components, and not what looks at them."""
    caller = asker.caller
    if caller.is_contractor or not (caller.roles & STAFF and caller.scopes & SCOPES):
        raise Refused("not_allowed")
