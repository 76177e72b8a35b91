from dataclasses import replace

from domain.classification import Kind, Priority
from domain.configuration.level import LevelPublished, LevelWithdrawn, policy_of
from domain.instant import HOUR, MINUTE
from domain.policy import Action, CalendarRef, Clock, Policy, Step, Target
from tests.domain.configuration.wishes import NOW, after, changes, level, wanted

PAIR = (level(), level("silver"))


def test_a_changed_target_is_the_next_version() -> None:
    [published] = changes(after(wanted()), wanted(levels=(level(reaction=30 * MINUTE),)))
    assert isinstance(published, LevelPublished)
    assert (published.version, published.targets[0].duration, published.at) == (2, 30 * MINUTE, NOW)


def test_the_book_holds_every_version_ever_published() -> None:
    book = after(wanted(), wanted(levels=(level(reaction=30 * MINUTE),))).book()
    cell = (Kind.INCIDENT, Priority.NORMAL)
    reactions = [policy.targets[cell][Clock.REACTION].duration for policy in book.policies.values()]
    assert reactions == [HOUR, 30 * MINUTE]


def test_a_policy_of_the_book_says_what_was_published() -> None:
    step = Step(Clock.REACTION, 500, Action.NOTIFY, "desk")
    policy = after(wanted(levels=(level(ladder=(step,)),))).book().policies["gold", 1]
    office = CalendarRef("office", 1)
    assert policy.targets == {(Kind.INCIDENT, Priority.NORMAL): {Clock.REACTION: Target(HOUR, HOUR // 4, office)}}
    assert (policy.ladder, policy.at_risk_per_mille, policy.confirmation_calendar) == ((step,), 750, office)


def test_a_policy_says_all_that_its_level_promises() -> None:
    published = replace(level("silver", calendar="office"), version=3, at_risk_per_mille=600, confirmation=2 * HOUR)
    policy = policy_of(published)
    assert policy == Policy("silver", 3, policy.targets, 2 * HOUR, CalendarRef("office", 0), 600)


def test_a_level_that_is_not_wanted_is_withdrawn_and_stays_in_the_book() -> None:
    state = after(wanted(levels=PAIR))
    assert changes(state, wanted()) == [LevelWithdrawn(at=NOW, level="silver")]
    withdrawn = after(wanted(levels=PAIR), wanted())
    assert withdrawn.levels.current("silver") is None
    assert ("silver", 1) in withdrawn.book().policies


def test_a_withdrawn_level_comes_back_as_its_next_version() -> None:
    again = after(wanted(levels=PAIR), wanted(), wanted(levels=PAIR))
    assert dict(again.levels.in_force) == {"gold": 1, "silver": 2}
