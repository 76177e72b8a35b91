"""What probes see, and what becomes of their components."""

import pytest

from domain.component import ComponentStatus, ProbeTurned, ProbeWithdrawn, StatusSet, Through
from domain.configuration.component import ComponentDefined, ComponentWithdrawn
from domain.configuration.probe import ProbeWithdrawn as ConfiguredProbeWithdrawn
from domain.instant import HOUR, MINUTE, SECOND
from domain.probe_kind import PrometheusCheck, StatuspageCheck
from monitoring import heartbeats
from monitoring.probes import Look, Why
from store.streams import Streams
from tests.service.probing import DOWN, FAILED, GOOD, NOTHING, UP, World, heartbeat
from tests.service.running import Running


@pytest.fixture
def world(running: Running) -> World:
    return World(running)


def test_the_first_good_look_says_that_a_component_works(world: World) -> None:
    world.probe()
    world.pass_by(MINUTE)
    turned, status = world.told()
    assert turned == ProbeTurned(at=world.looked[0][1], component="web", probe="https", status=UP, number=1)
    assert status == StatusSet(at=world.looked[0][1], component="web", status=UP, through=Through.PROBE)


def test_an_outage_is_confirmed_and_begins_with_the_first_look_that_failed(world: World) -> None:
    world.probe()
    world.pass_by(MINUTE)
    world.sees["https"] = FAILED
    world.pass_by(MINUTE)
    assert (world.status(), world.watched().watch.failed) == (UP, 1)
    world.pass_by(MINUTE)
    assert world.told()[-1] == StatusSet(at=world.looked[1][1], component="web", status=DOWN, through=Through.PROBE)
    world.sees["https"] = GOOD
    world.pass_by(2 * MINUTE)
    assert world.told()[-1] == StatusSet(at=world.looked[4][1], component="web", status=UP, through=Through.PROBE)
    assert [each.number for each in world.told() if isinstance(each, ProbeTurned)] == [1, 3, 5]


def test_one_look_that_fails_says_nothing(world: World) -> None:
    world.probe()
    for seen in (GOOD, FAILED, GOOD, FAILED, GOOD):
        world.sees["https"] = seen
        world.pass_by(MINUTE)
    assert len(world.told()) == 2


@pytest.mark.parametrize("says", [ComponentStatus.DEGRADED, ComponentStatus.PARTIAL_OUTAGE])
def test_a_probe_that_fails_says_what_it_is_told_to_say(world: World, says: ComponentStatus) -> None:
    world.probe(says=says)
    world.probe("known", "db", says=says, prometheus=PrometheusCheck("http://127.0.0.1", "up"))
    world.sees |= {"https": FAILED, "known": FAILED}
    world.pass_by(3 * MINUTE)
    assert (world.status("web"), world.status("db")) == (says, says)


def test_a_certificate_that_ends_soon_is_no_outage(world: World) -> None:
    world.probe()
    world.sees["https"] = Look(ComponentStatus.DEGRADED, Why.CERTIFICATE_EXPIRES, expires_at=7)
    world.pass_by(3 * MINUTE)
    assert (world.status(), world.watched().look.expires_at) == (ComponentStatus.DEGRADED, 7)


@pytest.mark.parametrize("status", [DOWN, ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.UNDER_MAINTENANCE])
def test_another_status_page_says_itself_how_bad_it_is(world: World, status: ComponentStatus) -> None:
    world.probe(statuspage=StatuspageCheck("http://127.0.0.1"), says=ComponentStatus.DEGRADED)
    world.sees["https"] = Look(status, Why.SAID)
    world.pass_by(3 * MINUTE)
    assert world.status() is status


def test_the_worst_of_what_the_probes_say_counts(world: World) -> None:
    world.probe("one")
    world.probe("other", says=ComponentStatus.DEGRADED)
    world.sees["other"] = FAILED
    world.pass_by(3 * MINUTE)
    assert world.status() is ComponentStatus.DEGRADED


def test_a_probe_that_learns_nothing_falls_silent(world: World) -> None:
    world.probe()
    world.pass_by(MINUTE)
    world.sees["https"] = NOTHING
    world.pass_by(4 * MINUTE)
    silent = world.looked[0][1] + 3 * MINUTE
    assert world.told()[-1] == StatusSet(at=silent, component="web", status=None, through=Through.PROBE)
    assert world.watched().watch.missed >= 2


def test_a_look_that_raises_is_no_result_and_is_told_once(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.probe()
    world.probe("other", "db")
    world.sees["https"] = RuntimeError("out of luck")
    world.pass_by(4 * MINUTE)
    assert (world.status("web"), world.status("db")) == (None, UP)
    assert world.watched().look.why is Why.PROBER_FAILED
    assert [record.getMessage() for record in caplog.records] == ["probe https failed; it is tried again"]


def test_a_look_that_hangs_holds_up_no_other(world: World) -> None:
    world.probe()
    world.probe("other", "db")
    world.hanging.add("https")
    world.pass_by(5 * MINUTE)
    assert [key for key, _ in world.looked].count("https") == 1
    assert [key for key, _ in world.looked].count("other") >= 5


def test_probes_do_not_begin_all_at_once(world: World) -> None:
    for number in range(50):
        world.probe(f"probe-{number}")
    world.pass_by(11 * SECOND)
    assert len(world.looked) == 50
    assert len({at for _, at in world.looked}) > 5
    world.pass_by(2 * MINUTE)
    world.looked.clear()
    world.pass_by(MINUTE)
    assert len(world.looked) == 50
    assert len({at for _, at in world.looked}) > 25


def test_what_a_person_says_stands_until_it_is_released(world: World) -> None:
    world.probe()
    world.pass_by(MINUTE)
    world.hold(UP)
    world.sees["https"] = FAILED
    world.pass_by(3 * MINUTE)
    assert (world.status(), world.watched().watch.status) == (UP, DOWN)
    world.release()
    assert world.status() is DOWN
    world.sees["https"] = GOOD
    world.pass_by(3 * MINUTE)
    assert world.status() is UP


def test_a_probe_that_is_withdrawn_counts_no_longer(world: World) -> None:
    world.probe("one")
    world.probe("other")
    world.sees["other"] = FAILED
    world.pass_by(3 * MINUTE)
    world.withdraw("other")
    world.pass_by(MINUTE)
    assert isinstance(world.told()[-2], ProbeWithdrawn)
    assert world.status() is UP
    world.withdraw("one")
    world.pass_by(MINUTE)
    assert world.status() is None


def test_a_probe_that_is_given_to_another_component_says_nothing_of_the_old_one(world: World) -> None:
    world.probe()
    world.pass_by(2 * MINUTE)
    world.probe(component="db")
    world.pass_by(2 * MINUTE)
    assert (world.status("web"), world.status("db")) == (None, UP)
    [turned] = [each for each in world.told("db") if isinstance(each, ProbeTurned)]
    assert turned.number == 3


def test_a_pace_that_changes_holds_from_the_next_look(world: World) -> None:
    world.probe(every=HOUR)
    world.pass_by(2 * MINUTE)
    world.probe(every=10 * SECOND)
    world.pass_by(MINUTE)
    assert len(world.looked) >= 6


def test_a_faster_pace_makes_nothing_unknown_that_was_known_by_the_slower_one(world: World) -> None:
    world.probe(every=HOUR)
    world.pass_by(40 * MINUTE, step=MINUTE)
    known = world.told()
    world.probe(every=10 * SECOND)
    world.pass_by(MINUTE)
    assert (world.told(), world.watched().watch.missed) == (known, 0)


def test_a_component_that_comes_back_without_its_probe_is_unknown(world: World) -> None:
    world.probe()
    world.pass_by(MINUTE)
    web = world.running.desk.configured.state().of(ComponentDefined)["web"]
    world.configure(ConfiguredProbeWithdrawn(at=1, key="https"), ComponentWithdrawn(at=1, key="web"))
    world.pass_by(MINUTE)
    world.configure(web)
    world.pass_by(MINUTE)
    assert world.status() is None


def test_a_probe_that_comes_back_before_its_end_was_told_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError("the server is away")

    world.probe()
    world.pass_by(2 * MINUTE)
    world.withdraw()
    with monkeypatch.context() as away:
        away.setattr(Streams, "act", fails)
        world.pass_by(SECOND)
    world.probe()
    world.pass_by(2 * MINUTE)
    assert world.status() is UP


def test_while_the_clocks_disagree_nothing_is_looked_at(world: World) -> None:
    world.probe()
    world.clocks_agree = lambda: False
    world.pass_by(10 * MINUTE)
    assert world.looked == []
    world.clocks_agree = lambda: True
    world.pass_by(SECOND)
    assert len(world.looked) == 1


def test_a_database_that_is_away_loses_no_turn(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError("the server is away")

    world.probe()
    world.pass_by(MINUTE)
    world.sees["https"] = FAILED
    world.clocks_agree = fails  # type: ignore[assignment]
    with monkeypatch.context() as away:
        away.setattr(Streams, "act", fails)
        world.pass_by(3 * MINUTE)
        assert (world.status(), world.watched().watch.status) == (UP, UP)
    world.pass_by(SECOND)
    assert world.told()[-1] == StatusSet(at=world.looked[1][1], component="web", status=DOWN, through=Through.PROBE)
    assert world.watched().watch.status is DOWN
    assert len(caplog.records) == 1


def test_one_component_that_cannot_be_told_holds_up_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    act = Streams.act

    def fails_for_web(streams: object, command: object, stream: str, *rest: object, **facts: object) -> object:
        if facts.get("key") == "web":
            raise OSError("not this one")
        return act(streams, command, stream, *rest, **facts)  # type: ignore[arg-type]

    world.probe()
    world.probe("other", "db")
    monkeypatch.setattr(Streams, "act", fails_for_web)
    world.pass_by(2 * MINUTE)
    assert (world.status("web"), world.status("db")) == (None, UP)


def test_a_heartbeat_is_unknown_until_it_comes_good_while_it_does_and_bad_when_it_stays_away(world: World) -> None:
    world.probe("backup", **heartbeat(3 * MINUTE), every=30 * SECOND)
    world.pass_by(5 * MINUTE)
    assert (world.status(), world.looked, world.watched("backup").look.why) == (None, [], Why.NEVER_CALLED)
    world.beat("backup")
    world.pass_by(MINUTE)
    assert world.status() is UP
    world.pass_by(3 * MINUTE)
    assert (world.status(), world.watched("backup").look.why) == (DOWN, Why.OVERDUE)
    world.beat("backup")
    world.pass_by(MINUTE)
    assert world.status() is UP


def test_a_heartbeat_that_is_told_to_be_over_is_bad_at_once(world: World) -> None:
    world.probe("backup", **heartbeat(HOUR))
    world.beat("backup")
    world.pass_by(MINUTE)
    heartbeats.silenced(world.running.views, "backup", world.running.clock.now)
    world.pass_by(MINUTE)
    assert (world.status(), world.watched("backup").look.why) == (DOWN, Why.CALLED_OFF)


def test_who_could_not_call_while_the_desk_was_away_is_given_time(world: World) -> None:
    world.probe("backup", **heartbeat(10 * MINUTE))
    world.beat("backup")
    world.pass_by(MINUTE)
    world.away(HOUR)
    world.start()
    world.pass_by(9 * MINUTE)
    assert (world.status(), world.watched("backup").look.why) == (None, Why.AWAITED)
    world.pass_by(2 * MINUTE)
    assert world.status() is DOWN


def test_a_heartbeat_of_no_component_is_only_listened_to(world: World) -> None:
    head = world.running.desk.log.head()
    world.probe("prometheus", "", **heartbeat(MINUTE))
    world.beat("prometheus")
    world.pass_by(MINUTE)
    assert world.watched("prometheus").watch.status is UP
    world.pass_by(2 * MINUTE)
    assert world.watched("prometheus").watch.status is DOWN
    assert world.running.desk.log.head() == head + 1
