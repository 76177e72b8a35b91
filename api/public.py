"""What anybody may read, without a token: as much of it as one address may ask for."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, TypeAlias

from fastapi import Depends, Request

from api.deps import Asker, ByToken, who_asks
from api.limits import Allowance
from api.reading import After, At, Reader, reader_of
from domain.access import Caller

STRANGER: Final = Caller()
FOR_ANYBODY: Final[dict[str, Any]] = {"security": [{}]}
"""What a route's description says beside: a token is taken, and none is needed (OpenAPI 3.1, 4.8.10)."""


async def whoever_asks(request: Request, text: str | None) -> Asker:
    """Whoever has a token asks with it; all who have none share an allowance by the address that they come from."""
    if text is not None:
        return await who_asks(request, text)
    at, allowance = request.app.state.desk.now(), request.app.state.public_allowance
    assert isinstance(allowance, Allowance)  # noqa: S101 -- the application has put it there
    allowance.take(request.client.host if request.client else "", at)
    return Asker(STRANGER, "", at)


Anybody: TypeAlias = Annotated[Asker, Depends(ByToken(whoever_asks))]


def public_reading(*names: str) -> Callable[..., Awaitable[Reader]]:
    """The dependency that reads these views for anybody, now or as they were."""

    async def read_in_public(request: Request, asker: Anybody, at: At = None, after: After = None) -> Reader:
        return reader_of(request.app.state.views, names, asker, at, after)

    return read_in_public
