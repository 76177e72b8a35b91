"""From one version of the desk to another: what this one needs beside what is there, and what nobody needs any more.

Nothing that is there is changed. What is new is built beside it, in a file that survives if the work is cut off, and
stands in the views database from one moment to the next: the other version goes on meanwhile, and may come back.
"""

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from projections import ALL
from projections.database import sqlite_views
from projections.engine import Projection, Projector
from projections.rebuild import rebuild_together
from projections.versions import retire, standing
from service.leading import VIEWS
from service.settings import Settings
from service.views import WorkHeld, engine_of, views_of, work_alone, working_views
from store.desk import Desk
from store.lease import leaders

PLACE: Final = "upgrade-{views}.db"
"""Where new views are built."""
LOCK: Final = "upgrade.lock"


class NotUpgraded(Exception):
    """Nothing was done; why."""


@dataclass(frozen=True)
class Outlook:
    """The desk as it stands, seen by this version."""

    unknown: Sequence[tuple[str, int]]
    """Names and versions of events that only a newer version can read."""
    new: Sequence[Projection]
    """Views that are to be built."""
    idle: Sequence[str]
    """Views that this version does not need."""
    others: Sequence[str]
    """Processes of other versions that keep views now."""


def look(settings: Settings, desk: Desk) -> Outlook:
    """What this version finds; changes nothing."""
    with _views(settings) as engine:
        there = standing(engine)
    new = [each for each in ALL if not there.get(each.NAME)] if desk.log.head() else []
    idle = sorted(there.keys() - {each.NAME for each in ALL})
    return Outlook(desk.log.unknown(), new, idle, _others(settings))


def build(settings: Settings, desk: Desk, new: Sequence[Projection], progress: Callable[[int], None]) -> int:
    """Build these views; their position. Cut off, it goes on from there the next time."""
    path = settings.data_dir / PLACE.format(views=_digest(new))
    with _alone(settings), _views_of(settings, desk) as views:
        _forget_others(path, views)
        position = rebuild_together(views, new, progress, partial(sqlite_views, path))
        _remove(path)
    return position


def clear(settings: Settings, outlook: Outlook) -> list[str]:
    """Drop the views that this version does not need; their tables. `NotUpgraded` while another may."""
    if outlook.new:
        raise NotUpgraded(f"not built yet: {', '.join(each.NAME for each in outlook.new)}; first `glasno upgrade`")
    if outlook.others:
        raise NotUpgraded(f"another version is at work: {', '.join(outlook.others)}; stop it first")
    with _views(settings) as engine:
        return retire(engine, outlook.idle)


def _others(settings: Settings) -> list[str]:
    if settings.database_url:
        held = leaders(settings.database_url)
        return sorted(holder for role, holder in held.items() if role.startswith("views:") and role != VIEWS)
    try:
        with work_alone(settings):
            return []
    except WorkHeld as held:
        return [] if working_views(settings) == VIEWS else [held.by]


def _forget_others(path: Path, views: Projector) -> None:
    """What another version began; and what was built from a log that went further, which is of another past."""
    for each in path.parent.glob(PLACE.format(views="*")):
        if each != path:
            _remove(each)
    place = sqlite_views(path)
    reached = max(standing(place).values(), default=0)
    place.dispose()
    if reached > views.log.head():
        _remove(path)


def _remove(path: Path) -> None:
    for each in (path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))):
        each.unlink(missing_ok=True)


def _digest(new: Sequence[Projection]) -> str:
    return sha256(" ".join(each.NAME for each in new).encode()).hexdigest()[:8]


@contextmanager
def _views(settings: Settings) -> Iterator[Engine]:
    engine = engine_of(settings)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _views_of(settings: Settings, desk: Desk) -> Iterator[Projector]:
    views = views_of(settings, desk)
    try:
        yield views
    finally:
        views.engine.dispose()


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Two at once would take the file away from each other."""
    with (settings.data_dir / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise NotUpgraded("another `glasno upgrade` is at work") from None
        yield
