"""What everything else depends on: the log, the views that follow it, and the calendars."""

from collections.abc import Iterator

from prometheus_client.metrics_core import Metric

from domain.instant import SECOND
from domain.policy import CalendarRef
from monitoring.exporter.families import gauge, plain, seconds
from monitoring.exporter.seen import Seen


def families(seen: Seen) -> Iterator[Metric]:
    """They need no view to be current: they tell which is not."""
    yield plain("event_store_position", "The position of the newest event.", seen.head)
    yield from _views(seen)
    yield _calendars(seen)


def _views(seen: Seen) -> Iterator[Metric]:
    position = gauge("projection_position", "The position that a view has got to.", "projection")
    events = gauge("projection_lag_events", "Positions that a view is behind.", "projection")
    age = gauge("projection_lag_seconds", "Age of the oldest event that a view does not show; 0 if none.", "projection")
    stopped = gauge("projection_stopped", "1 if a view failed at an event and shows nothing newer.", "projection")
    for name, view in seen.views.items():
        position.add_metric([name], view.position)
        events.add_metric([name], view.lag.events)
        age.add_metric([name], view.lag.milliseconds / SECOND)
        stopped.add_metric([name], view.is_stopped)
    yield from (position, events, age, stopped)


def _calendars(seen: Seen) -> Metric:
    """Of those that levels in force and channels refer to, of several versions the one that ends first."""
    told = "Until when the periods of a calendar in use are known: nothing that is due later has a deadline."
    family = gauge("calendar_end_timestamp_seconds", told, "calendar")
    used = [seen.state.calendars[ref] for ref in _used(seen)]
    for key in sorted({each.key for each in used}):
        family.add_metric([key], seconds(min(each.span.end for each in used if each.key == key)))
    return family


def _used(seen: Seen) -> Iterator[CalendarRef]:
    for ref in seen.state.levels.in_force.items():
        policy = seen.state.book().policies[ref]
        yield policy.confirmation_calendar
        yield from (target.calendar for targets in policy.targets.values() for target in targets.values())
    yield from (seen.state.newest(each.calendar) for each in seen.state.page.channels)
