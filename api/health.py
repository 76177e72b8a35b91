"""Health, for whoever watches: `/healthz` says that the process answers, `/readyz` that its answers are true."""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.deps import TheDesk, TheViews
from api.types import Out
from domain.instant import SECOND, Duration, Instant
from projections.engine import Projector, State

router = APIRouter(tags=["health"])

LATE: Final[Duration] = 30 * SECOND
"""A view that is further behind shows a past that is over."""

NEWS: Final[Duration] = 10 * SECOND
"""For which it is told that a disk was full: whether it still is shows when something is to be stored next."""
AGAIN: Final = "restore that one, or have the views built from nothing"


class Healthy(Out):
    """The process answers."""

    status: str = "ok"


class ViewState(Out):
    """How a view stands."""

    name: str
    position: int
    lag_events: int
    lag_milliseconds: Duration
    stopped: bool = Field(description="It failed at an event and shows nothing newer")


class Ready(Out):
    """Whether answers can be relied on, and why not."""

    ready: bool
    position: int = Field(description="The newest event of the log")
    reasons: list[str]
    views: list[ViewState]


@router.get("/healthz", summary="The process answers", operation_id="getHealth")
async def get_health() -> Healthy:
    """Looks at nothing else: a restart would help only if this fails."""
    return Healthy()


@router.get("/readyz", summary="The answers are true", operation_id="getReadiness", responses={503: {"model": Ready}})
def get_readiness(desk: TheDesk, views: TheViews, request: Request, response: Response) -> Ready:
    """Reads the log and every view's position; 503 if one cannot be read, is stopped or late, or a disk is full."""
    try:
        states = views.states()  # before the head: a view is never ahead of a log that goes on
        found = _look(views, states, desk.log.head(), desk.now(), request.app.state.full_at)
    except Exception as fault:  # noqa: BLE001 -- whatever it is, it is the answer
        found = Ready(ready=False, position=0, reasons=[f"cannot be read: {type(fault).__name__}"], views=[])
    response.status_code = 200 if found.ready else 503
    return found


def _look(views: Projector, states: Sequence[State], head: int, now: Instant, full_at: Instant) -> Ready:
    lags = [(state, views.lag(state, now)) for state in states]
    reasons = [f"{state.name} is stopped" for state in states if state.error is not None]
    reasons += [f"{state.name} is {lag.milliseconds} ms behind" for state, lag in lags if lag.milliseconds > LATE]
    reasons += [f"{state.name} is not built yet" for state in states if not (state.position or state.error)]
    reasons += [f"{state.name} is of a newer log: {AGAIN}" for state in states if state.position > head]
    reasons += ["a disk is full: nothing could be stored"] if abs(now - full_at) < NEWS else []
    told = [
        ViewState(
            name=state.name, position=state.position, lag_events=lag.events, lag_milliseconds=lag.milliseconds,
            stopped=state.error is not None,
        )
        for state, lag in lags
    ]  # fmt: skip
    return Ready(ready=not reasons, position=head, reasons=reasons, views=told)
