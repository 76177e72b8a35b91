"""The whole desk on PostgreSQL and NATS with a load on it; at the end it has to be whole, whatever was done to it."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from service.build import build_desk
from service.settings import Settings
from tests.faults.checker import check, delivered
from tests.faults.furnishing import furnish
from tests.faults.load import Load
from tests.faults.processes import Process, Processes, await_so, supervised
from tests.faults.watching import checkpoints, consumer

WHOLE: Final = ("work", "work", "api", "api", "relay", "exporter")
EMBEDDED: Final = ("serve",)
ASKED: Final = ("api", "serve")
"""Who answers requests."""
LOGGER: Final = logging.getLogger("faults")
"""What clients met; shown by `pytest --log-cli-level=INFO`."""


@dataclass(frozen=True)
class Scene:
    """What runs, and the load on it."""

    processes: Processes
    load: Load

    def of(self, command: str) -> list[Process]:
        """Those that were started with it."""
        return [each for each in self.processes.running if each.command[0] == command]


@contextmanager
def under_load(
    settings: Settings, folder: Path, commands: Sequence[str] = WHOLE, *, seed: int = 0, pause: float = 0.05
) -> Iterator[Scene]:
    """While something is done to the desk; then it has to go on by itself, and to be whole."""
    asker = furnish(settings)
    relayed = consumer(settings.nats_url) if settings.nats_url else nullcontext(list[tuple[int, bytes]]())
    with supervised(settings, folder / "processes") as processes, checkpoints(settings) as seen, relayed as got:
        for command in commands:
            processes.start(command)
        processes.await_all()
        urls = [each.url for each in processes.running if each.command[0] in ASKED]
        with Load(urls, asker, seed=seed, pause=pause) as load:
            load.await_more()
            yield Scene(processes, load)
            load.await_more()
        LOGGER.info("%s", load.record.told)
        found = check(settings, load, seen)
        assert not found, "\n".join(found)
        if settings.nats_url:
            _demand_delivered(settings, got)


def _demand_delivered(settings: Settings, got: Sequence[tuple[int, bytes]]) -> None:
    with closing(build_desk(settings)) as desk:
        logged = [*desk.log.envelopes()]
    await_so(lambda: len(got) >= len(logged), "everything is relayed")
    found = [*delivered(got, logged)]
    assert not found, "\n".join(found)
