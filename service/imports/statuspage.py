"""A page of Atlassian Statuspage, from `summary.json`, `components.json` or a list of incidents of its API v2.

Taken over are the components in their groups, and incidents and planned works with their updates. Descriptions, and
what concerns the look of that page, are not.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from domain.component import ComponentStatus, Window
from domain.incident import OVER, Affected
from domain.instant import Instant
from domain.maintenance import UNDER_WAY, WorksStatus
from service.imports.github_incidents import IMPACTS
from service.imports.keys import keys_of
from service.imports.layout import GROUP
from service.imports.statuspage_file import (
    ComponentSection,
    IncidentSection,
    Placed,
    WorksSection,
    document_of,
    sections_of,
)
from service.imports.told import (
    Fault,
    Incident,
    Known,
    Member,
    Record,
    Told,
    Turn,
    Unusable,
    Update,
    Works,
    WorksUpdate,
    demand_order,
    demand_past,
    named,
)

OPERATIONAL: Final = ComponentStatus.OPERATIONAL


@dataclass(frozen=True)
class Page:
    """What has to be known of the whole file to read a record of it."""

    address: str
    components: Mapping[str, ComponentSection]
    """By id; groups too."""
    now: Instant


def read(path: Path, now: Instant) -> Told:
    """All that the file tells; `BadFile` if it is no answer of the API."""
    document = document_of(path)
    components = list(sections_of(ComponentSection, "components", document.components))
    incidents = list(sections_of(IncidentSection, "incidents", document.incidents))
    works = list(sections_of(WorksSection, "scheduled_maintenances", document.scheduled_maintenances))
    address = document.page.url.rstrip("/")
    page = Page(address, dict(_components(components, [*incidents, *works])), now)
    told = [*_records(incidents, partial(_incident, page)), *_records(works, partial(_works, page))]
    records = sorted((each for each in told if not isinstance(each, Fault)), key=lambda record: record.start)
    leaves = [each for each in page.components.values() if not each.group]
    return Told(
        source=urlsplit(address).netloc,
        records=records,
        faults=[each for each in (*components, *told) if isinstance(each, Fault)],
        members=_members(leaves, page),
        known={each.id: list(_known(each, records, now)) for each in leaves},
        groups={key: name for name, key in _group_keys(page).items()},
    )


def _components(
    listed: Iterable[Placed[ComponentSection] | Fault], records: Iterable[Placed[Any] | Fault]
) -> Iterator[tuple[str, ComponentSection]]:
    """Those of the page; a list of incidents holds those that it names."""
    for record in records:
        if isinstance(record, Placed):
            yield from ((each.id, each) for each in record.section.components)
    yield from ((each.section.id, each.section) for each in listed if isinstance(each, Placed))


def _records(
    found: Iterable[Placed[Any] | Fault], read_one: Callable[[Placed[Any]], Record]
) -> Iterator[Record | Fault]:
    for each in found:
        yield each if isinstance(each, Fault) else _record(each, read_one)


def _record(placed: Placed[Any], read_one: Callable[[Placed[Any]], Record]) -> Record | Fault:
    try:
        return read_one(placed)
    except Unusable as why:
        return Fault(f"{placed.place}: {placed.section.id}", str(why))


def _incident(page: Page, placed: Placed[IncidentSection]) -> Incident:
    section = placed.section
    last = section.updates[-1]
    start = section.created_at if section.started_at is None else section.started_at
    end = (last.at if section.resolved_at is None else section.resolved_at) if last.status in OVER else None
    demand_past(page.now, start, end, last.at)
    demand_order(start, end)
    updates = list(_updates(page, section))
    return Incident(
        place=placed.place,
        external=section.id,
        url=f"{page.address}/incidents/{section.id}",
        title=section.name,
        impact=section.impact,
        start=start,
        updates=updates,
        claims=_claims(updates, start, end),
    )


def _works(page: Page, placed: Placed[WorksSection]) -> Works:
    section, window = placed.section, Window(placed.section.scheduled_for, placed.section.scheduled_until)
    updates = [WorksUpdate(each.id, each.at, each.status, each.body) for each in section.updates]
    begun = next((each.at for each in updates if each.status in UNDER_WAY), None)
    over = next((each.at for each in updates if each.status is WorksStatus.COMPLETED), None)
    demand_past(page.now, section.created_at, updates[-1].at)
    demand_order(*window)
    if over is None and window.end <= page.now:
        raise Unusable("the works were to be over by now, and it is not told that they are")
    if over is not None and begun is None:
        raise Unusable("the works are over, and it is not told when they began")
    return Works(
        place=placed.place,
        external=section.id,
        url=f"{page.address}/incidents/{section.id}",
        title=section.name,
        start=section.created_at,
        window=window,
        begun=begun,
        over=over,
        components=_leaves(page, (each.id for each in section.components)),
        updates=updates,
    )


def _updates(page: Page, section: IncidentSection) -> Iterator[Update]:
    """Each with what it changes in what the incident says of components."""
    said: dict[str, ComponentStatus] = {}
    over = 1 + max((number for number, each in enumerate(section.updates) if each.status not in OVER), default=-1)
    for number, update in enumerate(section.updates):
        changes = dict.fromkeys(said, OPERATIONAL) if number >= over else _changes(page, section, number)
        affected = [
            Affected(each, said.get(each, OPERATIONAL), new)
            for each, new in changes.items()
            if each not in said or said[each] is not new
        ]
        said |= changes
        yield Update(update.id, update.at, update.status, update.body, affected)


def _changes(page: Page, section: IncidentSection, number: int) -> Mapping[str, ComponentStatus]:
    """What an update says; where none says anything, the impact speaks for the components of the whole incident."""
    if any(update.affected_components for update in section.updates):
        told = {each.code: each.new_status for each in section.updates[number].affected_components or ()}
        return {each: told[each] for each in _leaves(page, told)}
    return dict.fromkeys(_leaves(page, (each.id for each in section.components if not number)), IMPACTS[section.impact])


def _leaves(page: Page, found: Iterable[str]) -> Sequence[str]:
    """Without groups, of which their members tell."""
    ids = list(dict.fromkeys(found))
    if unknown := [each for each in ids if each not in page.components]:
        raise Unusable(f"component {unknown[0]} is not in the file")
    return [each for each in ids if not page.components[each].group]


def _claims(updates: Sequence[Update], start: Instant, end: Instant | None) -> Mapping[str, Sequence[Turn]]:
    """What is said first holds since the incident began, and nothing after its end."""
    claims: dict[str, list[Turn]] = {}
    for number, update in enumerate(updates):
        at = start if number == 0 else max(update.at, start)
        for each in update.affected:
            turn = Turn(at if end is None else min(at, end), each.new)
            claims.setdefault(each.component, []).append(turn)
    return claims


def _known(component: ComponentSection, records: Sequence[Record], now: Instant) -> Iterator[Known]:
    """From the first record that names it; as it is now, unless that is what an incident or works say of it."""
    naming = [record for record in records if component.id in named(record)]
    if naming:
        yield Known(naming[0].start, OPERATIONAL, is_told=False)
    if component.status not in {_says(record, component.id) for record in naming}:
        yield Known(min(component.updated_at, now), component.status, is_told=True)


def _says(record: Record, component: str) -> ComponentStatus | None:
    """What it says of the component now; None if nothing."""
    if isinstance(record, Incident):
        last = record.claims[component][-1].status
        return None if last is OPERATIONAL else last
    is_under_way = record.begun is not None and record.over is None
    return ComponentStatus.UNDER_MAINTENANCE if is_under_way else None


def _members(leaves: Sequence[ComponentSection], page: Page) -> Mapping[str, Member]:
    """By the order of the page; a name that several components have is told apart by that of the group."""
    often = Counter(each.name for each in leaves)
    groups = _group_keys(page)
    names = {each.id: each.name if often[each.name] == 1 else _full_name(each, page) for each in leaves}
    twice = Counter(names.values())
    unique = {each: name if twice[name] == 1 else f"{name} {each}" for each, name in names.items()}
    keys = keys_of(unique.values())
    return {
        each.id: Member(keys[unique[each.id]], each.name, _group_of(each, page, groups))
        for each in sorted(leaves, key=lambda each: _order(each, page))
    }


def _full_name(component: ComponentSection, page: Page) -> str:
    group = _group(component, page)
    return component.name if group is None else f"{group.name} {component.name}"


def _group_of(component: ComponentSection, page: Page, keys: Mapping[str, str]) -> str:
    group = _group(component, page)
    return GROUP if group is None else keys[group.name]


def _group_keys(page: Page) -> Mapping[str, str]:
    """By name, in the order of the page."""
    groups = sorted((each for each in page.components.values() if each.group), key=lambda each: each.position)
    return keys_of(each.name for each in groups)


def _order(component: ComponentSection, page: Page) -> tuple[int, int]:
    group = _group(component, page)
    return (component.position, 0) if group is None else (group.position, component.position)


def _group(component: ComponentSection, page: Page) -> ComponentSection | None:
    return page.components.get(component.group_id) if component.group_id else None
