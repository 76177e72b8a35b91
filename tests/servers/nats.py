"""A NATS server with JetStream of the tests' own: a free loopback port, a folder of its own."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import missing
from tests.servers.ports import free_port

SECONDS_TO_START = 60
CONFIGURATION = 'listen: "{host}:{port}"\njetstream {{ store_dir: "{folder}/store" }}\n{more}\n'


@dataclass
class Nats:
    """A server that may be killed and started again; its port and its store stay."""

    port: int
    folder: Path
    more: str = ""
    """Further lines of its configuration."""
    host: str = "127.0.0.1"
    inside: Sequence[str] = ()
    """What a command begins with that is to run on another machine."""
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://{self.host}:{self.port}"

    def start(self) -> None:
        binary = shutil.which("nats-server", path="/usr/local/bin:/usr/bin:/usr/sbin") or missing(
            "nats-server is not installed: run tests/servers/install as root"
        )
        configuration = self.folder / "nats.conf"
        configuration.write_text(CONFIGURATION.format(**vars(self)))
        with (self.folder / "nats.log").open("ab") as log:
            self._process = subprocess.Popen([*self.inside, binary, "-c", configuration], stdout=log, stderr=log)
        self._await()

    def kill(self) -> None:
        """As a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(SECONDS_TO_START)

    def stop(self) -> None:
        """It writes down everything before."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(SECONDS_TO_START)

    def forget(self) -> None:
        """Lose everything that it kept, while it is away."""
        shutil.rmtree(self.folder / "store")

    def _await(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._answers():
            if (self._process and self._process.poll() is not None) or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "nats.log").read_text())
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), timeout=5) as connection:
                return connection.recv(4) == b"INFO"
        except OSError:
            return False


def new_nats(folder: Path, more: str = "") -> Nats:
    """One that is not started yet."""
    folder.mkdir(parents=True)
    return Nats(free_port(), folder, more)


@contextmanager
def running_nats(folder: Path, more: str = "") -> Iterator[Nats]:
    """Start one; it is gone afterwards."""
    server = new_nats(folder, more)
    try:
        server.start()
        yield server
    finally:
        server.kill()
