"""The processes of docker-compose.yml, as it has them, on this machine: its commands, variables and health checks."""

import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx2
import yaml

from tests.quality.installed import needed
from tests.servers.nats import Nats
from tests.servers.ports import free_port
from tests.servers.postgres import Postgres

T = TypeVar("T")

ROOT: Final = Path(__file__).parents[2]
SERVICES: Final[dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
LISTENED: Final = ("0.0.0.0", "127.0.0.1")  # noqa: S104 -- what the file has; here it is always the second
SECONDS: Final = 90
"""Within which anything that is waited for has to come about."""
CADDY: Final = """
	skip_install_trust
	local_certs
	auto_https disable_redirects
	http_port {http}
	storage file_system {folder}
"""


@dataclass
class Stack:
    """What runs, and where: ports of this machine stand for the hosts of the file."""

    folder: Path
    host: str
    own: Mapping[str, Mapping[str, str]]
    """By process: what it listens on, as the file has it and here."""
    others: Mapping[str, str]
    """Addresses and folders of the file, and what they are here."""
    secrets: Mapping[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """A process of the desk; it is asked how it is as the file asks it."""
        command = [sys.executable, "-m", "service", *(self.here(name, each) for each in SERVICES[name]["command"])]
        self._run(name, command, self.environment(name))
        self.await_health(name)

    def start_caddy(self) -> None:
        """The proxy, with a certificate of its own."""
        options = CADDY.format(http=free_port(), folder=self.folder / "caddy")
        own = {"GLASNO_CADDY_OPTIONS": options, "GLASNO_INSIDE": str(free_port()), "HOME": str(self.folder)}
        command = [needed("caddy"), "run", "--config", str(ROOT / "deploy/Caddyfile"), "--adapter", "caddyfile"]
        self._run("caddy", command, self.environment("caddy") | own)

    def environment(self, name: str) -> dict[str, str]:
        """Its variables, and its secrets as variables."""
        told = {key: self.here(name, str(value)) for key, value in SERVICES[name]["environment"].items()}
        return os.environ | told | {key.upper(): value for key, value in self.secrets.items()}

    def here(self, name: str, text: str) -> str:
        """The same on this machine."""
        for there, here in {**self.own.get(name, {}), **self.others}.items():
            text = text.replace(there, here)
        return text

    def await_health(self, name: str) -> None:
        kind, *command = SERVICES[name]["healthcheck"]["test"]
        assert kind == "CMD"
        asked = [sys.executable if each == "python" else self.here(name, each) for each in command]
        eventually(lambda: subprocess.run(asked, capture_output=True, check=False).returncode == 0)

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        process = self.running.pop(name)
        process.send_signal(how)
        process.wait(SECONDS)

    def glasno(self, *arguments: str) -> str:
        """`docker compose run --rm work …`."""
        command = [sys.executable, "-m", "service", *arguments]
        environment = self.environment("work")
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def client(self) -> httpx2.Client:
        """Somebody outside, who trusts the authority of this proxy."""
        root = self.folder / "caddy/pki/authorities/local/root.crt"
        eventually(root.exists)
        trusting = ssl.create_default_context(cafile=root)
        return httpx2.Client(base_url=f"https://{self.host}", verify=trusting, timeout=30)

    def _run(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)


@contextmanager
def stack(folder: Path, postgres: Postgres, nats: Nats) -> Iterator[Stack]:
    """Nothing runs yet but the servers; whatever was started is gone afterwards."""
    desks = [name for name, each in SERVICES.items() if each["image"].startswith("glasno:") and name != "prepare"]
    ports = {name: {port: f"127.0.0.1:{free_port()}" for port in ("8000", "9108")} for name in desks}
    own = {
        name: {f"{each}:{port}": here for port, here in listening.items() for each in LISTENED}
        for name, listening in ports.items()
    }
    host = f"localhost:{free_port()}"
    others = {f"{name}:{port}": here for name, listening in ports.items() for port, here in listening.items()}
    others |= {"/srv/page": str(folder / "page"), "/var/lib/glasno": str(folder / "desk")}
    others |= {"${GLASNO_EVIDENCE:-checkpoints}": "public", SERVICES["caddy"]["environment"]["GLASNO_HOST"]: host}
    secrets = {"glasno_database_url": postgres.fresh_database(), "glasno_keys_url": postgres.fresh_database()}
    login = folder / "nats_login"
    login.write_text("glasno:word")
    others |= {"nats://nats:4222": nats.url, "/run/secrets/nats_login": str(login)}
    made = Stack(folder, host, own, others, secrets)
    try:
        yield made
    finally:
        for process in made.running.values():
            process.kill()
            process.wait(SECONDS)


def eventually(ask: Callable[[], T]) -> T:
    """What it answers, once that is something."""
    deadline = time.monotonic() + SECONDS
    while not (found := ask()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.1)
    return found
