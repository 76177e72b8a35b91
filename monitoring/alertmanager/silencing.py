"""The silences that planned works want: what has to be done so that they stand, and no others of ours."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from domain.instant import Instant
from monitoring.alertmanager.api import Silence, SilenceState

PREFIX: Final = "glasno works "
"""Before the works' code: how a silence that was made here is known from one that a person made in the same name."""


@dataclass(frozen=True)
class Wish:
    """Works are done on a component: nobody shall be called because of it."""

    works: str
    """Their code."""
    component: str
    starts_at: Instant
    ends_at: Instant


@dataclass(frozen=True)
class Post:
    """Make a silence, in the place of the known one if there is one: the arguments of `Alertmanager.silence`."""

    component: str
    starts_at: Instant
    ends_at: Instant
    comment: str
    known: str = ""


@dataclass(frozen=True)
class Expire:
    """End a silence."""

    id: str


Key: TypeAlias = tuple[str, str]
"""A component, and the comment that names the works."""


def steps(wishes: Iterable[Wish], silences: Sequence[Silence], *, now: Instant) -> list[Post | Expire]:
    """What is to be done; nothing once it is done.

    A beginning in the past is left as it is: Alertmanager changes no history. Works that are over, by the one clock or
    by the other, want nothing.
    """
    served = {(*_made_for(each), each.ends_at) for each in silences if each.state is SilenceState.EXPIRED}
    lasting = [each for each in wishes if max(now, each.starts_at) < each.ends_at]
    wanted = {_key(each): each for each in lasting if (*_key(each), each.ends_at) not in served}
    standing = _by_key(silences)
    posts = [_post(key, wish, standing.get(key, ()), now=now) for key, wish in wanted.items()]
    superfluous = [Expire(each.id) for key, found in standing.items() for each in found[key in wanted :]]
    return [*filter(None, posts), *superfluous]


def _by_key(silences: Iterable[Silence]) -> Mapping[Key, Sequence[Silence]]:
    """Those that were made here and are not over; of several for the same works the one that lasts longest is first."""
    found: dict[Key, list[Silence]] = {}
    for each in sorted(silences, key=lambda each: (-each.ends_at, each.id)):
        if each.state is not SilenceState.EXPIRED and each.comment.startswith(PREFIX):
            found.setdefault(_made_for(each), []).append(each)
    return found


def _post(key: Key, wish: Wish, standing: Sequence[Silence], *, now: Instant) -> Post | None:
    if not standing:
        return Post(wish.component, wish.starts_at, wish.ends_at, key[1])
    known = standing[0]
    starts_at = known.starts_at if _has_begun(wish, known, now=now) else wish.starts_at
    if (starts_at, wish.ends_at) == (known.starts_at, known.ends_at):
        return None
    return Post(wish.component, starts_at, wish.ends_at, key[1], known.id)


def _has_begun(wish: Wish, known: Silence, *, now: Instant) -> bool:
    """Whether its beginning is past and is no longer wanted to lie ahead, by the later one of the two clocks."""
    return known.state is SilenceState.ACTIVE and wish.starts_at <= max(now, known.starts_at)


def _key(wish: Wish) -> Key:
    return wish.component, PREFIX + wish.works


def _made_for(silence: Silence) -> Key:
    return silence.component, silence.comment
