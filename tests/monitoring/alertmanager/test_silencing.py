"""Which silences stand for which works; against an Alertmanager of a few lines."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from monitoring.alertmanager.api import Silence, SilenceState
from monitoring.alertmanager.silencing import Expire, Post, Wish, steps

NOW = 1_000
WISH = Wish("abc123", "mail", 2_000, 3_000)
COMMENT = "glasno works abc123"
PENDING = Silence("s1", "mail", 2_000, 3_000, COMMENT, SilenceState.PENDING)
ACTIVE = Silence("s1", "mail", 600, 3_000, COMMENT, SilenceState.ACTIVE)
EXPIRED = replace(ACTIVE, ends_at=900, state=SilenceState.EXPIRED)


def test_works_ahead_are_silenced() -> None:
    assert steps([WISH], [], now=NOW) == [Post("mail", 2_000, 3_000, COMMENT)]


def test_what_stands_is_left() -> None:
    assert steps([WISH], [PENDING], now=NOW) == []
    assert steps([replace(WISH, starts_at=600)], [ACTIVE], now=NOW) == []


def test_works_that_are_put_off_move_their_silence() -> None:
    moved = replace(WISH, starts_at=2_500, ends_at=4_000)
    assert steps([moved], [PENDING], now=NOW) == [Post("mail", 2_500, 4_000, COMMENT, "s1")]
    assert steps([moved], [ACTIVE], now=NOW) == [Post("mail", 2_500, 4_000, COMMENT, "s1")]


def test_another_beginning_in_the_past_changes_nothing() -> None:
    assert steps([replace(WISH, starts_at=500)], [ACTIVE], now=NOW) == []
    assert steps([replace(WISH, starts_at=800)], [ACTIVE], now=NOW) == []


def test_works_that_last_longer_keep_the_beginning_of_their_silence() -> None:
    assert steps([Wish("abc123", "mail", 500, 5_000)], [ACTIVE], now=NOW) == [Post("mail", 600, 5_000, COMMENT, "s1")]


def test_works_that_begin_at_once_begin_their_silence() -> None:
    assert steps([replace(WISH, starts_at=900)], [PENDING], now=NOW) == [Post("mail", 900, 3_000, COMMENT, "s1")]


def test_what_is_wished_no_more_is_ended() -> None:
    assert steps([], [PENDING], now=NOW) == [Expire("s1")]
    assert steps([replace(WISH, component="web")], [ACTIVE], now=NOW)[1:] == [Expire("s1")]


def test_works_that_are_over_want_nothing() -> None:
    assert steps([Wish("abc123", "mail", 500, NOW)], [], now=NOW) == []
    assert steps([Wish("abc123", "mail", 500, NOW)], [ACTIVE], now=NOW) == [Expire("s1")]
    assert steps([Wish("abc123", "mail", 3_000, 2_000)], [], now=NOW) == []


def test_what_is_over_at_alertmanager_is_not_asked_for_again() -> None:
    over = replace(ACTIVE, ends_at=1_001, state=SilenceState.EXPIRED)
    assert steps([Wish("abc123", "mail", 500, 1_001)], [over], now=NOW) == []


def test_what_somebody_ended_is_made_again() -> None:
    assert steps([WISH], [EXPIRED], now=NOW) == [Post("mail", 2_000, 3_000, COMMENT)]


def test_a_silence_that_a_person_made_in_our_name_is_not_touched() -> None:
    assert steps([], [replace(ACTIVE, comment="the tape robot is noisy")], now=NOW) == []


def test_a_second_silence_for_the_same_works_is_ended() -> None:
    assert steps([WISH], [replace(PENDING, id="s2", ends_at=2_900), PENDING], now=NOW) == [Expire("s2")]


def test_two_works_on_one_component_have_a_silence_each() -> None:
    made = steps([WISH, replace(WISH, works="def456")], [PENDING], now=NOW)
    assert made == [Post("mail", 2_000, 3_000, "glasno works def456")]


@dataclass
class Server:
    """As much of an Alertmanager as matters here; its clock may go wrong."""

    ahead: int
    kept: dict[str, Silence] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=count)

    def silences(self, now: int) -> list[Silence]:
        return [self._as_of(each, now + self.ahead) for each in self.kept.values()]

    def carry_out(self, step: Post | Expire, now: int) -> None:
        here, gone = now + self.ahead, step.id if isinstance(step, Expire) else step.known
        if gone:
            known = self.kept[gone]
            self.kept[gone] = replace(known, starts_at=min(known.starts_at, here), ends_at=min(known.ends_at, here - 1))
        if isinstance(step, Post) and step.ends_at > here:
            made = f"s{next(self.ids)}"
            since = max(step.starts_at, here)
            self.kept[made] = Silence(made, step.component, since, step.ends_at, step.comment, SilenceState.PENDING)

    @staticmethod
    def _as_of(silence: Silence, here: int) -> Silence:
        if here > silence.ends_at:
            return replace(silence, state=SilenceState.EXPIRED)
        return replace(silence, state=SilenceState.ACTIVE if here >= silence.starts_at else SilenceState.PENDING)


SPANS = st.tuples(st.integers(0, 30), st.integers(0, 30))
WISHES = st.dictionaries(st.tuples(st.sampled_from("ab"), st.sampled_from(["mail", "web"])), SPANS).map(
    lambda found: [Wish(*key, *span) for key, span in found.items()]
)


@given(st.lists(st.tuples(WISHES, st.integers(0, 5))))
def test_what_was_done_is_not_to_be_done_again(days: list[tuple[list[Wish], int]]) -> None:
    server, now = Server(ahead=0), 0
    for wishes, passed in days:
        now += passed
        for step in steps(wishes, server.silences(now), now=now):
            server.carry_out(step, now)
        assert steps(wishes, server.silences(now), now=now) == []
        assert _silenced(server, now) == {
            (each.component, f"glasno works {each.works}", each.ends_at)
            for each in wishes
            if max(now, each.starts_at) < each.ends_at
        }


@given(WISHES, st.integers(0, 30), st.integers(-5, 5))
def test_a_clock_that_goes_wrong_ends_in_peace(wishes: list[Wish], now: int, ahead: int) -> None:
    server = Server(ahead)
    for _ in range(2 * abs(ahead) + 2):
        now += 1
        for step in steps(wishes, server.silences(now), now=now):
            server.carry_out(step, now)
    assert steps(wishes, server.silences(now), now=now) == []


def _silenced(server: Server, now: int) -> set[tuple[str, str, int]]:
    standing = [each for each in server.silences(now) if each.state is not SilenceState.EXPIRED]
    assert all(each.starts_at <= now or each.state is SilenceState.PENDING for each in standing)
    return {(each.component, each.comment, each.ends_at) for each in standing}
