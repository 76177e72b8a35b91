"""The flow of tickets, and those on which there is work: of all organisations together, published or not."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from prometheus_client.metrics_core import Metric

from domain.classification import Priority
from domain.event import Id
from monitoring.exporter.families import counter, gauge, plain, seconds
from monitoring.exporter.seen import Seen
from projections import deadlines, flow, queue

NEEDED: Final = (flow.NAME, queue.NAME, deadlines.NAME)
CHANNELS: Final = (*flow.USUAL_CHANNELS, flow.OTHER)
TOLD: Final[Mapping[str, str]] = {
    "opened": "Tickets that were opened, by their priority then; what was imported is not counted.",
    "closed": "Tickets that were closed, by their priority then; one that was merged is not.",
    "reopened": "Times that a resolved or closed ticket was opened again, by its priority then.",
}


def families(seen: Seen) -> Iterator[Metric]:
    """All of tickets."""
    yield from _flow(flow.tickets(seen.connection))
    yield from standing(seen)
    hanging = deadlines.count_hanging(seen.connection, at=seen.at)
    yield plain("tickets_hanging", "Tickets whose next act is past: nobody did what was to be done.", hanging)


def standing(seen: Seen, organisation: Id | None = None) -> Iterator[Metric]:
    """The open tickets, of one organisation if it is named."""
    found = {
        (each.priority, each.stage): each for each in queue.open_tickets(seen.connection, organisation=organisation)
    }
    number = gauge("tickets_open", "Tickets on which the work is not done.", "priority", "stage")
    oldest = gauge("ticket_oldest_open_timestamp_seconds", "When the oldest open ticket was opened.", "priority")
    for priority in Priority:
        of_it = {stage: found[priority, stage] for stage in queue.WORKING if (priority, stage) in found}
        for stage in queue.WORKING:
            number.add_metric([priority, stage], of_it[stage].number if stage in of_it else 0)
        if of_it:
            oldest.add_metric([priority], seconds(min(each.oldest for each in of_it.values())))
    yield from (number, oldest)


def _flow(counted: Sequence[flow.TicketFlow]) -> Iterator[Metric]:
    known = {(each.priority, each.channel): each for each in counted}
    for name, told in TOLD.items():
        family = counter(f"tickets_{name}", told, "priority", "channel")
        for priority in Priority:
            for channel in CHANNELS:
                flows = known.get((priority, channel))
                family.add_metric([priority, channel], getattr(flows, name) if flows else 0)
        yield family
