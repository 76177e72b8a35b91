"""A small desk to start from, and any valid desk."""

from functools import reduce
from typing import Final

from hypothesis import strategies as st

from domain.calendar import Period
from domain.classification import Impact, Kind, Priority, Urgency
from domain.component import ComponentStatus
from domain.configuration import Configuration, Event, Wanted, configure, evolve
from domain.configuration.calendar import Timetable
from domain.configuration.category import CategoryDefined
from domain.configuration.component import ComponentDefined, ComponentGroupDefined
from domain.configuration.contract import Consent, ContractSigned
from domain.configuration.definitions import Definition
from domain.configuration.incident_template import IncidentTemplateDefined
from domain.configuration.label import Label
from domain.configuration.level import LevelPublished, OpenTickets, Promise
from domain.configuration.line import LineDefined
from domain.configuration.priorities import PrioritiesSet
from domain.configuration.reason import Occasion, ReasonDefined
from domain.configuration.routing import RoutingSet
from domain.configuration.team import TeamDefined
from domain.configuration.uptime import USUAL, UptimeRuleSet
from domain.incident import IncidentStatus
from domain.instant import DAY, HOUR, Duration, Instant
from domain.policy import Action, Clock, Step
from domain.routing import Fact, Rule, Rules

NOW: Final = 1_000 * DAY
LABEL: Final = Label("Имя", "Name")
SPAN: Final = Period(NOW - 10 * DAY, NOW + 200 * DAY)
MATRIX: Final = {impact: dict.fromkeys(Urgency, Priority.NORMAL) for impact in Impact}


def timetable(key: str = "office", opens: int = 9, span: Period = SPAN) -> Timetable:
    """Open every day from `opens` to 18:00 UTC."""
    midnights = range(span.start, span.end, DAY)
    periods = tuple(Period(day + opens * HOUR, day + 18 * HOUR) for day in midnights)
    return Timetable(key, "Etc/UTC", "2026a", (f"mon-sun {opens:02}:00-18:00",), span, periods)


def level(
    key: str = "gold", reaction: Duration = HOUR, calendar: str = "office", ladder: tuple[Step, ...] = ()
) -> LevelPublished:
    promise = Promise(Kind.INCIDENT, Priority.NORMAL, Clock.REACTION, reaction, reaction // 4, calendar, 0)
    return LevelPublished(
        at=0,
        level=key,
        version=0,
        label=LABEL,
        targets=(promise,),
        at_risk_per_mille=750,
        confirmation=DAY,
        confirmation_calendar=calendar,
        confirmation_calendar_version=0,
        ladder=ladder,
        open_tickets=OpenTickets.STAY,
    )


def line(key: str = "first") -> LineDefined:
    return LineDefined(at=0, key=key, label=LABEL)


def team(key: str = "desk", on: str = "first") -> TeamDefined:
    return TeamDefined(at=0, key=key, label=LABEL, line=on)


def contract(
    key: str, organisation: str, consent: Consent = Consent.NOT_GIVEN, since: Instant = 0, until: Instant | None = None
) -> ContractSigned:
    return ContractSigned(
        at=0, key=key, organisation=organisation, level="gold", since=since, until=until, consent=consent
    )


def routing(*rules: Rule, default: str = "desk", standard: str = "gold") -> RoutingSet:
    return RoutingSet(at=0, rules=Rules(rules, "first", default), level=standard)


def component(key: str, group: str = "servers") -> ComponentDefined:
    return ComponentDefined(at=0, key=key, group=group, label=LABEL, place=1, uptime_target=99_900)


def template(key: str, **components: ComponentStatus) -> IncidentTemplateDefined:
    status = IncidentStatus.INVESTIGATING
    return IncidentTemplateDefined(at=0, key=key, title=LABEL, text=LABEL, status=status, components=components)


def uptime_rule(degraded: int = 0, notice: Duration = DAY) -> UptimeRuleSet:
    weights = {**USUAL.weights, ComponentStatus.DEGRADED: degraded}
    return UptimeRuleSet(at=0, weights=weights, notice=notice)


def wanted(
    *more: Definition,
    calendars: tuple[Timetable, ...] = (timetable(),),
    levels: tuple[LevelPublished, ...] = (level(),),
    moves: bool | None = None,
    rules: RoutingSet | None = None,
) -> Wanted:
    always = (line(), team(), PrioritiesSet(at=0, matrix=MATRIX), rules or routing())
    return Wanted(calendars, levels, (*always, *more), moves)


def after(*wishes: Wanted, at: Instant = NOW) -> Configuration:
    """The configuration once each of the wishes was granted, in that order."""
    return reduce(lambda state, wish: reduce(evolve, configure(state, wish, at=at), state), wishes, Configuration())


def changes(state: Configuration, wish: Wanted, at: Instant = NOW) -> list[Event]:
    return configure(state, wish, at=at)


KEYS: Final = st.sampled_from(["a", "b", "c"])
FACTS: Final = st.dictionaries(
    st.sampled_from([Fact.KIND, Fact.CHANNEL]), st.lists(KEYS, min_size=1).map(tuple), max_size=2
)
STEPS: Final = st.builds(
    Step, st.sampled_from(Clock), st.integers(1, 1000), st.just(Action.NOTIFY), st.sampled_from(["owner", "desk"])
)
LEVELS: Final = st.builds(
    level,
    KEYS,
    st.integers(1, 4).map(lambda hours: hours * HOUR),
    st.sampled_from(["office", "other"]),
    st.lists(STEPS, max_size=2).map(tuple),
)
RULES: Final = st.builds(
    Rule, KEYS, FACTS, st.just("first"), st.just("desk"), st.sampled_from(["", *Priority]), st.just("")
)
EXTRAS: Final = st.one_of(
    KEYS.map(line),
    KEYS.map(lambda key: team("team-" + key)),
    KEYS.map(lambda key: CategoryDefined(at=0, key=key, label=Label(key, key))),
    st.builds(ReasonDefined, at=st.just(0), key=KEYS, label=st.just(LABEL), occasion=st.sampled_from(Occasion)),
    st.builds(contract, KEYS, KEYS, st.sampled_from(Consent), st.integers(0, NOW)),
    st.builds(ComponentGroupDefined, at=st.just(0), key=KEYS, label=st.just(LABEL), place=st.integers(1, 3)),
    KEYS.map(lambda key: component("part-" + key)),
    KEYS.map(template),
)
UPTIME_RULES: Final = st.builds(uptime_rule, st.integers(0, 1), st.integers(1, 2).map(lambda days: days * DAY))


@st.composite
def wishes(draw: st.DrawFn) -> Wanted:
    """Any valid desk, with an answer to what becomes of open tickets."""
    levels = draw(st.lists(LEVELS, max_size=2, unique_by=lambda each: each.level))
    extras = draw(st.lists(EXTRAS, max_size=5, unique_by=lambda each: (type(each), each.key)))
    opens = st.integers(8, 10)
    span = draw(st.integers(100, 300).map(lambda days: Period(NOW - 10 * DAY, NOW + days * DAY)))
    return wanted(
        ComponentGroupDefined(at=0, key="servers", label=LABEL, place=1),
        draw(UPTIME_RULES),
        *extras,
        calendars=(timetable("office", draw(opens), span), timetable("other", draw(opens), span)),
        levels=(level(), *levels),
        moves=draw(st.booleans()),
        rules=routing(*draw(st.lists(RULES, max_size=2, unique_by=lambda rule: rule.key))),
    )
