"""Figures for those whom they concern: the SLA and key figures by month, and how soon each line answers."""

from typing import Annotated, Final, Literal, TypeAlias

from fastapi import Depends, Query
from pydantic import Field

from api.deps import Asker, TheAsker, TheDesk
from api.percent import Percent, PercentOrNone
from api.reading import Reader, Reading, reading_now, reading_of
from api.routing import routes
from api.types import IdIn, Out
from domain.access import Caller
from domain.configuration.line import LineDefined
from domain.event import Id
from domain.instant import Duration
from domain.person.state import Right
from domain.refusal import Refused
from domain.slowdown import Pace
from domain.token import TokenScope
from projections import kpi, sla, slowdown
from projections.batch import checkpoint
from projections.kpi import Axis

router = routes("/v1", "figures", 400, 401, 403, 422, 429, 503)

OVERSEEING: Final = frozenset({Right.LEAD, Right.AUDITOR})
STAFF: Final = OVERSEEING | {Right.AGENT}

Month: TypeAlias = Annotated[
    str, Query(pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$", description="In the desk's zone", examples=["2026-10"])
]
Group: TypeAlias = Literal["clock", "level", "kind", "priority"]


class SlaFigure(Out):
    """Verdicts of one group: `attainment/1`."""

    group: dict[str, str] = Field(examples=[{"clock": "resolution", "level": "standard"}])
    decided: int = Field(description="Met or breached, and not excluded")
    breached: int
    excluded: int
    refused: int = Field(description="Refused with reasons in time: in no percentage")
    reopened: int
    undecided: int
    attainment: PercentOrNone
    p50: Duration | None = Field(description="Milliseconds of business time")
    p90: Duration | None


class SlaFigures(Out):
    """The figures of a month: published tickets and others are never mixed."""

    month: str
    zone: str
    published: list[SlaFigure]
    opaque: list[SlaFigure]


class KpiFigure(Out):
    """The tickets solved or refused in a month by one person, line or team."""

    who: str
    tickets: int
    decided: int
    breached: int
    in_time: PercentOrNone
    mean_resolution: Duration | None = Field(description="Milliseconds of business time")
    mean_first_response: Duration | None
    responsibility_changes: int
    hand_overs: int
    returned: int
    returned_share: Percent
    reopened: int
    complex_tickets: int
    csat_n: int
    csat_sum: int
    nps_n: int
    nps: int | None = Field(description="From -100 to 100, floored")
    response_rate: Percent


class Kpi(Out):
    """Key figures of a month."""

    month: str
    zone: str
    by: Axis
    figures: list[KpiFigure]


class PaceFigure(Out):
    """The first responses of a line in a window that ends now, and in the 28 days before it."""

    line: str
    window: Literal["1d", "7d"]
    responses: int = Field(description="Given in the window, or waited for longer than the usual median")
    waiting: int = Field(description="Of them those that are not given yet, with their time so far")
    median: Duration | None = Field(description="Milliseconds of open time, by nearest rank; none of none")
    p90: Duration | None
    usual_responses: int
    usual_median: Duration | None
    usual_p90: Duration | None
    is_slowing: bool = Field(
        description="The median is above 1.5 times the usual one and more than a minute longer; of 10 or more, and of "
        "30 usual ones"
    )


class Slowdown(Out):
    """Whether support begins to slow: `slowdown/1`."""

    figures: list[PaceFigure]


@router.get("/figures/sla", summary="The SLA by month, in all its figures", operation_id="getSlaFigures")
def get_sla_figures(
    *,
    desk: TheDesk,
    asker: TheAsker,
    reader: Annotated[Reader, Depends(reading_of(sla.NAME))],
    month: Month,
    by: Annotated[list[Group], Query(max_length=4)] = ["clock"],  # noqa: B006 -- pydantic copies it
    organisation: Annotated[IdIn | None, Query(description="A contact names the firm whose tickets it sees")] = None,
) -> SlaFigures:
    """A verdict counts in the month of its due instant."""
    demand_figures(asker, organisation)
    zone = desk.founding.load(desk.stream)[0].zone
    since, until = sla.month(month, zone)
    with reader.open() as reading:
        figures = {
            published: sla.figures(
                reading.connection, since=since, until=until, published=published, by=list(dict.fromkeys(by)),
                position=_position(reading), organisation=organisation,
            )
            for published in (True, False)
        }  # fmt: skip
    told = {published: [SlaFigure.model_validate(each) for each in found] for published, found in figures.items()}
    return SlaFigures(month=month, zone=zone, published=told[True], opaque=told[False])


@router.get("/kpi", summary="Key figures by month", operation_id="getKpi")
def get_kpi(
    *,
    desk: TheDesk,
    asker: TheAsker,
    reader: Annotated[Reader, Depends(reading_now(kpi.NAME))],
    month: Month,
    by: Axis = "line",
) -> Kpi:
    """For leads and auditors: about people only who answers for them. As of now: they have no past."""
    if not _sees_figures(asker.caller, OVERSEEING):
        raise Refused("not_allowed")
    zone = desk.founding.load(desk.stream)[0].zone
    since, until = sla.month(month, zone)
    with reader.open() as reading:
        figures = kpi.figures(reading.connection, by, since=since, until=until)
    return Kpi(month=month, zone=zone, by=by, figures=[KpiFigure.model_validate(each) for each in figures])


@router.get(
    "/figures/slowdown", summary="How soon each line answers, and how soon it usually does", operation_id="getSlowdown"
)
def get_slowdown(
    *, desk: TheDesk, asker: TheAsker, reader: Annotated[Reader, Depends(reading_now(slowdown.NAME))]
) -> Slowdown:
    """For leads and auditors. As of now: it has no past."""
    if not _sees_figures(asker.caller, OVERSEEING):
        raise Refused("not_allowed")
    with reader.open() as reading:
        state = desk.configured.state()
        paces = slowdown.paces(reading.connection, sorted(state.of(LineDefined)), state.calendars, at=reading.at)
    return Slowdown(figures=[_pace_figure(line, window, each) for (line, window), each in paces.items()])


def demand_figures(asker: Asker, organisation: Id | None) -> None:
    """Staff and auditors see all figures, a contractor none, a contact those of a firm whose tickets it all sees."""
    caller = asker.caller
    of_firm = organisation is not None and organisation in caller.sees_organisations & caller.organisations
    if not (_sees_figures(caller, STAFF) or (of_firm and TokenScope.TICKETS_READ in caller.scopes)):
        raise Refused("not_allowed")


def _sees_figures(caller: Caller, roles: frozenset[Right]) -> bool:
    """A contractor sees none, whatever other role it has."""
    return TokenScope.TICKETS_READ in caller.scopes and bool(caller.roles & roles) and not caller.is_contractor


def _pace_figure(line: str, window: str, of: Pace) -> PaceFigure:
    told = {"line": line, "window": window, "waiting": of.waiting, "is_slowing": of.is_slowing}
    told |= {"responses": of.recent.number, "median": of.recent.median, "p90": of.recent.p90}
    usual = {"responses": of.usual.number, "median": of.usual.median, "p90": of.usual.p90}
    return PaceFigure.model_validate(told | {f"usual_{name}": value for name, value in usual.items()})


def _position(reading: Reading) -> int:
    return checkpoint(reading.connection, sla.NAME) if reading.position is None else reading.position
