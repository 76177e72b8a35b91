import os
from pathlib import Path

import pytest

from service.settings import Misconfigured, read_settings

LOG, KEYS = "postgresql://127.0.0.1/log", "postgresql://127.0.0.1/keys"


def settings(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"GLASNO_{name}", value)


def mistakes(monkeypatch: pytest.MonkeyPatch, **variables: str) -> list[str]:
    settings(monkeypatch, **variables)
    with pytest.raises(Misconfigured) as fault:
        read_settings()
    return str(fault.value).splitlines()


def test_without_an_environment_everything_lies_under_var() -> None:
    read = read_settings()
    assert (read.data_dir, read.master_key, read.log_key) == (Path("var"), Path("var/master.key"), Path("var/log.key"))
    assert (read.database_url, read.listen, read.evidence) == ("", "127.0.0.1:8000", "checkpoints")


def test_key_files_may_lie_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    settings(monkeypatch, MASTER_KEY_FILE="/run/master", LOG_KEY_FILE="/run/log", DATA_DIR="/data")
    read = read_settings()
    assert (read.master_key, read.log_key, read.data_dir) == (Path("/run/master"), Path("/run/log"), Path("/data"))


def test_every_mistake_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told = mistakes(
        monkeypatch, DATABASE_URL=LOG, LISTEN="everywhere", METRICS_LISTEN=":70000", EVIDENCE="all", DATABASE="x"
    )
    names = ["DATABASE", "KEYS_URL", "LISTEN", "METRICS_LISTEN", "EVIDENCE"]
    assert [line.partition(": ")[0] for line in told] == [f"GLASNO_{name}" for name in names]


def test_a_variable_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert mistakes(monkeypatch, DATADIR="/data") == ["GLASNO_DATADIR: there is no such setting"]


@pytest.mark.parametrize("keys", ["", LOG])
def test_keys_are_kept_apart_from_the_log(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    told = mistakes(monkeypatch, DATABASE_URL=LOG, KEYS_URL=keys)
    assert told == ["GLASNO_KEYS_URL: another database than GLASNO_DATABASE_URL: keys are kept and backed up apart"]


def test_two_databases_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    settings(monkeypatch, DATABASE_URL=LOG, KEYS_URL=KEYS)
    assert (read_settings().database_url, read_settings().keys_url) == (LOG, KEYS)


def test_a_secret_that_cannot_be_read_is_told_without_what_it_holds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("service.settings.SECRETS", tmp_path)
    (tmp_path / "glasno_database_url").write_bytes(b"word\xff")
    (told,) = mistakes(monkeypatch)
    assert "database_url" in told
    assert "word" not in told


def test_another_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    told = mistakes(monkeypatch, DATABASE_URL="mysql://127.0.0.1/log")
    assert told == ["GLASNO_DATABASE_URL: expected postgresql://…; leave it unset for SQLite under the data directory"]


def test_without_a_mail_server_no_mail_is_sent() -> None:
    assert (read_settings().post, read_settings().proxies) == (None, [])


def test_mail_is_sent_from_somebody_by_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    settings(monkeypatch, SMTP_URL="smtps://desk:p%40ss@mx.example", MAIL_FROM="Acme status <status@acme.example>")
    settings(monkeypatch, PUBLIC_URL="https://status.acme.example/")
    post = read_settings().post
    assert post is not None
    assert (post.server.host, post.server.port, post.server.password) == ("mx.example", 465, "p@ss")
    assert str(post.sender) == "Acme status <status@acme.example>"


def test_whom_mails_are_from_is_required_with_a_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    told = mistakes(monkeypatch, SMTP_URL="smtp://127.0.0.1", PUBLIC_URL="https://status.example")
    assert [line.partition(": ")[0] for line in told] == ["GLASNO_MAIL_FROM"]
    assert "required with GLASNO_SMTP_URL" in told[0]


def test_mails_to_strangers_lead_to_an_address_that_somebody_chose(monkeypatch: pytest.MonkeyPatch) -> None:
    told = mistakes(monkeypatch, SMTP_URL="smtp://127.0.0.1", MAIL_FROM="status@acme.example")
    assert told == ["GLASNO_SMTP_URL: GLASNO_PUBLIC_URL is required with it: links in mails lead there"]


@pytest.mark.parametrize("url", ["status.example.org", "ftp://status.example.org", "https://a.example/?b", "https://"])
def test_the_public_address_is_one_that_links_can_begin_with(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    told = mistakes(monkeypatch, PUBLIC_URL=url)
    assert told == ["GLASNO_PUBLIC_URL: expected https://HOST, as others reach the desk"]


def test_a_mail_server_that_cannot_be_read_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    told = mistakes(monkeypatch, SMTP_URL="http://desk:hunter2@mx.example", MAIL_FROM="nobody", TRUSTED_PROXIES="a, b")
    names = ["TRUSTED_PROXIES", "SMTP_URL", "MAIL_FROM"]
    assert [line.partition(": ")[0] for line in told] == [f"GLASNO_{name}" for name in names]
    assert "hunter2" not in "".join(told)


def test_proxies_are_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    settings(monkeypatch, TRUSTED_PROXIES="10.0.0.5, 10.1.0.0/16,::1")
    assert read_settings().proxies == ["10.0.0.5", "10.1.0.0/16", "::1"]
    assert mistakes(monkeypatch, TRUSTED_PROXIES="10.1.2.3/16") != []


def test_what_is_set_is_not_told_with_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    told = mistakes(monkeypatch, DATABASE_URL="mysql://desk:hunter2@127.0.0.1/log")
    assert "hunter2" not in "".join(told)
    assert os.environ["GLASNO_DATABASE_URL"]
