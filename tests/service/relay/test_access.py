from pathlib import Path

import pytest

from service.relay.access import Server
from service.settings import Misconfigured, Settings, read_settings


def settings(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(f"GLASNO_NATS_{name}", value)
    return read_settings()


def mistake(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    with pytest.raises(Misconfigured) as fault:
        settings(monkeypatch, **variables)
    return str(fault.value)


def test_nothing_is_relayed_unless_it_is_said_where_to(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch).nats is None


def test_several_servers_of_one_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, URL="tls://a.example:4222, tls://[::1]").nats
    assert found == Server(("tls://a.example:4222", "tls://[::1]"))


@pytest.mark.parametrize("url", ["http://a", "nats://a,tls://b", "nats://a:x", "nats://", "a:4222", "nats://a/b", ","])
def test_other_addresses_are_none(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert mistake(monkeypatch, URL=url).startswith("GLASNO_NATS_URL: expected nats://HOST:4222 or tls://HOST:4222")


def test_a_password_does_not_belong_into_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    told = mistake(monkeypatch, URL="nats://relay:secret@a:4222")
    assert "GLASNO_NATS_CREDENTIALS" in told
    assert "secret" not in told


@pytest.mark.parametrize("text", ["", "secret", "secret:", ":secret", "a:secret\nb:secret"])
def test_credentials_that_say_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    file = tmp_path / "credentials"
    file.write_text(text)
    told = mistake(monkeypatch, URL="nats://a", CREDENTIALS=str(file))
    assert told.startswith(f"GLASNO_NATS_CREDENTIALS: {file} cannot be used: expected a file as nsc makes it")
    assert "secret" not in told


def test_credentials_that_are_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "cannot be used" in mistake(monkeypatch, URL="nats://a", CREDENTIALS=str(tmp_path / "none"))


def test_a_seed_that_is_cut_off_is_not_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "relay.creds"
    file.write_text(
        "-----BEGIN NATS USER JWT-----\ne30.e30.e30\n------END NATS USER JWT------\n"
        "-----BEGIN USER NKEY SEED-----\nSUAGC3DPMVZHI33S\n------END USER NKEY SEED------\n"
    )
    told = mistake(monkeypatch, URL="nats://a", CREDENTIALS=str(file))
    assert told.startswith("GLASNO_NATS_CREDENTIALS")
    assert "SUAG" not in told


def test_an_authority_has_certificates_and_something_to_check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("nothing")
    assert "holds no certificates" in mistake(monkeypatch, URL="tls://a", CA=str(file))
    assert "GLASNO_NATS_URL has to be tls://" in mistake(monkeypatch, URL="nats://a", CA=str(file))
