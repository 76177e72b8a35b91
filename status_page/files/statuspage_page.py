"""The page, its components and groups as the Statuspage API, version 2, tells them: a group is one with members.

A component of which nothing is known is left out, because the API has no word for it; so is a group of no others.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final, TypeAlias

from domain.code import code_of
from domain.component import ComponentStatus, worst
from domain.desk import DeskFounded
from domain.instant import Instant
from projections import trail
from projections.status import Component, Group
from status_page.edition import Edition
from status_page.files.told import changed_at, founding
from status_page.words import Language, local, site_name

Json: TypeAlias = dict[str, Any]

SPOKEN: Final[Language] = "en"
"""The API has one language; what was never said in it is told in the other one."""
STATUSES: Final = {
    ComponentStatus.OPERATIONAL: "operational",
    ComponentStatus.DEGRADED: "degraded_performance",
    ComponentStatus.PARTIAL_OUTAGE: "partial_outage",
    ComponentStatus.MAJOR_OUTAGE: "major_outage",
    ComponentStatus.UNDER_MAINTENANCE: "under_maintenance",
}
UTC: Final = frozenset({"Etc/UTC", "UTC"})
ALL: Final = 1_000_000
"""Definitions: the trail wants a limit."""


@dataclass(frozen=True)
class Listed:
    """A component, or a group with members."""

    code: str
    of: Component | Group
    status: ComponentStatus
    created: Instant
    """When it was defined first."""
    updated: Instant
    """When anything of it changed last."""
    members: Sequence["Listed"] = ()


@dataclass(frozen=True)
class Page:
    """An edition, and what its documents say of components."""

    edition: Edition
    founded: DeskFounded
    known: Mapping[str, Listed]
    """By key, without the groups."""
    groups: Mapping[str, Listed]

    @property
    def code(self) -> str:
        return code_of("page", self.founded.desk)

    @property
    def listed(self) -> Sequence[Listed]:
        """In the order of the page, the groups among their members."""
        return sorted((*self.groups.values(), *self.known.values()), key=lambda each: each.of.place)

    @cached_property
    def json(self) -> Json:
        """What every document begins with; it was updated when anything that the documents say changed last."""
        edition = self.edition
        told = (max(each.created, changed_at(each)) for each in edition.newest)
        return {
            "id": self.code,
            "name": site_name(edition.configured.state.page, SPOKEN),
            "url": edition.address,
            "time_zone": edition.zone,
            "updated_at": self.stamp(max((*(each.updated for each in self.listed), *told), default=self.founded.at)),
        }

    def stamp(self, at: Instant | None) -> str | None:
        """ISO 8601 with milliseconds and the offset of the page's zone; `Z` where that is UTC itself."""
        if at is None:
            return None
        written = local(at, self.edition.zone).isoformat(timespec="milliseconds")
        return written.removesuffix("+00:00") + "Z" if self.edition.zone in UTC else written


def page_of(edition: Edition) -> Page:
    """The page of an edition, the same for all its documents."""
    return edition.once("statuspage", partial(_page_of, edition))


def _page_of(edition: Edition) -> Page:
    defined = _defined(edition, "component.defined")
    known = {each.key: _component(each, each.status, *defined[each.key]) for each in edition.components if each.status}
    return Page(edition, founding(edition), known, {each.of.key: each for each in _groups(edition, known)})


def component_json(page: Page, listed: Listed) -> Json:
    """A component; the last key is that of a group alone."""
    group = page.groups.get(listed.of.group) if isinstance(listed.of, Component) else None
    told = {
        "id": listed.code,
        "name": listed.of.en,
        "status": STATUSES[listed.status],
        "created_at": page.stamp(listed.created),
        "updated_at": page.stamp(listed.updated),
        "position": listed.of.place,
        "description": None,
        "showcase": not listed.members,
        "start_date": None if listed.members else f"{local(listed.created, page.edition.zone):%Y-%m-%d}",
        "group_id": group and group.code,
        "page_id": page.code,
        "group": bool(listed.members),
        "only_show_if_degraded": False,
    }
    return told | {"components": [each.code for each in listed.members]} if listed.members else told


def _defined(edition: Edition, name: str) -> Mapping[str, tuple[Instant, Instant]]:
    """By key, when each thing was defined first and last."""
    found: dict[str, tuple[Instant, Instant]] = {}
    for trace in trail.page(edition.connection, before=edition.position + 1, name=name, limit=ALL):
        key = trace.values["key"]
        found[key] = trace.rec, found.get(key, (0, trace.rec))[1]
    return found


def _component(component: Component, state: ComponentStatus, created: Instant, defined: Instant) -> Listed:
    return Listed(code_of("component", component.key), component, state, created, max(defined, component.since or 0))


def _groups(edition: Edition, known: Mapping[str, Listed]) -> Iterator[Listed]:
    """Each is as its worst member."""
    defined = _defined(edition, "component_group.defined")
    for group in edition.groups:
        members = [*_members(group, known.values())]
        if members:
            created, updated = defined[group.key]
            updated = max(updated, *(each.updated for each in members))
            state = worst([each.status for each in members]) or members[0].status
            yield Listed(code_of("group", group.key), group, state, created, updated, members)


def _members(group: Group, known: Iterable[Listed]) -> Iterator[Listed]:
    return (each for each in known if isinstance(each.of, Component) and each.of.group == group.key)
