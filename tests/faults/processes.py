"""The processes of a desk, kept running as docker-compose.yml keeps them: whichever ends is started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final
from urllib.error import HTTPError
from urllib.request import urlopen

from service.settings import Settings
from tests.servers.ports import free_port

ROOT: Final = Path(__file__).resolve().parents[2]
LIMIT: Final = 300
"""Seconds after which a test has waited long enough."""
LOOK: Final = 0.1
"""Seconds between two looks for what has ended."""


@dataclass
class Process:
    """One of them, whichever is the present one of its name."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    popen: "subprocess.Popen[bytes]"
    root: Path = ROOT
    """Of the code."""
    starts: int = 1

    @property
    def url(self) -> str:
        """Where it answers requests."""
        return f"http://{self.environment['GLASNO_LISTEN']}"

    @property
    def metrics(self) -> str:
        return f"http://{self.environment['GLASNO_METRICS_LISTEN']}/metrics"

    def send(self, sent: signal.Signals) -> None:
        """A signal; nothing if it has just ended."""
        self.popen.send_signal(sent)


@dataclass
class Processes:
    """Those that were started; the supervisor looks after them until the end."""

    settings: Settings
    folder: Path
    """Where each writes what it says."""
    running: list[Process] = field(default_factory=list)
    _stopping: Event = field(default_factory=Event)
    _changing: Lock = field(default_factory=Lock)

    def start(self, *command: str, root: Path = ROOT, **own: str) -> Process:
        """`glasno COMMAND`, with settings of its own beside those of the desk; it may not answer yet."""
        listening = {"GLASNO_LISTEN": _free(), "GLASNO_METRICS_LISTEN": _free()}
        environment = {**environment_of(self.settings), **listening, **own}
        log = self.folder / f"{len([*self.folder.iterdir()])}-{command[0]}.log"
        process = Process(command, environment, log, _begun(command, environment, log, root), root)
        with self._changing:
            self.running.append(process)
        return process

    def await_all(self) -> None:
        """Until each answers: those for requests that they are ready, the others at all."""
        for each in self.running:
            await_answer(f"{each.url}/readyz" if each.command[0] in ("api", "serve") else each.metrics)

    def supervise(self) -> None:
        """Start again what has ended."""
        while not self._stopping.wait(LOOK):
            with self._changing:
                for each in self.running:
                    if each.popen.poll() is not None and not self._stopping.is_set():
                        each.popen, each.starts = (
                            _begun(each.command, each.environment, each.log, each.root),
                            each.starts + 1,
                        )

    def stop(self, process: Process) -> None:
        """Told to, and left alone until it has ended."""
        with self._changing:
            self.running.remove(process)
        process.send(signal.SIGTERM)
        process.popen.wait(LIMIT)

    def end(self) -> None:
        self._stopping.set()
        with self._changing:
            for each in self.running:
                each.popen.kill()
            for each in self.running:
                each.popen.wait()


@contextmanager
def supervised(settings: Settings, folder: Path) -> Iterator[Processes]:
    """Nothing runs yet; whatever was started is gone afterwards."""
    folder.mkdir(exist_ok=True)
    processes = Processes(settings, folder)
    supervisor = Thread(target=processes.supervise)
    supervisor.start()
    try:
        yield processes
    finally:
        processes.end()
        supervisor.join()


def environment_of(settings: Settings) -> dict[str, str]:
    """Of a process with these settings."""
    known = settings.model_dump(mode="json", exclude_defaults=True)
    return os.environ | {f"GLASNO_{name}".upper(): str(value) for name, value in known.items()}


def await_answer(address: str) -> None:
    """Until it is answered with 200."""
    await_so(lambda: answers(address), address)


def answers(address: str) -> bool:
    """Whether there is an answer, and it is 200."""
    try:
        with urlopen(address, timeout=10) as answer:
            return bool(answer.status == 200)
    except HTTPError as fault:
        fault.close()
        return False
    except OSError:
        return False


def await_so(is_so: Callable[[], object], what: str = "") -> None:
    """Until it is so."""
    deadline = time.monotonic() + LIMIT
    while not is_so():
        assert time.monotonic() < deadline, f"it did not come about: {what}"
        time.sleep(0.1)


def _begun(
    command: tuple[str, ...], environment: Mapping[str, str], log: Path, root: Path
) -> "subprocess.Popen[bytes]":
    with log.open("ab") as said:
        line = [sys.executable, "-m", "service", *command]
        return subprocess.Popen(line, cwd=root, env=dict(environment), stdout=said, stderr=said)


def _free() -> str:
    return f"127.0.0.1:{free_port()}"
