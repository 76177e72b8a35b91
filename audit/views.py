"""The other half of `glasno check`: every view, built aside from the log, is what people are shown."""

from collections.abc import Callable

from projections.engine import Projector
from projections.rebuild import differing


def check_views(views: Projector, progress: Callable[[int], None] = lambda _: None) -> list[str]:
    """The tables that differ from what the log says, as far as their view has got.

    A view that is ahead of the log is of another one: an older copy of the log was restored beside it.
    `progress` hears how many views were compared. A log that cannot be read raises as `Log.read_all` does: `check` it
    first.
    """
    found = [state.name for state in views.states() if state.position > views.log.head()]
    for number, projection in enumerate(views.projections, start=1):
        found += differing(views, projection)
        progress(number)
    return found
