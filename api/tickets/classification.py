"""What a ticket is held to be: priority, kind, category, and the terms that were promised for it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Body
from pydantic import Field

from api.acting import TheActing
from api.tickets.routing import ticket_routes
from api.tickets.shape import Done
from api.types import IdIn, In, Key
from domain.access import Act
from domain.classification import Complexity, Impact, Kind, Urgency
from domain.configuration import Configuration
from domain.configuration.category import CategoryDefined
from domain.refusal import Refused
from domain.ticket import Event, Ticket
from domain.ticket.classing import Move, categorise, move_terms, reclassify, reprioritise

router = ticket_routes("classification")

AGREED = "The client's message that agreed to it: without one no deadline moves later in its last quarter"


class Weight(In):
    """How much of the client's work is hit, and how soon it is needed."""

    impact: Impact
    urgency: Urgency
    agreed: IdIn | None = Field(default=None, description=AGREED)


class KindOf(In):
    """What it asks for."""

    kind: Kind
    agreed: IdIn | None = Field(default=None, description=AGREED)


class Category(In):
    """What it is about, and how hard it is."""

    category: Key | None
    complexity: Complexity = Complexity.STANDARD


class Terms(In):
    """Another service level, or its newest version."""

    level: Key
    reason: Move
    agreed: IdIn | None = Field(default=None, description=AGREED)


URGENT = {"value": {"impact": "high", "urgency": "high"}}
QUESTION = {"value": {"kind": "question"}}
NETWORK = {"value": {"category": "network", "complexity": "complex"}}
MOVED = {"value": {"level": "standard", "reason": "contract"}}


@router.put("/priority", summary="Weigh it anew", operation_id="setPriority")
def set_priority(act: TheActing, body: Annotated[Weight, Body(openapi_examples={"urgent": URGENT})]) -> Done:
    """The priority follows from impact and urgency."""
    priority = act.configuration.priority(body.impact, body.urgency)
    return act(Act.REPRIORITISE, reprioritise, priority=priority, by=act.by, at=act.at, **dict(body))


@router.put("/kind", summary="Hold it to be of another kind", operation_id="setKind")
def set_kind(act: TheActing, body: Annotated[KindOf, Body(openapi_examples={"question": QUESTION})]) -> Done:
    """Other targets hold from now on."""
    return act(Act.RECLASSIFY, reclassify, kind=body.kind, by=act.by, at=act.at, agreed=body.agreed)


@router.put("/category", summary="File it", operation_id="setCategory")
def set_category(act: TheActing, body: Annotated[Category, Body(openapi_examples={"network": NETWORK})]) -> Done:
    """No promise depends on it."""

    def filed(ticket: Ticket) -> Sequence[Event]:
        demand_category(act.configuration, body.category)
        return categorise(ticket, category=body.category, complexity=body.complexity, by=act.by, at=act.at)

    return act(Act.CATEGORISE, filed)


@router.put("/terms", summary="Promise something else", operation_id="moveTerms")
def set_terms(act: TheActing, body: Annotated[Terms, Body(openapi_examples={"contract": MOVED})]) -> Done:
    """The version of the level that is in force; open deadlines are reckoned anew."""

    def moved(ticket: Ticket) -> Sequence[Event]:
        state = act.configuration
        version, published = state.levels.in_force.get(body.level), state.is_published(body.level, act.at)
        if version is None:
            raise Refused("level_withdrawn", level=body.level)
        return move_terms(
            ticket, policy=version, published=published, book=state.book(), by=act.by, at=act.at, **dict(body)
        )

    return act(Act.MOVE_TERMS, moved)


def demand_category(configuration: Configuration, category: str | None) -> None:
    """Refuse what nothing is filed under; asked after the receipt: a request that was done stays done."""
    if category and category not in configuration.of(CategoryDefined):
        raise Refused("category_unknown", category=category)
