"""The desk that a command is about, and its views."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from domain.refusal import Refused
from projections.engine import Projector
from service.build import LOST, RESTORING, build_desk
from service.settings import Misconfigured, Settings, read_settings
from service.views import views_of
from store.desk import Desk
from store.keys import KeyMissing, WrongMaster


def the_desk() -> Desk:
    """The desk of this process's settings; mistakes are told in words."""
    try:
        settings = read_settings()
        _demand_log(settings)
        return build_desk(settings)
    except (Misconfigured, KeyMissing, WrongMaster, Refused, OSError) as fault:
        raise click.ClickException(str(fault)) from None


def _demand_log(settings: Settings) -> None:
    """Whoever lost the log is not given an empty desk in its place: the log is always made before its keys."""
    log, keys, aside = (settings.data_dir / name for name in ("log.db", "keys.db", RESTORING))
    if aside.exists():
        raise Misconfigured(
            f"{aside} is there: a restore is under way, or was cut off; then run `glasno restore` again"
        )
    if settings.database_url or log.exists():
        return
    if keys.exists():
        raise Misconfigured(f"{log} is gone, but {keys} is there: restore the log from its backup")
    if settings.log_key.exists():
        raise Misconfigured(LOST.format(key=settings.log_key))


@contextmanager
def the_views(desk: Desk) -> Iterator[Projector]:
    """The views of this process's settings."""
    views = views_of(read_settings(), desk)
    yield views
    views.engine.dispose()
