from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.component import ComponentStatus, Through
from domain.event import Content
from domain.incident import (
    IMPACTS,
    Affected,
    Event,
    Incident,
    IncidentImpact,
    IncidentImported,
    IncidentOpened,
    IncidentReworded,
    IncidentStatus,
    IncidentUpdated,
    Update,
    bring_in,
    evolve,
    impact_of,
    open_incident,
    post,
    reword,
)
from domain.refusal import Refused

AT = 1_000
ANN = "a1" * 16
STREAM = "1" * 32
TITLE = {"ru": "Сбой", "en": "Outage"}
TEXT = {"en": "We are looking into it."}
KNOWN = frozenset({"web", "mail"})
OPERATIONAL, DEGRADED = ComponentStatus.OPERATIONAL, ComponentStatus.DEGRADED
PARTIAL, MAJOR = ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.MAJOR_OUTAGE
INVESTIGATING, IDENTIFIED = IncidentStatus.INVESTIGATING, IncidentStatus.IDENTIFIED
RESOLVED, POSTMORTEM = IncidentStatus.RESOLVED, IncidentStatus.POSTMORTEM


def update(name: str, status: IncidentStatus = IDENTIFIED, **components: ComponentStatus) -> Update:
    return Update(name, status, TEXT, components)


def opened(first: Update | None = None, **facts: Any) -> list[Event]:
    asked = {"known": KNOWN, "through": Through.PERSON, "at": AT, "by": ANN, **facts}
    first = first or update("first", INVESTIGATING, web=PARTIAL)
    return open_incident(Incident(), stream=STREAM, title=TITLE, first=first, **asked)


def posted(incident: Incident, told: Update, at: int = AT + 1, known: frozenset[str] = KNOWN) -> list[Event]:
    return post(incident, stream=STREAM, update=told, known=known, through=Through.PERSON, at=at, by=ANN)


def after(*batches: Sequence[Event]) -> Incident:
    return reduce(evolve, [event for batch in batches for event in batch], Incident())


def following(first: Incident, *updates: Update) -> Incident:
    return reduce(lambda incident, each: reduce(evolve, posted(incident, each), incident), updates, first)


def affected(events: Sequence[Event]) -> tuple[Affected, ...]:
    (event,) = (each for each in events if isinstance(each, IncidentUpdated))
    return event.affected


def refusal(decide: Callable[..., object], *facts: Any, **more: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        decide(*facts, **more)
    return refused.value


def test_an_incident_is_announced_with_its_first_update() -> None:
    assert opened(impact=IncidentImpact.CRITICAL) == [
        IncidentOpened(at=AT, title=Content(STREAM, TITLE), impact=IncidentImpact.CRITICAL, by=ANN),
        IncidentUpdated(
            at=AT,
            update="first",
            status=INVESTIGATING,
            affected=(Affected("web", OPERATIONAL, PARTIAL),),
            through=Through.PERSON,
            text=Content(STREAM, TEXT),
            by=ANN,
        ),
    ]


def test_an_incident_is_announced_once() -> None:
    again = update("another")
    assert (
        open_incident(
            after(opened()), stream=STREAM, title=TITLE, first=again, known=KNOWN, through=Through.PERSON, at=AT
        )
        == []
    )


def test_an_update_says_what_it_changes_and_nothing_else() -> None:
    incident = after(opened())
    assert affected(posted(incident, update("next", web=PARTIAL, mail=OPERATIONAL))) == ()
    changed = posted(incident, update("next", web=MAJOR, mail=DEGRADED))
    assert affected(changed) == (Affected("mail", OPERATIONAL, DEGRADED), Affected("web", PARTIAL, MAJOR))


def test_what_an_update_does_not_name_stays_as_it_was() -> None:
    incident = following(after(opened()), update("next", mail=DEGRADED))
    assert incident.claims == {"web": PARTIAL, "mail": DEGRADED}
    assert (incident.status, incident.updates, incident.updated_at) == (IDENTIFIED, ("first", "next"), AT + 1)


def test_a_component_that_works_again_is_no_longer_claimed() -> None:
    assert following(after(opened()), update("next", web=OPERATIONAL)).claims == {}


@pytest.mark.parametrize("status", [RESOLVED, POSTMORTEM])
def test_when_it_is_over_all_that_it_claimed_works_again(status: IncidentStatus) -> None:
    incident = following(after(opened()), update("next", mail=MAJOR))
    told = posted(incident, update("last", status))
    assert affected(told) == (Affected("mail", MAJOR, OPERATIONAL), Affected("web", PARTIAL, OPERATIONAL))
    over = reduce(evolve, told, incident)
    assert (over.is_over, over.claims) == (True, {})


def test_it_may_be_over_when_it_is_announced() -> None:
    assert after(opened(update("first", RESOLVED, web=OPERATIONAL))).is_over
    assert not after(opened()).is_over


@pytest.mark.parametrize("status", [RESOLVED, POSTMORTEM])
def test_what_is_over_leaves_no_component_affected(status: IncidentStatus) -> None:
    told = update("last", status, web=OPERATIONAL, mail=DEGRADED)
    assert (
        refusal(opened, told) == refusal(posted, after(opened()), told) == Refused("over_but_affected", status=status)
    )


def test_after_the_resolution_there_is_a_postmortem_and_nothing_else() -> None:
    over = following(after(opened()), update("last", RESOLVED))
    for status in set(IncidentStatus) - {POSTMORTEM}:
        assert refusal(posted, over, update("later", status)) == Refused("incident_over", status="resolved")
    learned = following(over, update("learned", POSTMORTEM))
    assert learned.status is POSTMORTEM
    assert refusal(posted, learned, update("more", POSTMORTEM)) == Refused("incident_over", status="postmortem")


def test_an_update_is_posted_once_even_when_it_is_over() -> None:
    over = following(after(opened()), update("last", RESOLVED))
    assert posted(over, update("last", RESOLVED)) == posted(over, update("first")) == []


def test_updates_are_told_in_order() -> None:
    incident = following(after(opened()), update("next"))
    assert refusal(posted, incident, update("late"), at=AT) == Refused("update_too_early", last=AT + 1)
    assert posted(incident, update("same instant"), at=AT + 1)


def test_only_components_of_the_page_are_named() -> None:
    told = update("next", moon=DEGRADED)
    assert (
        refusal(opened, told)
        == refusal(posted, after(opened()), told)
        == Refused("component_unknown", component="moon")
    )


def test_a_component_that_left_the_page_can_still_be_freed() -> None:
    assert affected(posted(after(opened()), update("next", web=OPERATIONAL), known=frozenset()))


def test_texts_are_demanded() -> None:
    wordless = Update("next", IDENTIFIED, {})
    assert refusal(posted, after(opened()), wordless) == Refused("text_missing", field="text")
    assert refusal(
        open_incident, Incident(), stream=STREAM, title={}, first=update("a"), known=KNOWN, through=Through.ALERT, at=AT
    ) == Refused("text_missing", field="title")


def test_of_what_was_never_announced_nothing_is_told() -> None:
    assert refusal(posted, Incident(), update("next")) == Refused("incident_unknown")
    assert refusal(reword, Incident(), stream=STREAM, text=TEXT, update=None, at=AT) == Refused("incident_unknown")


@pytest.mark.parametrize("name", [None, "first"])
def test_a_title_and_an_update_get_other_words_even_when_it_is_over(name: str | None) -> None:
    over = following(after(opened()), update("last", RESOLVED))
    (event,) = reword(over, stream=STREAM, text=TITLE, update=name, at=AT + 2, by=ANN)
    assert event == IncidentReworded(at=AT + 2, text=Content(STREAM, TITLE), update=name, by=ANN)
    assert evolve(over, event) == over


def test_other_words_are_for_an_update_that_is_there_and_are_words() -> None:
    incident = after(opened())
    assert refusal(reword, incident, stream=STREAM, text=TEXT, update="x", at=AT) == Refused(
        "update_unknown", update="x"
    )
    for name, field in ((None, "title"), ("first", "text")):
        assert refusal(reword, incident, stream=STREAM, text={}, update=name, at=AT) == Refused(
            "text_missing", field=field
        )


def test_where_it_comes_from_is_said_once() -> None:
    facts: dict[str, Any] = {"source": "statuspage", "external": "abc", "url": "https://example.org/abc", "at": AT}
    incident = after(opened(), bring_in(Incident(), **facts))
    assert incident.external == "abc"
    assert bring_in(incident, **facts) == []
    assert bring_in(Incident(), **facts) == [IncidentImported(**facts)]


@pytest.mark.parametrize(
    ("statuses", "impact"),
    [
        ([], IncidentImpact.NONE),
        ([OPERATIONAL, ComponentStatus.UNDER_MAINTENANCE], IncidentImpact.NONE),
        ([OPERATIONAL, DEGRADED], IncidentImpact.MINOR),
        ([DEGRADED, PARTIAL], IncidentImpact.MAJOR),
        ([MAJOR, OPERATIONAL, PARTIAL], IncidentImpact.CRITICAL),
    ],
)
def test_it_is_as_bad_as_the_worst_that_it_said(statuses: list[ComponentStatus], impact: IncidentImpact) -> None:
    assert impact_of(statuses) is impact
    assert IMPACTS.keys() == set(ComponentStatus)


CLAIMS: st.SearchStrategy[Mapping[str, ComponentStatus]] = st.dictionaries(
    st.sampled_from(sorted(KNOWN)), st.sampled_from(ComponentStatus)
)
LIVE = st.sampled_from([INVESTIGATING, IDENTIFIED, IncidentStatus.MONITORING])


@given(st.lists(st.tuples(LIVE, CLAIMS), min_size=1, max_size=6))
def test_every_change_begins_where_the_one_before_it_ended(
    course: list[tuple[IncidentStatus, Mapping[str, ComponentStatus]]],
) -> None:
    updates = [Update(str(number), status, TEXT, claims) for number, (status, claims) in enumerate(course)]
    incident, said = after(opened(updates[0])), dict.fromkeys(KNOWN, OPERATIONAL)
    told = [*opened(updates[0])]
    for each in (*updates[1:], update("last", RESOLVED)):
        events = posted(incident, each)
        incident, told = reduce(evolve, events, incident), [*told, *events]
    for change in (change for event in told if isinstance(event, IncidentUpdated) for change in event.affected):
        assert said[change.component] is change.old is not change.new
        said[change.component] = change.new
    assert set(said.values()) == {OPERATIONAL}


EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(IncidentOpened, at=st.just(AT), title=st.just(Content(STREAM, TITLE))),
    st.builds(IncidentReworded, at=st.just(AT), text=st.just(Content(STREAM, TEXT))),
    st.builds(IncidentImported, at=st.just(AT), source=st.text(), external=st.text(), url=st.text()),
    st.builds(
        IncidentUpdated,
        at=st.integers(0, AT),
        update=st.text(),
        status=st.sampled_from(IncidentStatus),
        affected=st.lists(st.builds(Affected), max_size=3).map(tuple),
        through=st.sampled_from(Through),
        text=st.none(),
    ),
)


@given(st.lists(EVENTS, max_size=8))
def test_any_order_of_events_is_a_history(events: list[Event]) -> None:
    incident = after(events)
    updates = [each for each in events if isinstance(each, IncidentUpdated)]
    assert incident.status is (updates[-1].status if updates else None)
    assert OPERATIONAL not in incident.claims.values()
