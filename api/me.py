"""`GET /v1/me`: who the caller is to the desk."""

from api.deps import TheAsker
from api.routing import routes
from api.types import Out
from domain.event import Id
from domain.person.state import Right
from domain.token import TokenScope

router = routes("/v1", "desk", 401, 422, 429)


class Me(Out):
    """The person, and what this token may do."""

    person: Id
    roles: list[Right]
    teams: list[str]
    lines: list[str]
    organisations: list[Id]
    sees_organisations: list[Id]
    scopes: list[TokenScope]


@router.get("/me", summary="Who I am", operation_id="getMe")
def get_me(asker: TheAsker) -> Me:
    """As of now."""
    return Me(person=asker.caller.person, **{name: sorted(getattr(asker.caller, name)) for name in SETS})


SETS = ("roles", "teams", "lines", "organisations", "sees_organisations", "scopes")
