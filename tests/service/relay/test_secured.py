"""TLS and credentials: who is let in, whom we trust, and what is told to nobody."""

from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from service.settings import Settings
from store.desk import Desk
from tests.servers.nats import Nats, running_nats
from tests.service.certificates import certified
from tests.service.relay.nkeys import operated
from tests.service.relay.wire import line, relaying, with_nats
from tests.service.test_serve import Environment

PASSWORD = "correct-horse"  # noqa: S105 -- of a server that is gone in a second
ALLOWED = '{ publish: ["glasno.events.>", "$JS.API.>"], subscribe: ["_INBOX.>"] }'
USERS = f'authorization {{ users: [{{ user: "relay", password: "{PASSWORD}", permissions: {ALLOWED} }}] }}\n'


@pytest.fixture
def password(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text(f"relay:{PASSWORD}\n")
    return file


@pytest.fixture
def relay_to(sqlite_desk: Desk, sqlite_settings: Settings, environment: Environment) -> Any:
    """A relay to a server, with these settings."""
    del sqlite_desk
    return lambda url, **more: relaying(environment(with_nats(sqlite_settings, url, **more)))


def tls(file: Path) -> str:
    return f'tls {{ cert_file: "{file}", key_file: "{file}" }}\n'


def named(server: Nats, scheme: str = "tls") -> str:
    return f"{scheme}://localhost:{server.port}"


def is_relaying(process: Popen[str]) -> bool:
    line(process)
    return line(process).startswith("relaying to the stream GLASNO")


def complaint(process: Popen[str]) -> str:
    words = line(process, of_errors=True)
    assert PASSWORD not in words
    return words


def test_a_server_with_tls_and_a_password(tmp_path: Path, password: Path, relay_to: Any) -> None:
    file = certified(tmp_path)
    with running_nats(tmp_path / "nats", tls(file) + USERS) as server:
        with relay_to(named(server), nats_credentials=password, nats_ca=file) as relay:
            assert is_relaying(relay)
        with relay_to(named(server), nats_ca=file) as relay:
            assert "Authorization Violation" in complaint(relay)
        with relay_to(named(server), nats_credentials=password) as relay:
            assert "CERTIFICATE_VERIFY_FAILED" in complaint(relay)


def test_a_server_with_accounts(tmp_path: Path, relay_to: Any) -> None:
    credentials, others = tmp_path / "relay.creds", tmp_path / "other.creds"
    more = operated(credentials)
    operated(others)
    with running_nats(tmp_path / "nats", more) as server:
        with relay_to(server.url, nats_credentials=credentials) as relay:
            assert is_relaying(relay)
        with relay_to(server.url, nats_credentials=others) as relay:
            assert "Authorization Violation" in complaint(relay)


def test_whoever_claims_to_know_no_tls_hears_no_password(tmp_path: Path, password: Path, relay_to: Any) -> None:
    with running_nats(tmp_path / "nats", USERS) as server:
        with relay_to(named(server), nats_credentials=password) as relay:
            assert "offers no TLS" in complaint(relay)
        with relay_to(named(server, "nats"), nats_credentials=password) as relay:
            assert is_relaying(relay)


def test_without_credentials_nothing_goes_in_clear_either(tmp_path: Path, relay_to: Any) -> None:
    with running_nats(tmp_path / "nats") as server, relay_to(named(server)) as relay:
        assert "offers no TLS" in complaint(relay)
