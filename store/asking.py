"""Group reading: what is asked while a statement is under way shares the next one."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from domain.event import Id
from store.recorder import Recorder, Row
from store.shared import Asked, Shared


class Asking:
    """The tails of streams; one statement at a time, for all who wait."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._shared: Shared[Mapping[Id, int], Mapping[Id, list[Row]]] = Shared(self._answer)

    def rows(self, after: Mapping[Id, int]) -> Mapping[Id, list[Row]]:
        """What each of the streams has after the version that is told, oldest first."""
        return self._shared.ask(after)

    async def rows_ahead(self, after: Mapping[Id, int]) -> Mapping[Id, list[Row]]:
        """The same for a coroutine."""
        return await self._shared.ask_ahead(after)

    def _answer(self, batch: Sequence[Asked[Mapping[Id, int], Mapping[Id, list[Row]]]]) -> None:
        found = self._found([each.question for each in batch])
        for each in batch:
            each.answer.set_result({stream: _after(found[stream], known) for stream, known in each.question.items()})

    def _found(self, questions: Sequence[Mapping[Id, int]]) -> Mapping[Id, list[Row]]:
        lowest: dict[Id, int] = {}
        for question in questions:
            for stream, version in question.items():
                lowest[stream] = min(version, lowest.get(stream, version))
        found: dict[Id, list[Row]] = {stream: [] for stream in lowest}
        for row in self._recorder.select_tails({UUID(stream): version for stream, version in lowest.items()}):
            found[row.stream].append(row)
        return found


def _after(rows: list[Row], version: int) -> list[Row]:
    return [row for row in rows if row.event.originator_version > version]
