"""What an announcement means for components is stored with it, or neither is."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any, Final, TypeAlias

import pytest

from domain import incident, maintenance
from domain.code import code_of
from domain.component import Component, ComponentStatus, StatusSet, Through, Window, WorksBegun
from domain.configuration.uptime import USUAL
from domain.event import Address, Id, Source
from domain.incident import Incident, IncidentStatus
from domain.instant import DAY, HOUR, Instant
from domain.maintenance import Works, WorksStatus
from domain.refusal import Refused
from domain.reservation import NameReserved
from service.build import build_desk
from service.settings import Settings
from store.desk import Desk
from store.log import Change, Recorded
from store.streams import Acted, Command

AT: Final = 1_000 * DAY
START, END = AT + 2 * DAY, AT + 2 * DAY + HOUR
KNOWN: Final = frozenset({"web", "mail"})
TITLE: Final = {"ru": "Сбой", "en": "Outage"}
OPERATIONAL, DEGRADED = ComponentStatus.OPERATIONAL, ComponentStatus.DEGRADED
PARTIAL, MAJOR = ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.MAJOR_OUTAGE
SCHEDULED, IN_PROGRESS, COMPLETED = WorksStatus.SCHEDULED, WorksStatus.IN_PROGRESS, WorksStatus.COMPLETED
Append: TypeAlias = Callable[[Sequence[Change], Id, Source], list[Recorded[Any]]]


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    built = build_desk(settings)
    yield built
    built.close()


def fresh(desk: Desk) -> Command:
    return Command(desk.new_id())


def component(desk: Desk, key: str) -> Component:
    return desk.components.load(desk.name("component", key))[0]


def opened(
    desk: Desk, command: Command | None = None, stream: Id | None = None, **components: ComponentStatus
) -> Acted[Incident, incident.Event]:
    command = command or fresh(desk)
    stream, first = stream or command.id, incident.Update(command.id, IncidentStatus.INVESTIGATING, TITLE, components)
    return desk.incidents.act(
        command, stream, incident.open_incident,
        stream=stream, title=TITLE, first=first, known=KNOWN, through=Through.PERSON, at=AT,
    )  # fmt: skip


def resolved(desk: Desk, stream: Id) -> Acted[Incident, incident.Event]:
    update = incident.Update(desk.new_id(), IncidentStatus.RESOLVED, TITLE)
    return desk.incidents.act(
        fresh(desk), stream, incident.post, stream=stream, update=update, known=KNOWN, through=Through.PERSON, at=AT
    )


def announced(
    desk: Desk, command: Command | None = None, *, at: Instant = AT, start: Instant = START, end: Instant = END
) -> Acted[Works, maintenance.Event]:
    command = command or fresh(desk)
    first = maintenance.Update(command.id, SCHEDULED, TITLE)
    return desk.maintenances.act(
        command, command.id, maintenance.announce,
        stream=command.id, title=TITLE, first=first, components=KNOWN, known=KNOWN, start=start, end=end, at=at,
    )  # fmt: skip


def told(desk: Desk, works: Id, status: WorksStatus, at: Instant) -> Acted[Works, maintenance.Event]:
    update = maintenance.Update(desk.new_id(), status, TITLE)
    return desk.maintenances.act(fresh(desk), works, maintenance.post, stream=works, update=update, at=at)


def stream_of(acted: Acted[Any, Any]) -> Id:
    return acted.events[0].stream


def named(desk: Desk, kind: str, stream: Id) -> Id:
    return desk.name(kind, code_of("incident", stream))


def interrupted(desk: Desk, monkeypatch: pytest.MonkeyPatch, by: Callable[[], object]) -> None:
    """Somebody else stores something right before the next append."""
    append: Append = desk.log.append

    def late(changes: Sequence[Change], command: Id, source: Source) -> list[Recorded[Any]]:
        monkeypatch.setattr(desk.log, "append", append)
        by()
        return append(changes, command, source)

    monkeypatch.setattr(desk.log, "append", late)


def test_an_incident_and_what_it_says_of_components_are_one_commit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    commits: list[list[Recorded[Any]]] = []
    append: Append = desk.log.append

    def kept(changes: Sequence[Change], command: Id, source: Source) -> list[Recorded[Any]]:
        commits.append(append(changes, command, source))
        return commits[-1]

    monkeypatch.setattr(desk.log, "append", kept)
    acted = opened(desk, web=MAJOR, mail=DEGRADED)
    [[own, update, code, mail, web]] = commits
    assert [own, update] == acted.events
    assert code.event == NameReserved(at=AT, holder=stream_of(acted))
    said = StatusSet(at=AT, component="web", status=MAJOR, through=Through.PERSON, incident=stream_of(acted))
    assert (web.event, web.stream) == (said, desk.name("component", "web"))
    assert {each.envelope.command for each in (own, update, code, mail, web)} == {stream_of(acted)}
    assert component(desk, "mail").claims == {stream_of(acted): DEGRADED}


def test_what_is_announced_is_sealed_under_the_announcements_own_key(desk: Desk) -> None:
    acted = opened(desk)
    title = desk.log.read(stream_of(acted))[0].event.title
    assert isinstance(title, Address)
    assert (title.owner, desk.log.text(title)) == (stream_of(acted), TITLE)


def test_an_announcement_is_found_by_its_code_and_its_kind(desk: Desk) -> None:
    incident, works = stream_of(opened(desk)), stream_of(announced(desk))
    names = (("incident", incident), ("works", works), ("works", incident), ("incident", works))
    holders = [desk.reservations.load(named(desk, *each))[0].holder for each in names]
    assert holders == [incident, works, None, None]


def test_the_end_of_one_incident_leaves_what_the_other_says(desk: Desk) -> None:
    one, other = opened(desk, web=MAJOR), opened(desk, web=PARTIAL)
    assert component(desk, "web").shown(AT) is MAJOR
    resolved(desk, stream_of(one))
    assert component(desk, "web").claims == {stream_of(other): PARTIAL}
    resolved(desk, stream_of(other))
    assert component(desk, "web").claims == {}


def test_the_same_command_again_stores_nothing(desk: Desk) -> None:
    one, other = fresh(desk), fresh(desk)
    before = [opened(desk, one, web=MAJOR).position, announced(desk, other).position]
    head = desk.log.head()
    assert [opened(desk, one, web=MAJOR).position, announced(desk, other).position] == before
    assert desk.log.head() == head


def test_an_incident_whose_component_changed_meanwhile_decides_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    faster: list[Acted[Incident, incident.Event]] = []
    interrupted(desk, monkeypatch, lambda: faster.append(opened(desk, web=PARTIAL)))
    slower = opened(desk, web=MAJOR, mail=DEGRADED)
    assert component(desk, "web").claims == {stream_of(faster[0]): PARTIAL, stream_of(slower): MAJOR}
    assert component(desk, "mail").claims == {stream_of(slower): DEGRADED}
    assert len(desk.log.read(stream_of(slower))) == 2


def test_incidents_announced_at_once_lose_nothing(desk: Desk) -> None:
    with ThreadPoolExecutor(3) as threads:
        acted = list(threads.map(lambda status: opened(desk, web=status), (MAJOR, PARTIAL, DEGRADED)))
    assert {stream_of(each) for each in acted} == component(desk, "web").claims.keys()
    assert component(desk, "web").shown(AT) is MAJOR


def test_a_dozen_incidents_on_one_component_at_once_are_all_announced(desk: Desk) -> None:
    ready = Barrier(12)

    def announce(_: int) -> Acted[Incident, incident.Event]:
        ready.wait()
        return opened(desk, web=MAJOR, mail=DEGRADED)

    with ThreadPoolExecutor(12) as threads:
        acted = list(threads.map(announce, range(12)))
    assert {stream_of(each) for each in acted} == component(desk, "web").claims.keys()


def test_of_overlapping_works_announced_at_once_the_later_are_refused_and_not_stored(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = fresh(desk)
    faster: list[Acted[Works, maintenance.Event]] = []
    interrupted(desk, monkeypatch, lambda: faster.append(announced(desk)))
    with pytest.raises(Refused) as refusal:
        announced(desk, mine, start=END - 1, end=END + HOUR)
    assert refusal.value == Refused("works_overlap", component="mail", start=START, end=END)
    assert desk.log.read(mine.id) == []
    assert desk.log.read_all()[-1].envelope.command == faster[0].events[0].envelope.command
    assert list(component(desk, "web").plans) == [stream_of(faster[0])]


def test_works_that_overlap_on_one_component_are_refused_on_all(desk: Desk) -> None:
    announced(desk)
    head = desk.log.head()
    with pytest.raises(Refused, match="works_overlap"):
        announced(desk)
    assert desk.log.head() == head


def test_works_announced_in_time_are_excused_on_every_component(desk: Desk) -> None:
    works = stream_of(announced(desk))
    told(desk, works, IN_PROGRESS, START)
    assert {key: component(desk, key).works for key in KNOWN} == {key: {works: Window(START, END)} for key in KNOWN}
    told(desk, works, IN_PROGRESS, START + 1)
    assert len(desk.log.read(desk.name("component", "web"))) == 2
    told(desk, works, COMPLETED, END)
    assert {key: component(desk, key) for key in KNOWN} == dict.fromkeys(KNOWN, Component())


def test_works_put_off_late_are_not_excused(desk: Desk) -> None:
    works = stream_of(announced(desk))
    start, end = START + HOUR, END + HOUR
    desk.maintenances.act(fresh(desk), works, maintenance.reschedule, start=start, end=end, at=START)
    assert [plan.start for plan in component(desk, "web").plans[works]] == [START, START + HOUR]
    told(desk, works, IN_PROGRESS, START + HOUR)
    assert component(desk, "web").works == {works: None}


def test_works_that_time_begins_and_ends_reach_their_components(desk: Desk) -> None:
    works = stream_of(announced(desk))
    for at, under_way in ((START - 1, False), (START, True), (END, False)):
        desk.maintenances.act(fresh(desk), works, maintenance.tick, stream=works, update=desk.new_id(), at=at)
        assert (works in component(desk, "web").works) == under_way


def test_works_that_are_called_off_free_their_time(desk: Desk) -> None:
    told(desk, stream_of(announced(desk)), WorksStatus.CANCELLED, AT + 1)
    assert component(desk, "web") == Component()
    announced(desk)


def test_other_words_change_no_component(desk: Desk) -> None:
    works = stream_of(announced(desk))
    head = desk.log.head()
    desk.maintenances.act(fresh(desk), works, maintenance.reword, stream=works, text=TITLE, update=None, at=AT)
    assert desk.log.head() == head + 1


def test_the_notice_in_force_when_works_begin_decides(desk: Desk) -> None:
    works = stream_of(announced(desk))
    rule = replace(USUAL, at=AT, notice=3 * DAY)
    desk.configuration.act(fresh(desk), desk.name("configuration"), lambda _: [rule])
    told(desk, works, IN_PROGRESS, START)
    assert component(desk, "web").works == {works: None}


def test_imported_works_count_as_announced(desk: Desk) -> None:
    works = stream_of(announced(desk, at=START))
    desk.maintenances.act(fresh(desk), works, maintenance.bring_in, source="x", external="y", url="z", at=START)
    told(desk, works, IN_PROGRESS, START)
    begun = desk.log.read(desk.name("component", "web"))[-1].event
    assert begun == WorksBegun(at=START, component="web", works=works, excused_from=START, excused_until=END)
