import json
from enum import StrEnum
from string import Formatter
from typing import get_type_hints

import pytest

from domain.component import ComponentStatus, ProbeTurned, StatusSet, Through
from domain.event import shape_of
from domain.instant import Instant
from domain.shapes import event_classes
from domain.ticket.assignment import HandedOver
from domain.ticket.conversation import Answered, ClientWrote
from domain.ticket.outcome import Closed, Closing
from domain.ticket.state import DESK, WaitFor
from domain.ticket.waiting import Waited, wait
from domain.token import TokenIssued
from projections import trail, words
from projections.words import INSTANTS, WORDS, Telling, sentence
from tests.cast import ANN, AT, CY
from tests.golden import file_of
from tests.projections.story import Story

NAMES = {ANN: "Ann", CY: "Cy"}
EN = Telling("en", "Etc/UTC", lambda person: NAMES.get(person, person))
RU = Telling("ru", "Europe/Moscow", lambda person: NAMES.get(person, person))


def test_every_event_of_every_stream_is_in_the_trail(story: Story) -> None:
    story.open()
    told = StatusSet(at=AT, component="web", status=ComponentStatus.DEGRADED, through=Through.PROBE)
    story.tell("components", story.desk.name("component", "web"), told)
    with story.seen() as connection:
        traces = trail.page(connection)
    recorded = story.desk.log.read_all()
    assert [trace.position for trace in traces] == [each.position for each in reversed(recorded)]
    assert [trace.name for trace in traces] == [each.envelope.name for each in reversed(recorded)]


def test_streams_are_found_by_an_event_that_they_have(story: Story) -> None:
    first, second = story.open(), story.open()
    opened = story.desk.log.read(first)[0].position
    with story.seen() as connection:
        assert trail.streams_with(connection, "ticket.opened", opened - 1) == []
        assert trail.streams_with(connection, "ticket.opened", opened) == [first]
        assert trail.streams_with(connection, "ticket.opened", story.desk.log.head()) == [first, second]


def test_who_when_and_through_what_is_told(story: Story) -> None:
    stream = story.open()
    with story.seen() as connection:
        (opening,) = trail.page(connection, name="ticket.opened")
    assert (opening.by, opening.at, opening.through, opening.source) == (CY, AT, "mail", "live")
    assert story.desk.log.text(opening.texts["text"]) == {"subject": "No dial tone", "body": "Since this morning."}
    assert opening.values["reference"] == story.desk.tickets.load(stream)[0].reference


def test_the_trail_is_paged_newest_first_and_narrowed(story: Story) -> None:
    stream = story.open()
    story.do(stream, wait, what=WaitFor.VENDOR, until=AT + 1, by=ANN)
    with story.seen() as connection:
        everything = trail.page(connection, stream=stream)
        assert trail.page(connection, stream=stream, limit=1) == everything[:1]
        assert trail.page(connection, stream=stream, before=everything[0].position) == everything[1:]
        assert {trace.by for trace in trail.page(connection, by=ANN)} == {ANN}
        assert trail.page(connection, source="import") == []


def test_where_events_come_from_is_known_from_the_first_of_them_on(any_story: Story) -> None:
    first = any_story.desk.log.head() + 1
    any_story.open()
    with any_story.seen() as connection:
        assert trail.sources_of(connection, ["import", "live"], first) == ["live"]
        assert trail.sources_of(connection, ["import", "live"], 0) == []


def test_sentences_are_told_in_both_languages() -> None:
    waited = {"at": AT, "by": ANN, "what": "client", "until": AT, "agreed": None}
    assert sentence(Waited, waited, EN) == "Ann waits for the client until 2026-11-02 10:00:00 +00:00"
    assert sentence(Waited, waited, RU) == "Ann: ожидание (клиент) до 02.11.2026 13:00:00 +03:00"


def test_what_time_did_is_told_as_the_desks() -> None:
    handed = {"by": DESK, "from_line": "1", "to_line": "2", "reason": "escalation"}
    assert sentence(HandedOver, handed, EN) == "the desk handed the ticket over from 1 to 2: escalation"
    assert sentence(Closed, {"by": DESK, "how": Closing.SILENCE.value}, RU).endswith("клиент не возразил в срок")


def test_what_is_not_there_is_told_as_such() -> None:
    assert words.sentence(Answered, {"by": None, "channel": None}, EN) == "the desk answered by none"


def test_who_took_a_message_down_is_told() -> None:
    said = {"by": CY, "channel": "phone"}
    assert sentence(ClientWrote, said, EN).endswith("wrote by phone; taken down by staff: none")
    assert sentence(ClientWrote, said | {"taken_down_by": ANN}, EN).endswith("taken down by staff: Ann")


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("enum", WORDS)
def test_every_value_has_words(enum: type[StrEnum], language: str) -> None:
    assert all(words.word(value, language) for value in enum)


@pytest.mark.parametrize("event_class", event_classes())
def test_every_named_field_can_be_put_into_words(event_class: type) -> None:
    hints = get_type_hints(event_class)
    for language in ("ru", "en"):
        named = {name for _, name, _, _ in Formatter().parse(shape_of(event_class).words[language]) if name}
        assert named <= hints.keys()
        enums = {enum for name in named for enum in words._enums(hints[name])}
        assert enums <= WORDS.keys()


NUMBERS = frozenset(
    {"version", "policy", "instance", "per_mille", "notice", "attempts", "csat", "nps", "place", "uptime_target"}
    | {"at_risk_per_mille", "confirmation", "confirmation_calendar_version", "position", "opaque", "opaque_was"}
    | {"delivered", "given_up", "entries", "sections", "keys"}
    | {"number", "former_size", "kept", "closed_tickets", "tickets"}
    | {"every", "timeout", "fails_after", "recovers_after", "margin"}
)


@pytest.mark.parametrize("event_class", event_classes())
def test_every_integer_is_known_to_be_an_instant_or_a_number(event_class: type) -> None:
    integers = {name for name, hint in get_type_hints(event_class).items() if hint in (Instant, Instant | None)}
    assert integers <= INSTANTS | NUMBERS


def test_a_status_that_is_none_is_unknown() -> None:
    turned = {"component": "web", "probe": "https", "status": None, "number": 7}
    assert sentence(ProbeTurned, turned, EN) == "Probe https of component web says: unknown (result 7)"
    told = {"component": "web", "status": None, "through": "probe"}
    assert sentence(StatusSet, told, RU) == "Компонент web: неизвестно (источник: автоматическая проверка)"


def test_lists_are_told_one_by_one() -> None:
    issued = {"person": ANN, "scopes": ["tickets:read", "audit:read"], "label": "backup"}
    assert sentence(TokenIssued, issued, EN) == "A token was issued to Ann for reading tickets, audit: backup"


@pytest.mark.parametrize("event_class", event_classes())
@pytest.mark.parametrize("telling", [EN, RU])
def test_every_event_that_was_ever_stored_can_be_told(event_class: type, telling: Telling) -> None:
    stored = json.loads(file_of(event_class).read_text())["decoded"]
    assert sentence(event_class, stored, telling)
