"""Whatever comes in whatever order: no incident of alerts that are all over stays open, and none ends while one is not.

A person says nothing here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.event import Id
from domain.incident import Incident
from domain.instant import MINUTE, Instant
from service.alerts.answering import answering
from service.alerts.settling import settling
from tests.service.alerts.watch import MARGIN, Watch

NAMES = ("WebDown", "WebSlow", "WebDown")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["fire", "fire", "end"]), st.integers(0, len(NAMES) - 1)),
        st.tuples(st.sampled_from(["beat", "answer", "settle", "work", "confirm", "restart"]), st.just(0)),
    ),
    max_size=25,
)


@dataclass
class Order:
    """What happens in an order."""

    watch: Watch
    began_at: Instant
    head: int
    streams: dict[int, Id] = field(default_factory=dict)

    def take(self, step: str, number: int) -> None:
        """One thing that happens."""
        match step:
            case "fire":
                labels = {"component": "web", "instance": str(number)}
                self.streams[number] = self.watch.fire(NAMES[number], started_at=self.began_at, **labels)
            case "end" if number in self.streams:
                self.watch.end(self.streams[number])
            case "beat":
                self.watch.after(MARGIN)
                self.watch.beat()
            case "answer":
                self.watch.running.work(answering(self.watch.duty))
            case "settle":
                self.watch.running.work(settling(self.watch.duty))
            case "work":
                self.watch.work()
            case "confirm":
                self.watch.confirm()
            case "restart":
                self.watch.start()
            case _:
                pass  # an end of what never fired

    def incidents(self) -> Sequence[Incident]:
        """All that there were in this order."""
        desk = self.watch.running.desk
        recorded = desk.log.read_all(after=self.head, limit=10_000)
        streams = {each.stream for each in recorded if each.envelope.name == "incident.opened"}
        return [desk.incidents.load(stream)[0] for stream in streams]

    def is_sound(self) -> bool:
        """An alert that stands and was answered has an incident that is open; there is no other one."""
        alerts = [self.watch.alert(each) for each in self.streams.values()]
        known = {each.incident for each in alerts if not each.is_settled and each.incident}
        found = [self.watch.running.desk.incidents.load(each)[0] for each in known]
        return not any(each.is_over for each in found) and sum(not each.is_over for each in self.incidents()) <= 1


def test_in_any_order(watch: Watch) -> None:
    @settings(max_examples=60)
    @given(STEPS)
    def runs_well(steps: Sequence[tuple[str, int]]) -> None:
        order = Order(watch, watch.now, watch.running.desk.log.head())
        for step, number in steps:
            order.take(step, number)
            assert order.is_sound()
        for stream in order.streams.values():
            watch.end(stream)
        for _ in range(3):
            watch.confirm()
        assert all(watch.alert(each).is_settled for each in order.streams.values())
        assert all(incident.is_over for incident in order.incidents())
        watch.after(MINUTE)

    runs_well()
