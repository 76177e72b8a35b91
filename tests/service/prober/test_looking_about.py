"""What a prober looks at and when, and what of it is still to be told."""

from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from domain.component import ComponentStatus
from domain.configuration.probe import ProbeDefined
from domain.instant import MINUTE, SECOND, Duration, Instant
from domain.probe_kind import TcpCheck
from monitoring.probes import Look, Why
from service.prober.looking_about import Rounds, Seen

GOOD = Look(ComponentStatus.OPERATIONAL)
PROBE = ProbeDefined(
    at=1, key="port", component="", every=MINUTE, timeout=SECOND, fails_after=1, recovers_after=1,
    says=ComponentStatus.MAJOR_OUTAGE, tcp=TcpCheck("a:1"),
)  # fmt: skip


@dataclass
class Place:
    """Where a prober is; how the time goes by is said by the test."""

    now: Instant = 1_000_000_000_000
    trusts_its_clock: bool = True
    sees: Look | Exception | None = GOOD
    """None: the look hangs."""
    began: list[Instant] = field(default_factory=list)
    rounds: Rounds = field(init=False)

    def __post_init__(self) -> None:
        self.rounds = Rounds(lambda: self.now, lambda: self.trusts_its_clock, lambda: self.now / SECOND)

    def pass_by(self, duration: Duration) -> None:
        for _ in range(duration // SECOND):
            self.now += SECOND
            self.rounds.round(self._begin)

    def told(self) -> list[Seen]:
        return [*self.rounds.untold()]

    def _begin(self, _: ProbeDefined, at: Instant) -> "Future[Look]":
        self.began.append(at)
        looking = Future[Look]()
        if isinstance(self.sees, Exception):
            looking.set_exception(self.sees)
        elif self.sees:
            looking.set_result(self.sees)
        return looking


def place(*probes: ProbeDefined) -> Place:
    found = Place()
    found.rounds.follow(probes or [PROBE])
    return found


def test_it_looks_soon_and_then_once_an_interval() -> None:
    here = place()
    here.pass_by(11 * SECOND)
    assert len(here.began) == 1
    here.pass_by(5 * MINUTE)
    assert 5 <= len(here.began) <= 6
    assert {late - early for early, late in zip(here.began[1:], here.began[2:], strict=False)} == {MINUTE}


def test_what_was_seen_is_told_once_in_its_order() -> None:
    here = place()
    here.pass_by(2 * MINUTE + 20 * SECOND)
    assert [each.at for each in here.told()] == here.began
    assert here.told() == []


def test_what_could_not_be_told_is_told_again() -> None:
    here = place()
    here.pass_by(2 * MINUTE)
    first = next(here.rounds.untold())
    assert here.told()[0] == first


def test_what_is_older_than_three_intervals_is_told_no_more() -> None:
    here = place()
    here.pass_by(10 * MINUTE)
    told = here.told()
    assert 2 <= len(told) <= 4
    assert all(here.now - each.at <= 3 * MINUTE for each in told)


def test_a_look_that_fails_has_seen_nothing_and_one_that_hangs_is_waited_for() -> None:
    here = place()
    here.sees = RuntimeError("out of luck")
    here.pass_by(15 * SECOND)
    assert [each.look for each in here.told()] == [Look(None, Why.PROBER_FAILED, "RuntimeError")]
    here.sees = None
    here.pass_by(5 * MINUTE)
    assert (len(here.began), here.told()) == (2, [])


def test_a_clock_that_is_not_trusted_looks_at_nothing() -> None:
    here = place()
    here.trusts_its_clock = False
    here.pass_by(5 * MINUTE)
    assert here.began == []


def test_what_is_not_to_be_looked_at_any_more_is_neither_looked_at_nor_told() -> None:
    here = place()
    here.pass_by(MINUTE)
    here.rounds.follow([replace(PROBE, key="other")])
    assert here.told() == []
    here.pass_by(15 * SECOND)
    assert [each.probe.key for each in here.told()] == ["other"]


def test_a_look_at_something_else_by_now_does_not_count() -> None:
    here = place()
    here.pass_by(MINUTE)
    here.told()
    looked = len(here.began)
    here.sees = None
    here.pass_by(MINUTE)
    here.sees = GOOD
    here.rounds.follow([replace(PROBE, tcp=TcpCheck("b:1"))])
    here.pass_by(MINUTE)
    assert [each.at for each in here.told()] == here.began[looked + 1 :]


def test_a_pace_that_changes_holds_at_once() -> None:
    here = place(replace(PROBE, every=60 * MINUTE))
    here.pass_by(MINUTE)
    here.rounds.follow([PROBE])
    here.pass_by(3 * MINUTE)
    assert len(here.began) >= 4
