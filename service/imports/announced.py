"""Bringing in what another status page told: whole records, several in one commit, each once and for all.

A history is not asked for permission: what was announced is stored as it was announced, overlapping works included.
What it means for components is stored in their own streams, in the same commit.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import Any, Final, TypeAlias

from domain import component
from domain.announcement import announced
from domain.component import Component, StatusSet, Through, WorksBegun, WorksEnded, WorksPlanned, claim
from domain.event import Content, Id, Source
from domain.incident import IncidentImported, IncidentOpened, IncidentUpdated
from domain.maintenance import WorksAnnounced, WorksImported, WorksUpdated
from service.imports.layout import define
from service.imports.told import Fault, Incident, Known, Record, Told, Update, Works, WorksUpdate
from store.desk import Desk
from store.log import Change, Conflict
from store.streams import ATTEMPTS

BATCH: Final = 50
"""Records in one commit."""

Decision: TypeAlias = Callable[[Component], Sequence[component.Event]]
OnComponents: TypeAlias = Iterator[tuple[str, Decision]]
"""What is to be done to which component, by key."""


@dataclass(frozen=True)
class Report:
    """The counts of one import."""

    incidents: int = 0
    works: int = 0
    updates: int = 0
    skipped_existing: int = 0
    """Records that are here already."""
    components: Sequence[str] = ()
    """Keys of those that were defined."""
    rejected: Sequence[Fault] = ()


@dataclass(frozen=True)
class Import:
    """What is brought in where; `language` is that of the texts."""

    desk: Desk
    told: Told
    language: str

    def stream(self, record: Record) -> Id:
        """The same for the same record, however often it is imported."""
        noun = "incident" if isinstance(record, Incident) else "maintenance"
        return self.desk.name(noun, self.told.source, record.external)

    def update(self, record: Record, update: Update | WorksUpdate) -> Id:
        """Likewise."""
        return self.desk.name("update", self.told.source, record.external, update.key)

    def text(self, stream: Id, words: str) -> Content | None:
        """The words under the key of what they are about."""
        return announced(stream, "text", {self.language: words}) if words.strip() else None

    def key(self, name: str) -> str:
        """What the component is called here."""
        return self.told.members[name].key


def bring_in(work: Import, heard: Callable[[int], None]) -> Report:
    """Import everything; `heard` is told how many records are done. `Conflict` if another import is at it.

    Components are known last: an import that was interrupted claims no time in which all went well.
    """
    report = Report(components=define(work.desk, work.told), rejected=work.told.faults)
    for start in range(0, len(work.told.records), BATCH):
        batch = work.told.records[start : start + BATCH]
        new = [each for each in batch if not work.desk.log.read(work.stream(each))]
        _append(work, partial(_changes, work, new))
        report = _counted(report, new, skipped=len(batch) - len(new))
        heard(start + len(batch))
    _append(work, partial(_all_known, work))
    return report


def _counted(report: Report, new: Sequence[Record], *, skipped: int) -> Report:
    incidents = sum(isinstance(each, Incident) for each in new)
    return replace(
        report,
        incidents=report.incidents + incidents,
        works=report.works + len(new) - incidents,
        updates=report.updates + sum(len(each.updates) for each in new),
        skipped_existing=report.skipped_existing + skipped,
    )


def _append(work: Import, changes: Callable[[], Sequence[Change]]) -> None:
    """Store the changes, worked out anew if somebody else was faster on a component."""
    for _ in range(ATTEMPTS):
        found = [each for each in changes() if each.events]
        if not found:
            return
        with suppress(Conflict):
            work.desk.log.append(found, work.desk.new_id(), Source.IMPORT)
            return
    raise Conflict("others were faster each time")


def _changes(work: Import, records: Sequence[Record]) -> list[Change]:
    own = [Change(work.stream(each), (), list(_events(work, each)), published=False) for each in records]
    decisions: dict[str, list[Decision]] = {}
    for record in records:
        for key, decide in _on_components(work, record):
            decisions.setdefault(key, []).append(decide)
    return [*own, *(_on_component(work, key, each) for key, each in decisions.items())]


def _on_component(work: Import, key: str, decisions: Sequence[Decision]) -> Change:
    def decide(state: Component) -> Sequence[component.Event]:
        events: list[component.Event] = []
        for each in decisions:
            new = each(state)
            state = reduce(component.evolve, new, state)
            events += new
        return events

    return work.desk.components.intend(_stream_of(work, key), decide).attempt(None).change


def _events(work: Import, record: Record) -> Iterator[Any]:
    return _of_incident(work, record) if isinstance(record, Incident) else _of_works(work, record)


def _on_components(work: Import, record: Record) -> OnComponents:
    return _claims(work, record) if isinstance(record, Incident) else _works(work, record)


def _of_incident(work: Import, record: Incident) -> Iterator[Any]:
    stream = work.stream(record)
    title = announced(stream, "title", {work.language: record.title})
    yield IncidentOpened(at=record.start, title=title, impact=record.impact)
    yield IncidentImported(at=record.start, source=work.told.source, external=record.external, url=record.url)
    for update in record.updates:
        yield IncidentUpdated(
            at=update.at,
            update=work.update(record, update),
            status=update.status,
            affected=tuple(replace(each, component=work.key(each.component)) for each in update.affected),
            through=Through.IMPORT,
            text=work.text(stream, update.text),
        )


def _claims(work: Import, record: Incident) -> OnComponents:
    for name, turns in record.claims.items():
        for at, status in turns:
            yield (
                work.key(name),
                partial(
                    claim,
                    key=work.key(name),
                    incident=work.stream(record),
                    status=status,
                    through=Through.IMPORT,
                    at=at,
                ),
            )


def _of_works(work: Import, record: Works) -> Iterator[Any]:
    stream = work.stream(record)
    yield WorksAnnounced(
        at=record.start,
        start=record.window.start,
        end=record.window.end,
        components=tuple(sorted(map(work.key, record.components))),
        title=announced(stream, "title", {work.language: record.title}),
    )
    yield WorksImported(at=record.start, source=work.told.source, external=record.external, url=record.url)
    for update in record.updates:
        text = work.text(stream, update.text)
        yield WorksUpdated(at=update.at, update=work.update(record, update), status=update.status, text=text)


def _works(work: Import, record: Works) -> OnComponents:
    """Excused for all of their time, whatever the other page's notice was."""
    stream, window = work.stream(record), record.window
    for key in map(work.key, record.components):
        told: list[component.Event] = [
            WorksPlanned(at=record.start, component=key, works=stream, start=window.start, end=window.end)
        ]
        if record.begun is not None:
            until = window.end if record.over is None else record.over
            told.append(
                WorksBegun(at=record.begun, component=key, works=stream, excused_from=record.begun, excused_until=until)
            )
        if record.over is not None:
            told.append(WorksEnded(at=record.over, component=key, works=stream))
        yield key, partial(_as_told, told)


def _as_told(events: Sequence[component.Event], _: Component) -> Sequence[component.Event]:
    return events


def _all_known(work: Import) -> list[Change]:
    return [_known(work, work.key(name), known) for name, known in work.told.known.items()]


def _known(work: Import, key: str, known: Sequence[Known]) -> Change:
    past = work.desk.log.read(_stream_of(work, key))
    own = [each.event for each in past if isinstance(each.event, StatusSet) and each.event.incident is None]
    news: list[StatusSet] = []
    for each in known:
        held = [told for told in sorted((*own, *news), key=lambda told: told.at) if told.at <= each.at]
        if not held or (each.is_told and held[-1].status is not each.status):
            news.append(StatusSet(at=each.at, component=key, status=each.status, through=Through.IMPORT))
    return Change(_stream_of(work, key), past, news, published=False)


def _stream_of(work: Import, key: str) -> Id:
    return work.desk.name("component", key)
