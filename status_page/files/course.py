"""What was said of components until the instant of an edition."""

from collections.abc import Mapping, Sequence

from domain.instant import Instant
from domain.uptime import Stretch, stretches, together
from projections import status
from status_page.bars import Bars, bars, last_days, midnight
from status_page.edition import Edition


def courses(edition: Edition, keys: Sequence[str], since: Instant) -> Mapping[str, Sequence[Stretch]]:
    """What was said of each from an instant on, by its key."""
    said = status.spells(edition.connection, since=since, until=edition.at, position=edition.position, components=keys)
    return {key: stretches(said.get(key, []), since, edition.at) for key in keys}


def ninety_days(edition: Edition, keys: Sequence[str]) -> Bars:
    """Day by day; of components together the worst counts at each instant."""
    dates = last_days(edition)
    found = courses(edition, keys, midnight(dates[0], edition.zone))
    return bars(together([*found.values()]), dates, edition.zone, edition.configured.state.uptime_rule)
