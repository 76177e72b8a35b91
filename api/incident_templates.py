"""Templates of incidents: what to say first, so that saying it takes a minute at night."""

from typing import Annotated, TypeAlias

from pydantic import Field

from api.announcing import Texts, Titles
from api.deps import TheAsker, TheDesk
from api.routing import routes
from api.types import In, InstantIn, Key, Out
from domain.component import ComponentStatus
from domain.configuration.incident_template import IncidentTemplateDefined
from domain.incident import IncidentImpact, IncidentStatus
from domain.refusal import Refused
from domain.token import TokenScope
from store.desk import Desk

router = routes("/v1/incident-templates", "incidents", 400, 401, 403, 429)

Components: TypeAlias = Annotated[
    dict[Key, ComponentStatus],
    Field(max_length=200, description="What it says of components from then on", examples=[{"web": "major_outage"}]),
]


class Opening(In):
    """What is wrong; a template says what is left out."""

    title: Titles | None = None
    text: Texts | None = None
    status: IncidentStatus | None = None
    components: Components | None = None
    impact: IncidentImpact | None = Field(default=None, description="None: as bad as what it says of components")
    template: Key | None = None
    at: InstantIn | None = Field(default=None, description="Since when; in the past it is marked as told late")


class LabelOut(Out):
    """Words in both languages."""

    ru: str
    en: str


class TemplateOut(Out):
    """What to say first."""

    key: str
    title: LabelOut
    text: LabelOut
    status: IncidentStatus
    components: dict[str, ComponentStatus]


@router.get("", summary="Templates of incidents", operation_id="listIncidentTemplates")
def list_templates(desk: TheDesk, asker: TheAsker) -> list[TemplateOut]:
    """For those who announce."""
    asker.demand(TokenScope.COMPONENTS_WRITE)
    return [TemplateOut.model_validate(each) for each in desk.configured.state().of(IncidentTemplateDefined).values()]


def filled(desk: Desk, body: Opening) -> Opening:
    """With what the template says where the body says nothing; `Refused` if there is no such template."""
    if body.template is None:
        return body
    known = desk.configured.state().of(IncidentTemplateDefined)
    if body.template not in known:
        raise Refused("template_unknown", template=body.template, known=", ".join(sorted(known)) or "-")
    template = known[body.template]
    said = {
        "title": Titles.model_construct(ru=template.title.ru, en=template.title.en),
        "text": Texts.model_construct(ru=template.text.ru, en=template.text.en),
        "status": template.status,
        "components": template.components,
    }
    return body.model_copy(update={name: value for name, value in said.items() if getattr(body, name) is None})
