from typing import Any

import pytest

from domain.classification import Kind, Priority
from domain.policy import Clock
from service.apply import DEFAULT
from service.desk_yaml import BadDeskFile, read_desk_file
from service.wanted import wanted_of
from tests.service.desk_files import default, mistakes, written

OFFICE = {"zone": "Europe/Moscow", "hours": {"mon-fri": "09:00-18:00"}}
ACME = {"organisation": "acme", "name": "Acme", "level": "standard", "since": "2026-01-01"}
NO_DURATION = "'soon' is no duration: write for example 30m, 4h, 1h30m or 2d"
COMPONENT = {"group": "servers", "label": {"ru": "Веб", "en": "Web"}}


def test_the_built_in_file_is_valid() -> None:
    assert read_desk_file(DEFAULT.read_bytes()).desk.zone == "Etc/UTC"


def test_every_mistake_is_told_at_once_with_its_place() -> None:
    values = default()
    values["desk"]["zone"] = "Mars/Olympus"
    values["levels"]["standard"]["targets"]["critical"]["reaction"] = "soon"
    del values["lines"]["first"]["en"]
    assert mistakes(values) == [
        "desk.zone: 'Mars/Olympus' is not an IANA time zone: write for example Europe/Moscow",
        f"levels.standard.targets.critical.reaction.within: {NO_DURATION}",
        "lines.first.en: it is required",
    ]


@pytest.mark.parametrize(
    ("path", "key", "told"),
    [
        ((), "team", "team: there is no such key: did you mean 'teams'?"),
        (("desk",), "zones", "desk.zones: there is no such key: did you mean 'zone'?"),
        (
            ("levels", "standard"),
            "confirm",
            "levels.standard.confirm: there is no such key: did you mean 'confirmation'?",
        ),
        (("routing", "default"), "x", "routing.default.x: there is no such key: write one of team, level"),
        (("lines", "first"), "label", "lines.first.label: there is no such key: write one of ru, en"),
    ],
)
def test_an_unknown_key_is_refused_with_a_near_name(path: tuple[str, ...], key: str, told: str) -> None:
    values = default()
    section = values
    for part in path:
        section = section[part]
    section[key] = "x"
    assert mistakes(values) == [told]


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("calendars", "always", "hours"), {"fri": "09:00-18:00", "mon-fri": "09:00-18:00"}, "given twice"),
        (("calendars", "always", "hours"), {"mon": "closed"}, "never open"),
        (("calendars", "always", "hours"), {"mon": "09:00-12:00, 11:00-13:00"}, "overlap"),
        (("calendars", "always", "hours"), {"mon": 900}, "no text"),
        (("calendars", "always", "holidays"), {"country": "Atlantis"}, "ISO code"),
        (("levels", "standard", "targets"), {"urgent": {"reaction": "1h"}}, "write default, a kind"),
        (("levels", "standard", "targets"), {"incident.urgent": {"reaction": "1h"}}, "write default, a kind"),
        (("levels", "standard", "ladder", 0), {"clock": "reaction", "at_per_mille": 1, "action": "notify"}, "whom"),
        (
            ("levels", "standard", "ladder", 0),
            {"clock": "reaction", "at_per_mille": 1, "action": "transfer", "whom": "lead"},
            "goes to a team",
        ),
        (("levels", "standard", "goals"), {"reaction": 100_001}, "less than or equal to 100000"),
        (("levels", "standard", "goals"), {"pickup": 95_000}, "'reaction'"),
        (("priorities", "high"), {"high": "critical"}, "high.medium, high.low is missing"),
        (("reasons", "refusal", "defect"), {"ru": "Дефект", "en": "Defect"}, "belongs to one reason"),
        (("contracts",), {"c": {**ACME, "until": "2026-01-01"}}, "comes after since"),
        (("contracts",), {"a": ACME, "b": {**ACME, "name": "Other"}}, "two names"),
        (("routing", "rules"), [{"key": "default", "when": {}, "team": "engineers"}], "belongs to one rule"),
        (("routing", "rules"), [{"key": "r", "when": {"kind": "bug"}, "team": "engineers"}], "no kind bug"),
        (("teams", "Desk"), {"label": {"ru": "Я", "en": "I"}, "line": "first"}, "does not fit"),
        (("components",), {"web": {**COMPONENT, "uptime_target": 100_001}}, "less than or equal to 100000"),
    ],
)
def test_a_mistake_says_what_to_do(path: tuple[Any, ...], value: Any, told: str) -> None:
    values = default()
    section: Any = values
    for part in path[:-1]:
        section = section[part]
    section[path[-1]] = value
    [mistake] = mistakes(values)
    assert told in mistake


def test_a_goal_needs_a_target() -> None:
    values = default()
    values["levels"]["standard"] |= {"targets": {"default": {"reaction": "1h"}}, "goals": {"resolution": 95_000}}
    [mistake] = mistakes(values)
    assert "goal for resolution but no target" in mistake


def test_a_key_that_stands_twice_is_refused_with_both_lines() -> None:
    text = "desk: {}\nlines:\n  first: {}\n  first: {}\nteams: [{a: 1, a: 2}]\ndesk: {}\n"
    with pytest.raises(BadDeskFile) as fault:
        read_desk_file(text)
    assert fault.value.mistakes == [
        "line 4: 'first' stands already in line 3: keep one",
        "line 5: 'a' stands already in line 5: keep one",
        "line 6: 'desk' stands already in line 1: keep one",
    ]


@pytest.mark.parametrize("text", ["desk: [", "\x00", b"\xff\xfe\xff", "!!python/object/apply:os.getcwd []"])
def test_what_is_no_plain_yaml_is_refused(text: str | bytes) -> None:
    with pytest.raises(BadDeskFile, match="no YAML"):
        read_desk_file(text)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(BadDeskFile, match="the file: write keys and their values"):
        read_desk_file("")


def test_the_narrowest_row_of_targets_wins() -> None:
    values = default()
    values["calendars"]["office"] = OFFICE
    values["levels"]["standard"]["targets"] = {
        "default": {"reaction": "8h", "update": "1d"},
        "incident": {"reaction": "4h"},
        "critical": {"reaction": "2h", "update": "none"},
        "incident.critical": {"reaction": {"within": "1h", "grace": "10m", "calendar": "office"}},
    }
    [level] = wanted_of(written(values), {}, "|".join, 0).levels
    cells = {(each.kind, each.priority, each.clock): each for each in level.targets}
    hours = [
        cells[kind, priority, Clock.REACTION].duration // 3_600_000
        for kind, priority in [
            (Kind.REQUEST, Priority.LOW),
            (Kind.INCIDENT, Priority.LOW),
            (Kind.REQUEST, Priority.CRITICAL),
            (Kind.INCIDENT, Priority.CRITICAL),
        ]
    ]
    assert hours == [8, 4, 2, 1]
    assert (Kind.REQUEST, Priority.CRITICAL, Clock.UPDATE) not in cells
    narrow = cells[Kind.INCIDENT, Priority.CRITICAL, Clock.REACTION]
    assert (narrow.calendar, narrow.grace) == ("office", 600_000)
    assert cells[Kind.REQUEST, Priority.LOW, Clock.REACTION].grace == 2 * 3_600_000
