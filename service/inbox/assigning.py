"""Telling probers what to look at: the last message on each one's subject says all of it."""

from asyncio import to_thread
from collections.abc import Mapping
from typing import Final

from nats.js import JetStreamContext

from domain.configuration.probe import ProbeDefined
from service.inbox.streams import ASSIGNED, PROBES
from service.prober.messages import tasks
from store.desk import Desk

NOTHING: Final = b"[]"


class Assigning:
    """Over one connection."""

    def __init__(self, desk: Desk, stream: JetStreamContext) -> None:
        self._desk, self._stream = desk, stream
        self._told: dict[str, bytes] = {}

    async def begin(self) -> None:
        """Whoever was told something is told anew: it may be of another time."""
        state = (await self._stream.stream_info(PROBES.name or "", subjects_filter=">")).state
        self._told = {subject.removeprefix(f"{ASSIGNED}."): b"" for subject in state.subjects or {}}

    async def go_on(self) -> None:
        """Tell what changed; whoever has nothing to look at any more is told that."""
        wanted = await to_thread(self._wanted)
        for prober in wanted.keys() | self._told.keys():
            told = wanted.get(prober, NOTHING)
            if self._told.get(prober) != told:
                await self._stream.publish(f"{ASSIGNED}.{prober}", told)
                self._told[prober] = told

    def _wanted(self) -> Mapping[str, bytes]:
        return tasks(self._desk.configured.state().of(ProbeDefined))
