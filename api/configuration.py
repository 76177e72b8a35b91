"""The configuration in force: what a ticket may be filed under, handed over to and refused for."""

from typing import TypeAlias

from api.deps import Asker, TheAsker, TheDesk
from api.routing import routes
from api.types import Out
from domain.configuration import Configuration
from domain.configuration.category import CategoryDefined
from domain.configuration.line import LineDefined
from domain.configuration.reason import Occasion, ReasonDefined
from domain.configuration.team import TeamDefined

router = routes("/v1", "desk", 401, 422, 429)


class LabelOut(Out):
    """How it is called."""

    ru: str
    en: str


class TeamOut(Out):
    """A team and its line."""

    label: LabelOut
    line: str


class LevelOut(Out):
    """A service level, and the version that new tickets get."""

    label: LabelOut
    version: int


Labels: TypeAlias = dict[str, LabelOut]


class ConfigurationOut(Out):
    """What is defined, by key."""

    lines: Labels
    teams: dict[str, TeamOut]
    categories: Labels
    hand_over_reasons: Labels
    refusal_causes: Labels
    levels: dict[str, LevelOut]


@router.get("/configuration", summary="The configuration in force", operation_id="getConfiguration")
def get_configuration(desk: TheDesk, asker: TheAsker) -> ConfigurationOut:
    """Keys and names; contracts are nobody else's affair, and a contact is not told how the desk is organised."""
    state, caller = desk.configured.state(), asker.caller
    return ConfigurationOut(
        lines=_labels(state, LineDefined),
        teams={key: TeamOut.model_validate(each) for key, each in state.of(TeamDefined).items() if caller.roles},
        categories=_labels(state, CategoryDefined),
        hand_over_reasons=_reasons(state, Occasion.HAND_OVER),
        refusal_causes=_reasons(state, Occasion.REFUSAL),
        levels={
            key: LevelOut.model_validate(state.levels.published[key, version])
            for key, version in state.levels.in_force.items()
            if _is_told(state, key, asker)
        },
    )


def _is_told(state: Configuration, level: str, asker: Asker) -> bool:
    """A level may bear a client's name: contacts and contractors are told theirs, and what is published."""
    caller, at = asker.caller, asker.at
    if caller.roles and not caller.is_contractor:
        return True
    own = caller.organisations | caller.granted_organisations
    return state.is_published(level, at) or level in {state.level_of(each, at) for each in own}


def _labels(state: Configuration, kind: type[LineDefined | CategoryDefined]) -> Labels:
    return {key: LabelOut.model_validate(each.label) for key, each in state.of(kind).items()}


def _reasons(state: Configuration, occasion: Occasion) -> Labels:
    reasons = state.of(ReasonDefined).items()
    return {key: LabelOut.model_validate(each.label) for key, each in reasons if each.occasion is occasion}
