"""Group commit: what is appended while a commit is under way shares the next one."""

from collections.abc import Sequence
from typing import TypeAlias

from eventsourcing.persistence import IntegrityError, StoredEvent

from monitoring.metrics import APPEND_CONFLICTS, APPEND_DURATION
from store.recorder import Recorder
from store.section import Section
from store.shared import Asked, Shared

Rows: TypeAlias = tuple[list[StoredEvent], list[Section]]
Batch: TypeAlias = Sequence[Asked[Rows, list[int]]]


class Committing(Shared[Rows, list[int]]):
    """The appends of this process; one commit at a time, for all who wait.

    The answer is where the events stand now, durably; or `IntegrityError` if another append was faster.
    """

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(self._commit)
        self._recorder = recorder

    def _commit(self, batch: Batch) -> None:
        """One transaction for the batch; on a conflict its halves, so that only the late ones fail."""
        try:
            events = [event for each in batch for event in each.question[0]]
            sections = [section for each in batch for section in each.question[1]]
            with APPEND_DURATION.time():
                positions = iter(self._recorder.insert_events(events, sections=sections) or ())
        except IntegrityError as fault:
            self._halve(batch, fault)
        else:
            for each in batch:
                each.answer.set_result([next(positions) for _ in each.question[0]])

    def _halve(self, batch: Batch, late: IntegrityError) -> None:
        if len(batch) == 1:
            APPEND_CONFLICTS.inc()
            batch[0].answer.set_exception(late)
            return
        middle = len(batch) // 2
        self._commit(batch[:middle])
        self._commit(batch[middle:])
